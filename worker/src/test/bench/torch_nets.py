#!/usr/bin/env python3
"""PyTorch's side of LocalPassBenchmark: examples per second of one thread, training with Adam (fit)
and inference (output), of the same networks on numbers of the same sizes.

    torch_nets.py lenet,lstm,charlm SECONDS [eager|compile|onnx]

Texts of different lengths are packed. Three measurements of so many seconds; the median is printed. With compile it is
torch.compile, whose time is printed as well; with onnx the inference alone, on ONNX Runtime.
"""
import random
import sys
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy, relu
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

torch.set_num_threads(1)
torch.manual_seed(1)
random.seed(1)
BATCHES = 20
# words, dimension, shortest, longest, classes, kind, units, both directions, a label for each step
TEXTS = {
    "charlm": (65, 64, 100, 100, 65, nn.LSTM, 256, False, True),
    "tagging": (5000, 100, 5, 40, 9, nn.LSTM, 128, True, True),
    "sentiment": (10000, 64, 50, 200, 2, nn.GRU, 96, False, False),
}
# batch size, shape, classes
NUMBERS = {
    "mlp": (64, (784,), 10),
    "lenet": (64, (1, 28, 28), 10),
    "resnet20": (64, (3, 32, 32), 10),
    "squeezenet": (8, (3, 224, 224), 1000),
    "lstm": (32, (50, 64), 10),
    "gru": (32, (50, 64), 10),
}


class Text(nn.Module):
    def __init__(self, words, dimension, classes, kind, units, both, every_step):
        super().__init__()
        self.embedding = nn.Embedding(words, dimension)
        self.recurrent = kind(dimension, units, batch_first=True, bidirectional=both)
        self.output = nn.Linear(units * (2 if both else 1), classes)
        self.every_step = every_step

    def forward(self, x, lengths):
        x = self.embedding(x)
        if lengths.min() != lengths.max():
            x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        steps, last = self.recurrent(x)
        if not self.every_step:
            return self.output((last[0] if isinstance(last, tuple) else last)[-1])
        if lengths.min() != lengths.max():
            steps = pad_packed_sequence(steps, batch_first=True)[0]
        return self.output(steps).flatten(0, 1)


class Steps(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.recurrent = kind(64, 128, batch_first=True)
        self.output = nn.Linear(128, 10)

    def forward(self, x):
        return self.output(self.recurrent(x)[0]).flatten(0, 1)


class Block(nn.Module):
    def __init__(self, before, filters):
        super().__init__()
        stride = 1 if before == filters else 2
        self.layers = nn.Sequential(
            nn.Conv2d(before, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(),
            nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters))
        self.shortcut = nn.Identity() if stride == 1 else nn.Sequential(
            nn.Conv2d(before, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

    def forward(self, x):
        return relu(self.layers(x) + self.shortcut(x))


class Fire(nn.Module):
    def __init__(self, before, narrow):
        super().__init__()
        self.squeeze = nn.Conv2d(before, narrow, 1)
        self.one = nn.Conv2d(narrow, 4 * narrow, 1)
        self.three = nn.Conv2d(narrow, 4 * narrow, 3, padding=1)

    def forward(self, x):
        x = relu(self.squeeze(x))
        return torch.cat([relu(self.one(x)), relu(self.three(x))], 1)


def network(name):
    if name in TEXTS:
        words, dimension, _, _, classes, kind, units, both, every_step = TEXTS[name]
        return Text(words, dimension, classes, kind, units, both, every_step)
    if name in ("lstm", "gru"):
        return Steps(nn.LSTM if name == "lstm" else nn.GRU)
    if name == "mlp":
        return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    if name == "lenet":
        return nn.Sequential(
            nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))
    if name == "resnet20":
        filters = [16] * 4 + [32] * 3 + [64] * 3
        return nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
            *[Block(before, own) for before, own in zip(filters, filters[1:])],
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    layers, before = [nn.Conv2d(3, 64, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2)], 64
    for i, narrow in enumerate((16, 16, 32, 32, 48, 48, 64, 64)):
        layers.append(Fire(before, narrow))
        before = 8 * narrow
        if i in (1, 3):
            layers.append(nn.MaxPool2d(3, 2))
    layers += [nn.Conv2d(before, 1000, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers)


def batches_of(name):
    """Sources and labels of each mini-batch."""
    if name not in TEXTS:
        size, shape, classes = NUMBERS[name]
        labels = size * shape[0] if name in ("lstm", "gru") else size
        return size, [((torch.randn(size, *shape),), torch.randint(0, classes, (labels,))) for _ in range(BATCHES)]
    words, _, shortest, longest, classes, _, _, _, every_step = TEXTS[name]
    batches = []
    for _ in range(BATCHES):
        own = [random.randint(shortest, longest) for _ in range(32)]
        x = pad_sequence([torch.randint(0, words, (n,)) for n in own], batch_first=True)
        labels = [torch.randint(0, classes, (n if every_step else 1,)) for n in own]
        y = pad_sequence(labels, batch_first=True, padding_value=-100).reshape(-1)
        batches.append(((x, torch.tensor(own)), y))
    return 32, batches


def rate(work, batches, size, seconds):
    done, start, busy = 0, time.time(), time.thread_time()
    while time.time() - start < seconds:
        for source, labels in batches:
            work(source, labels)
            done += size
            if time.time() - start > seconds:
                break
    return done / (time.time() - start), done / (time.thread_time() - busy)


def runtime(net, batch):
    """Inference on ONNX Runtime, one thread."""
    import io
    import onnxruntime

    file = io.BytesIO()
    torch.onnx.export(net.eval(), batch[0], file, input_names=["x"], dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])
    return lambda source, labels: session.run(None, {"x": source[0].numpy()})


def report(way, name, work, function, batches, size):
    start = time.time()
    function(*batches[0])
    first = time.time() - start
    seconds = float(sys.argv[2])
    rate(function, batches, size, seconds)
    rates = [rate(function, batches, size, seconds) for _ in range(3)]
    by_clock, by_processor = (sorted(column)[1] for column in zip(*rates))
    print(f"torch {torch.__version__} 1 threads {name} {work} {by_clock:.0f} examples/s, "
          f"{by_processor:.0f} by processor time" + (f" ({way}: {first:.1f} s before)" if way else ""), flush=True)


way = sys.argv[3] if len(sys.argv) > 3 else "eager"
for name in sys.argv[1].split(","):
    net = network(name)
    size, batches = batches_of(name)
    if way == "onnx":
        report("onnx", name, "output", runtime(net, batches[0][0]), batches, size)
        continue
    if way == "compile":
        net = torch.compile(net)
    adam = torch.optim.Adam(net.parameters(), 1e-3)

    def fit(source, labels):
        adam.zero_grad()
        cross_entropy(net(*source), labels).backward()
        adam.step()

    def output(source, labels):
        with torch.inference_mode():
            net(*source)

    for work, function in (("fit", fit), ("output", output)):
        net.train(work == "fit")
        report("compile" if way == "compile" else None, name, work, function, batches, size)
