#!/usr/bin/env python3
"""PyTorch's side of LocalPassBenchmark's charlm, tagging and sentiment: time steps per second of one
thread, training with Adam (fit) and inference (output).

    torch_sequences.py charlm,tagging,sentiment SECONDS

Sequences have the lengths that LocalPassBenchmark draws, sorted into mini-batches of near lengths and
packed. Three measurements of so many seconds; the median is printed.
"""
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

torch.set_num_threads(1)
torch.manual_seed(1)
BATCHES, BATCH = 20, 32
# words, shortest, mean, longest, classes, units, both directions, a label for each step
NETS = {
    "charlm": (70, 128, 128, 128, 70, 256, False, True),
    "tagging": (10_000, 3, 18, 60, 13, 128, True, True),
    "sentiment": (20_000, 10, 230, 400, 2, 128, False, False),
}


class Network(nn.Module):
    def __init__(self, words, classes, units, both, every_step):
        super().__init__()
        self.embedding = nn.Embedding(words, 100)
        self.lstm = nn.LSTM(100, units, batch_first=True, bidirectional=both)
        self.output = nn.Linear(units * (2 if both else 1), classes)
        self.every_step = every_step

    def forward(self, x, lengths):
        x = self.embedding(x)
        if lengths.min() == lengths.max():
            steps, (last, _) = self.lstm(x)
        else:
            steps, (last, _) = self.lstm(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
            steps = pad_packed_sequence(steps, batch_first=True)[0] if self.every_step else None
        return self.output(steps if self.every_step else last[-1])


def lengths_of(shortest, mean, longest):
    state, lengths = 1, []
    for _ in range(BATCHES * BATCH):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        lengths.append(min(longest, shortest + int(-math.log((state + 1) / (1 << 31)) * (mean - shortest))))
    return lengths


def rate(work, batches, steps, seconds):
    done, start, busy = 0, time.time(), time.thread_time()
    while time.time() - start < seconds:
        for batch in batches:
            work(*batch)
        done += steps
    return done / (time.time() - start), done / (time.thread_time() - busy)


for name in sys.argv[1].split(","):
    words, shortest, mean, longest, classes, units, both, every_step = NETS[name]
    lengths = sorted(lengths_of(shortest, mean, longest))
    batches = []
    for i in range(BATCHES):
        own = lengths[i * BATCH:(i + 1) * BATCH]
        x = pad_sequence([torch.randint(0, words, (n,)) for n in own], batch_first=True)
        labels = [torch.randint(0, classes, (n if every_step else 1,)) for n in own]
        y = pad_sequence(labels, batch_first=True, padding_value=-100).reshape(-1)
        batches.append((x, torch.tensor(own), y))
    network = Network(words, classes, units, both, every_step)
    adam = torch.optim.Adam(network.parameters(), 1e-3)

    def fit(x, own, y):
        adam.zero_grad()
        functional.cross_entropy(network(x, own).reshape(-1, classes), y).backward()
        adam.step()

    def output(x, own, y):
        with torch.no_grad():
            network(x, own)

    for work, function in (("fit", fit), ("output", output)):
        function(*batches[0])
        rates = [rate(function, batches, sum(lengths), float(sys.argv[2])) for _ in range(3)]
        by_clock, by_processor = (sorted(column)[1] for column in zip(*rates))
        print(f"torch {torch.__version__} 1 threads {name} {work} {by_clock:.0f}/s, {by_processor:.0f}/s by processor time",
              flush=True)
