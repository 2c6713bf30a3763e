"""Parameters and answers of torchvision's networks, for ClassicNetworksTest: writes networks.json beside this file.

    pip install torch torchvision && python torchvision_networks.py

All tensors follow from their numbers among the network's, so that no weights need to be kept; so does the picture.
GoogLeNet has here the paper's kernels of 5 x 5 and its last pooling of 3 x 3, in whose places torchvision has others.
"""

import json
import pathlib

import numpy as np
import torch
from torch import nn
from torchvision import models
from torchvision.models.googlenet import BasicConv2d, Inception
from torchvision.models.resnet import BasicBlock


def numbers(tensor, size):
    """Numbers in [-1, 1) by a hash of their places, exact in single precision."""
    mask = np.uint64(0xFFFFFFFF)
    z = (np.arange(size, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(tensor * 40503 + 12345)) & mask
    for multiplier in (2246822507, 3266489909):
        z = ((z ^ (z >> np.uint64(15))) * np.uint64(multiplier)) & mask
    z ^= z >> np.uint64(16)
    return (z >> np.uint64(8)).astype(np.float64) / 2**23 - 1


def fill(network, gain):
    """Fills all tensors; the last matrix, which gives the scores, is multiplied by gain."""
    tensors = [(name, t) for name, t in network.state_dict().items() if not name.endswith("num_batches_tracked")]
    last = max(place for place, (_, tensor) in enumerate(tensors) if tensor.dim() > 1)
    for place, (name, tensor) in enumerate(tensors):
        drawn = numbers(place, tensor.numel())
        if tensor.dim() > 1:
            drawn = drawn * np.sqrt(6.0 / (tensor.numel() // tensor.shape[0])) * (gain if place == last else 1.0)
        elif name.endswith("running_var") or name.endswith("weight"):
            drawn = 1 + 0.2 * drawn
        else:
            drawn = 0.1 * drawn
        tensor.copy_(torch.tensor(drawn.astype(np.float32)).reshape(tensor.shape))


class Resnet(nn.Module):
    """The paper's networks for CIFAR-10, of torchvision's blocks."""

    def __init__(self, times, classes):
        super().__init__()
        layers = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        before = 16
        for filters in (16, 32, 64):
            for i in range(times):
                stride = 2 if i == 0 and filters > 16 else 1
                shortcut = None
                if stride == 2:
                    shortcut = nn.Sequential(nn.Conv2d(before, filters, 1, 2, bias=False), nn.BatchNorm2d(filters))
                layers.append(BasicBlock(before, filters, stride, shortcut))
                before = filters
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes))

    def forward(self, x):
        return self.layers(x)


def googlenet():
    network = models.googlenet(weights=None, aux_logits=False, init_weights=False, transform_input=False)
    for module in network.modules():
        if isinstance(module, Inception):
            convolution = module.branch3[1].conv
            module.branch3[1] = BasicConv2d(convolution.in_channels, convolution.out_channels, kernel_size=5, padding=2)
    network.maxpool4 = nn.MaxPool2d(3, 2, ceil_mode=True)
    return network


def vgg16(classes=10):
    """On 32 x 32 pixels, where one is left before the dense layers."""
    network = models.vgg16(weights=None, num_classes=classes, init_weights=False)
    network.avgpool = nn.Identity()
    network.classifier[0] = nn.Linear(512, 4096)
    return network


def repeated(network, factor):
    return nn.Sequential(nn.Upsample(scale_factor=factor, mode="nearest"), network)


NETWORKS = {  # file: network, side of the pictures
    "alexnet": (lambda: repeated(models.alexnet(weights=None), 4), 56),
    "vgg16": (lambda: nn.Sequential(nn.ZeroPad2d(2), vgg16()), 28),
    "resnet18": (lambda: models.resnet18(weights=None), 64),
    "resnet50": (lambda: models.resnet50(weights=None), 64),
    "resnet-cifar": (lambda: Resnet(3, 10), 32),
    "googlenet": (googlenet, 64),
    "mobilenet": (lambda: models.mobilenet_v2(weights=None), 64),
}

written = {}
for file, (make, side) in NETWORKS.items():
    network = make().eval()
    with torch.no_grad():
        fill(network, 1.0)
        picture = torch.tensor(numbers(1000, 3 * side * side).astype(np.float32)).reshape(1, 3, side, side)
        gain = float("%.2g" % (4 / float(network(picture).abs().max())))  # so that no probability is 0
        fill(network, gain)
        scores = network(picture)[0].double()
    answer = torch.log_softmax(scores, 0)
    written[file] = {
        "side": side,
        "classes": len(answer),
        "gain": gain,
        "parameters": sum(p.numel() for p in network.parameters()),
        "logProbabilities": [round(float(a), 6) for a in answer[:10]],
    }
written["vgg16"]["parametersOfThePaper"] = sum(p.numel() for p in models.vgg16(weights=None, init_weights=False).parameters())
written["resnet-32"] = {"parameters": sum(p.numel() for p in Resnet(5, 10).parameters())}
pathlib.Path(__file__).with_name("networks.json").write_text(json.dumps(written, indent=1) + "\n")
