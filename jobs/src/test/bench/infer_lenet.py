"""Rows a second of the LeNet of InferenceBenchmark in a plain PyTorch loop, one thread.

    OMP_NUM_THREADS=1 /usr/bin/python3 jobs/src/test/bench/infer_lenet.py 100000

infer.sh runs it in turns with the others.
"""

import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
rows = int(sys.argv[1])
net = nn.Sequential(
    nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10), nn.Softmax(1),
)
net.eval()
best = (0.0, 0)
with torch.no_grad():
    for size in (8, 16, 32, 64, 128, 256):
        images = torch.rand(size, 1, 28, 28)
        net(images)
        begin = time.perf_counter()
        for _ in range(4096 // size):
            net(images)
        best = max(best, (4096 / (time.perf_counter() - begin), size))
    size = best[1]
    images = torch.rand(size, 1, 28, 28)
    begin = time.perf_counter()
    for _ in range(rows // size):
        net(images)
    seconds = time.perf_counter() - begin
print(f"PyTorch {torch.__version__}, one thread, {size} rows at once: {rows // size * size / seconds:,.0f} rows/s")
