"""Writes traced.pt beside it: normalisation and dropout, traced in training mode by mistake, and prints PyTorch's answers
in inference mode before that: python3 traced.py (PyTorch 1.13)."""
import os

import torch
from torch import nn

torch.manual_seed(1)
net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, momentum=None), nn.Dropout(0.5), nn.Linear(4, 2))
rows = torch.arange(12.0).reshape(4, 3) * 5 % 7
net(rows)
print(net.eval()(rows).reshape(-1).tolist())
before = {name: value.clone() for name, value in net.state_dict().items()}
traced = torch.jit.trace(net.train(), rows, check_trace=False)
traced.load_state_dict(before)  # running it has changed its buffers
traced.save(os.path.join(os.path.dirname(os.path.abspath(__file__)), "traced.pt"))
