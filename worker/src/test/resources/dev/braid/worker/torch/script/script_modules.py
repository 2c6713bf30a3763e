"""Modules of many kinds, trained with PyTorch alone: what Braid's training must equal.

  python3 script_modules.py make FOLDER    writes each module scripted and traced, and trained.json:
                                           losses, tensors and answers after five steps of its own
  python3 script_modules.py answer FOLDER  prints what the modules in FOLDER answer, and whether
                                           an LSTM's list of weights still is its parameters
"""

import json
import pathlib
import sys
import warnings
from typing import Dict, List, Tuple

import torch
from torch import nn

warnings.simplefilter("ignore")
torch.set_num_threads(1)
IMAGE = [1, 8, 8]
SEQUENCE = [5, 4]


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(20, 7), nn.Tanh(), nn.Linear(7, 3))

    def forward(self, x):
        return self.layers(x)


class Convolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Linear(4 * 6 * 6, 3)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.conv(x))).flatten(1))


class CumulativeNorm(nn.Module):
    """Batch normalisation that divides by its count of mini-batches."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4, momentum=None)
        self.head = nn.Linear(20, 3)

    def forward(self, x):
        return self.head(self.norm(x.transpose(1, 2)).flatten(1))


class OtherNorms(nn.Module):
    def __init__(self):
        super().__init__()
        self.instance = nn.InstanceNorm1d(4, affine=True, track_running_stats=True)
        self.group = nn.GroupNorm(2, 4)
        self.layer = nn.LayerNorm(20)
        self.head = nn.Linear(20, 3)

    def forward(self, x):
        y = self.group(self.instance(x.transpose(1, 2)) + x.transpose(1, 2))
        return self.head(self.layer(y.flatten(1)))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(12, 3)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class LstmProjected(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 6, proj_size=5, batch_first=True)
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 6, batch_first=True)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class Rnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(4, 6, batch_first=True)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTMCell(4, 6)
        self.gru = nn.GRUCell(6, 6)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        h = torch.zeros(x.size(0), 6)
        c = torch.zeros(x.size(0), 6)
        g = torch.zeros(x.size(0), 6)
        for t in range(5):
            h, c = self.lstm(x[:, t], (h, c))
            g = self.gru(h, g)
        return self.head(g)


class Tied(nn.Module):
    """Words embedded and told by the same weights."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(3, 6)
        self.rnn = nn.GRU(6, 6, batch_first=True)
        self.head = nn.Linear(6, 3, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x):
        words = (x[:, :, 0] * 2.99).long()
        return self.head(self.rnn(self.embedding(words))[0][:, -1])


class PaddedEmbedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10, 6, padding_idx=0)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.embedding((x[:, :, 0] * 9.99).long()).mean(1))


class SharedLayer(nn.Module):
    """One layer under two names."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = self.first
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        return self.head(torch.tanh(self.second(torch.tanh(self.first(x)))).mean(1))


class WeightList(nn.Module):
    """Parameters a second time in a list, as recurrent layers have them."""

    weights: List[torch.Tensor]

    def __init__(self):
        super().__init__()
        self.inner = nn.Parameter(torch.randn(6, 20) * 0.3)
        self.outer = nn.Parameter(torch.randn(3, 6) * 0.3)
        self.weights = [self.inner, self.outer]

    def forward(self, x):
        x = torch.tanh(x.flatten(1).matmul(self.weights[0].t()))
        return x.matmul(self.weights[1].t())


class WeightDict(nn.Module):
    table: Dict[str, torch.Tensor]

    def __init__(self):
        super().__init__()
        self.inner = nn.Parameter(torch.randn(6, 20) * 0.3)
        self.outer = nn.Parameter(torch.randn(3, 6) * 0.3)
        self.table = {"inner": self.inner, "outer": self.outer}

    def forward(self, x):
        x = torch.tanh(x.flatten(1).matmul(self.table["inner"].t()))
        return x.matmul(self.table["outer"].t())


class WeightTuple(nn.Module):
    pair: Tuple[torch.Tensor, torch.Tensor]

    def __init__(self):
        super().__init__()
        self.inner = nn.Parameter(torch.randn(6, 20) * 0.3)
        self.outer = nn.Parameter(torch.randn(3, 6) * 0.3)
        self.pair = (self.inner, self.outer)

    def forward(self, x):
        inner, outer = self.pair
        return torch.tanh(x.flatten(1).matmul(inner.t())).matmul(outer.t())


class ModulesInCollections(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = nn.ModuleList([nn.Linear(20, 20) for _ in range(3)])
        self.heads = nn.ModuleDict({"a": nn.Linear(20, 3), "b": nn.Linear(20, 3)})

    def forward(self, x):
        x = x.flatten(1)
        for step in self.steps:
            x = torch.tanh(step(x))
        return self.heads["a"](x) - self.heads["b"](x)


class BufferViews(nn.Module):
    """A moving mean of which another buffer is a view."""

    def __init__(self):
        super().__init__()
        self.register_buffer("means", torch.zeros(2, 4))
        self.register_buffer("recent", self.means[1])
        self.head = nn.Linear(20, 3)

    def forward(self, x):
        if self.training:
            self.means.mul_(0.8).add_(x.mean(dim=[0, 1]), alpha=0.2)
        return self.head((x - self.recent).flatten(1))


class ReplacedBuffer(nn.Module):
    """A moving mean that is a new tensor after each step."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(4))
        self.head = nn.Linear(20, 3)

    def forward(self, x):
        if self.training:
            self.mean = 0.8 * self.mean + 0.2 * x.mean(dim=[0, 1])
        return self.head((x - self.mean).flatten(1))


class PlainTensors(nn.Module):
    """Moving means in tensors that are not registered."""

    mean: torch.Tensor
    means: List[torch.Tensor]

    def __init__(self):
        super().__init__()
        self.mean = torch.zeros(4)
        self.means = [torch.zeros(4), torch.ones(4)]
        self.head = nn.Linear(20, 3)

    def forward(self, x):
        if self.training:
            self.mean.mul_(0.8).add_(x.mean(dim=[0, 1]), alpha=0.2)
            self.means[0].mul_(0.5).add_(self.mean)
        return self.head((x - self.mean * self.means[1] + self.means[0]).flatten(1))


class ParameterView(nn.Module):
    """A buffer that looks into a parameter."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(20, 3)
        self.register_buffer("norm", self.head.weight.detach())

    def forward(self, x):
        return self.head(x.flatten(1)) / self.norm.norm()


class ParameterRow(nn.Module):
    """A plain tensor that looks into a parameter."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(20, 3)
        self.first = self.head.weight.detach()[0]

    def forward(self, x):
        return self.head(x.flatten(1) + self.first)


class FixedViews(nn.Module):
    """Constants in buffers of which one looks into the other, and one is many times one number."""

    def __init__(self):
        super().__init__()
        self.register_buffer("places", torch.arange(20).float().reshape(5, 4) / 20)
        self.register_buffer("place", self.places[2])
        self.register_buffer("share", torch.tensor([0.5]).expand(4))
        self.head = nn.Linear(20, 3)

    def forward(self, x):
        return self.head((x + self.places - self.place * self.share).flatten(1))


class WarmUp(nn.Module):
    """A count of steps, in an integer, that the answer depends on."""

    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.zeros((), dtype=torch.long))
        self.head = nn.Linear(20, 3)

    def forward(self, x):
        if self.training:
            self.count.add_(1)
        return self.head(x.flatten(1)) * (self.count.float() / 5)


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(20, 6)
        self.head = nn.Linear(6, 3)
        for parameter in self.base.parameters():
            parameter.requires_grad_(False)

    def forward(self, x):
        return self.head(torch.tanh(self.base(x.flatten(1))))


class UnusedHead(nn.Module):
    """A second head of which nothing is asked."""

    def __init__(self):
        super().__init__()
        self.base = nn.Linear(20, 6)
        self.head = nn.Linear(6, 3)
        self.spare = nn.Linear(6, 2)

    def forward(self, x):
        x = torch.tanh(self.base(x.flatten(1)))
        self.spare(x)
        return self.head(x)


class Turned(nn.Module):
    """A parameter that does not lie in its memory row by row."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter((torch.randn(20, 3) * 0.3).t())

    def forward(self, x):
        return x.flatten(1).matmul(self.weight.t())


class Packed(nn.Module):
    """Parameters that lie side by side in one memory."""

    def __init__(self):
        super().__init__()
        memory = torch.randn(6 * 20 + 3 * 6) * 0.3
        self.inner = nn.Parameter(memory[:120].view(6, 20))
        self.outer = nn.Parameter(memory[120:].view(3, 6))

    def forward(self, x):
        return torch.tanh(x.flatten(1).matmul(self.inner.t())).matmul(self.outer.t())


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        # A bias of the keys has no gradient but rounding, which Adam would blow up.
        self.attention.in_proj_bias.requires_grad_(False)
        self.register_buffer("mask", torch.full([5, 5], -float("inf")).triu(1))
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        y = self.attention(x, x, x, need_weights=False, attn_mask=self.mask)[0]
        return self.head(x.mean(1) + y.mean(1))


class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 3, padding=1)
        self.slope = nn.PReLU(6)
        self.scale = nn.Parameter(torch.tensor(1.5))
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = self.slope(self.conv(x.transpose(1, 2)))
        return self.head(nn.functional.gelu(x).mean(2)) * self.scale


class Branches(nn.Module):
    """Which head answers depends on the mini-batch; the other has no gradient in that step."""

    def __init__(self):
        super().__init__()
        self.low = nn.Linear(20, 3)
        self.high = nn.Linear(20, 3)

    def forward(self, x):
        if bool(x[0, 0, 0] < 0.5):
            return self.low(x.flatten(1))
        return self.high(x.flatten(1))


SCRIPTED_ONLY = {
    "Branches", "BufferViews", "CumulativeNorm", "ParameterRow", "PlainTensors", "ReplacedBuffer",
    "WarmUp",
}
"""Tracing takes for constants what Python decides: a branch, a mode, a count, a plain tensor."""

MODULES = {
    kind.__name__: (kind, IMAGE if kind is Convolution else SEQUENCE)
    for kind in [
        Dense, Convolution, CumulativeNorm, OtherNorms, Lstm, LstmProjected, Gru, Rnn, Cells, Tied,
        PaddedEmbedding, SharedLayer, WeightList, WeightDict, WeightTuple, ModulesInCollections,
        BufferViews, FixedViews, ReplacedBuffer, PlainTensors, ParameterView, ParameterRow, WarmUp,
        Frozen, UnusedHead, Turned, Packed, Attention, Activations, Branches,
    ]
}


def new(name):
    torch.manual_seed(1)
    return MODULES[name][0]()


def batch(step, shape, size=8):
    """The numbers that the Java side makes too."""
    i = torch.arange(size * torch.Size(shape).numel(), dtype=torch.int64) + step * 1000
    x = (((i * 37 + i // 64 * 11) % 256).float() / 255).reshape([size] + shape)
    y = (torch.arange(size, dtype=torch.int64) * 5 + step) % 3
    return x, y


def tensors(net):
    """All tensors by name, those in plain lists, tuples and dictionaries too."""
    found = dict(net.state_dict(keep_vars=True))

    def add(name, value):
        if isinstance(value, torch.Tensor):
            found[name] = value
        elif isinstance(value, (list, tuple)):
            for i, element in enumerate(value):
                add("%s.%d" % (name, i), element)
        elif isinstance(value, dict):
            for key, element in value.items():
                add("%s.%s" % (name, key), element)

    for prefix, module in net.named_modules(remove_duplicate=False):
        for key, value in vars(module).items():
            if not key.startswith("_"):
                add(prefix + "." + key if prefix else key, value)
    return found


def train(net, shape, step):
    net.train()
    losses = []
    for i in range(5):
        x, y = batch(i, shape)
        loss = nn.functional.cross_entropy(net(x), y)
        step.zero_grad(set_to_none=True)
        loss.backward()
        step.step()
        losses.append(loss.item())
    state = {
        k: v.detach().float().flatten().tolist()
        for k, v in tensors(net).items()
        if v.isfinite().all()
    }
    net.eval()
    answer = torch.softmax(net(batch(0, shape)[0]), 1).flatten().tolist()
    return {"losses": losses, "state": state, "answer": answer}


def make(folder):
    trained = {}
    for name, (_, shape) in MODULES.items():
        torch.jit.script(new(name)).save("%s/%s-scripted.pt" % (folder, name))
        if name not in SCRIPTED_ONLY:
            traced = torch.jit.trace(new(name).train(), batch(0, shape)[0], check_trace=False)
            first = {k: v for k, v in new(name).state_dict().items() if 0 not in v.stride()}
            traced.load_state_dict(first, strict=False)  # running it has changed its buffers
            traced.save("%s/%s-traced.pt" % (folder, name))
        results = {"shape": shape}
        for optimizer, kind in [("sgd", torch.optim.SGD), ("adam", torch.optim.Adam)]:
            net = new(name)
            rate = 0.1 if optimizer == "sgd" else 0.01
            results[optimizer] = train(net, shape, kind(net.parameters(), lr=rate))
        trained[name] = results
    pathlib.Path(folder, "trained.json").write_text(json.dumps(trained))


def answer(folder):
    answers = {}
    for file in sorted(pathlib.Path(folder).glob("*.pt")):
        net = torch.jit.load(str(file))
        shape = MODULES[file.stem.split("-")[0]][1]
        answers[file.stem] = torch.softmax(net(batch(0, shape)[0]), 1).flatten().tolist()
    rnn = torch.jit.load(folder + "/Lstm-scripted.pt").rnn
    weights = [getattr(rnn, name) for name in rnn._flat_weights_names]
    same = all(a is b for a, b in zip(weights, rnn._flat_weights))
    print(json.dumps({"answers": answers, "same": same}))


if __name__ == "__main__":
    {"make": make, "answer": answer}[sys.argv[1]](*sys.argv[2:])
