"""Makes modules that are odd in one way each, for tests of how they are read and trained.

  python3 script_training.py make FOLDER  writes the modules
  python3 script_training.py answer FILE  prints what the module answers to the first batch
"""

import json
import sys
import warnings
from typing import List

import torch
from script_modules import IMAGE, batch
from torch import nn

warnings.simplefilter("ignore")
torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self, rate=0.0, classes=3):
        super().__init__()
        # A bias before batch normalisation has no gradient but rounding, which Adam would blow up.
        self.conv = nn.Conv2d(1, 4, 3, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout(rate)
        self.head = nn.Linear(4 * 6 * 6, classes)

    def forward(self, x):
        x = self.drop(torch.relu(self.norm(self.conv(x))))
        return self.head(x.flatten(1))


class Recurrent(nn.Module):
    """Dropout between the layers is an argument of the recurrent operation."""

    def __init__(self, rate):
        super().__init__()
        self.rnn = nn.LSTM(8, 6, num_layers=2, dropout=rate, batch_first=True)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.rnn(x[:, 0])[0][:, -1])


class Flat(nn.Module):
    """What the modules below have in common."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(64, 3)

    def forward(self, x):
        return self.head(x.flatten(1))


class ViewWithGradient(Flat):
    def __init__(self):
        super().__init__()
        self.turned = self.head.weight.t()

    def forward(self, x):
        return x.flatten(1).matmul(self.turned)


class TwoInOneMemory(Flat):
    def __init__(self):
        super().__init__()
        self.other = nn.Linear(64, 3)
        self.other.weight.data = self.head.weight.data

    def forward(self, x):
        return self.head(x.flatten(1)) + self.other(x.flatten(1))


class PartOfABuffer(Flat):
    def __init__(self):
        super().__init__()
        self.register_buffer("whole", torch.zeros(10))
        self.shift = nn.Parameter(self.whole[:3])

    def forward(self, x):
        return self.head(x.flatten(1)) + self.shift


class Stray(Flat):
    """A parameter that the optimizer does not see, since it only is in a list."""

    shifts: List[torch.Tensor]

    def __init__(self):
        super().__init__()
        self.shifts = [nn.Parameter(torch.ones(3))]
        self.spare = nn.Linear(2, 2)

    def forward(self, x):
        return self.head(x.flatten(1)) + self.shifts[0]


class Counting(Flat):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return self.head(x.flatten(1)) / self.calls


class Clamped(Flat):
    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.head.weight.clamp_(-0.1, 0.1)
        return self.head(x.flatten(1))


class Growing(Flat):
    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, x):
        if self.training:
            self.seen = torch.cat([self.seen, x[:, 0, 0, 0]])
        return self.head(x.flatten(1)) * self.seen.mean()


class Remembering(Flat):
    """What it answers depends on what it was asked before, unless that is put back."""

    def __init__(self):
        super().__init__()
        self.register_buffer("last", torch.zeros(3))
        self.register_buffer("count", torch.zeros((), dtype=torch.long))

    def forward(self, x):
        y = self.head(x.flatten(1)) + self.last
        self.last = y[0].detach()
        self.count.add_(1)
        return y * self.count


class Constant(Flat):
    def forward(self, x):
        return torch.zeros(x.size(0), 3)


class CumulativeNorm(Flat):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(64, momentum=None)

    def forward(self, x):
        return self.head(self.norm(x.flatten(1)))


OTHERS = [
    ViewWithGradient, TwoInOneMemory, PartOfABuffer, Stray, Counting, Clamped, Growing, Remembering,
    Constant,
]


def make(folder):
    torch.manual_seed(1)
    example = batch(0, IMAGE)[0]
    net = Net()
    torch.jit.script(net).save(folder + "/scripted.pt")
    torch.jit.trace(net.eval(), example).save(folder + "/traced.pt")
    with_dropout = Net(0.5)
    torch.jit.script(with_dropout).save(folder + "/dropout.pt")
    torch.jit.trace(with_dropout.eval(), example).save(folder + "/dropout-traced.pt")
    torch.save(net, folder + "/pickled.pt")
    torch.save(net, folder + "/legacy.pt", _use_new_zipfile_serialization=False)
    torch.jit.script(Net(classes=4)).save(folder + "/four.pt")
    torch.jit.script(nn.Sequential(nn.Flatten(), nn.Linear(64, 1))).save(folder + "/number.pt")
    torch.jit.script(Net().double()).save(folder + "/double.pt")
    torch.jit.script(Net().bfloat16()).save(folder + "/bfloat16.pt")
    torch.save(net.state_dict(), folder + "/state_dict.pt")
    torch.save(
        {"model": net.state_dict(), "epoch": 3},
        folder + "/checkpoint.pt",
        _use_new_zipfile_serialization=False,
    )
    recurrent = Recurrent(0.5)
    torch.jit.script(recurrent).save(folder + "/recurrent-dropout.pt")
    torch.jit.trace(recurrent.eval(), example).save(folder + "/recurrent-dropout-traced.pt")
    for kind in OTHERS:
        torch.jit.script(kind()).save("%s/%s.pt" % (folder, kind.__name__))
    norm = torch.jit.trace(CumulativeNorm().eval(), example)
    norm.save(folder + "/CumulativeNorm-traced.pt")


def answer(file):
    net = torch.jit.load(file)
    print(json.dumps({"answer": torch.softmax(net(batch(0, IMAGE)[0]), 1).flatten().tolist()}))


{"make": make, "answer": answer}[sys.argv[1]](*sys.argv[2:])
