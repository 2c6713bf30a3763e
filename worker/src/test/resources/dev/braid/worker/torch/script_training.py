"""Makes modules for tests, and trains one with PyTorch alone: what Braid's training must equal.

  python3 script_training.py make FOLDER          writes the modules
  python3 script_training.py train FILE OPTIMIZER  prints the state after five steps as JSON
  python3 script_training.py answer FILE           prints what the module answers to the first batch
"""

import json
import sys

import torch
from torch import nn

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


def batch(step, size=8):
    """The numbers that the Java side makes too."""
    i = torch.arange(size * 64, dtype=torch.int64) + step * 1000
    x = (((i * 37 + i // 64 * 11) % 256).float() / 255).reshape(size, 1, 8, 8)
    y = (torch.arange(size, dtype=torch.int64) * 5 + step) % 3
    return x, y


def make(folder):
    torch.manual_seed(1)
    example = batch(0)[0]
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


def train(file, optimizer):
    net = torch.jit.load(file)
    net.train()
    if optimizer == "adam":
        step = torch.optim.Adam(net.parameters(), lr=0.01)
    else:
        step = torch.optim.SGD(net.parameters(), lr=0.1)
    losses = []
    for i in range(5):
        x, y = batch(i)
        loss = nn.functional.cross_entropy(net(x), y)
        step.zero_grad()
        loss.backward()
        step.step()
        losses.append(loss.item())
    state = {k: v.flatten().tolist() for k, v in net.state_dict().items()}
    net.eval()
    answer = torch.softmax(net(batch(0)[0]), 1).flatten().tolist()
    print(json.dumps({"losses": losses, "state": state, "answer": answer}))


def answer(file):
    net = torch.jit.load(file)
    print(json.dumps({"answer": torch.softmax(net(batch(0)[0]), 1).flatten().tolist()}))


{"make": make, "train": train, "answer": answer}[sys.argv[1]](*sys.argv[2:])
