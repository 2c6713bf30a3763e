"""python3 fashion_module.py FOLDER: traces the network of conf/torchscript.yaml."""

import sys

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
net = nn.Sequential(
    nn.Conv2d(1, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 5), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Dropout(0.2), nn.Linear(512, 10))
torch.jit.trace(net.eval(), torch.zeros(2, 1, 28, 28)).save(sys.argv[1] + "/net.pt")
torch.save(net, sys.argv[1] + "/pickled.pt")
