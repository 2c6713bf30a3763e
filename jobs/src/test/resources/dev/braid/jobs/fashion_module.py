"""python3 fashion_module.py FOLDER: traces the network of conf/torchscript.yaml, and scripts one that
reads a picture row by row."""

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


class Rows(nn.Module):
    """Its LSTM has its weights twice; it counts its steps, and has a layer that nothing asks."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(28, 32, batch_first=True)
        self.head = nn.Linear(32, 10)
        self.spare = nn.Linear(32, 2)
        self.register_buffer("count", torch.zeros((), dtype=torch.long))

    def forward(self, x):
        if self.training:
            self.count.add_(1)
        return self.head(self.rnn(x[:, 0])[0][:, -1])


torch.jit.script(Rows()).save(sys.argv[1] + "/rows.pt")
