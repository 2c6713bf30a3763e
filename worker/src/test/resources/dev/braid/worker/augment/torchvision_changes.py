"""Changes of pictures by torchvision's transforms, for AugmentationTest: writes changes.bin.gz beside this file.

    pip install torch torchvision && python torchvision_changes.py

A case is: kind (Java's writeUTF), number of parameters (byte), parameters (doubles), channels, height, width (bytes),
number of the picture (int), and the levels of the changed picture, 0 to 255, in 128ths (shorts). The pictures follow
from their numbers. Colours are changed in floats from 0 to 1, as torchvision has them.
"""

import gzip
import pathlib
import struct

import numpy as np
import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

SIZES = [(3, 5, 7), (3, 6, 6), (1, 7, 5)]
NUM_PICTURES = 100


def picture(number, size):
    """Levels by chance, smooth in every other picture, with some grey pixels."""
    channels, height, width = size
    levels = np.zeros(size)
    for c in range(channels):
        for y in range(height):
            for x in range(width):
                channel = 0 if (x + 2 * y) % 5 == 0 else c  # grey
                i = (channel * height + y) * width + x
                mixed = ((number * 73856093) ^ (i * 19349663)) & 0x7FFFFFFF
                wave = (20 * x + 30 * y + 60 * channel + 7 * number) % 256
                levels[c, y, x] = (mixed >> 7) % 256 if number % 2 == 0 else wave
    return torch.tensor(levels, dtype=torch.float32)


def affine(image, angle=0.0, scale=1.0, shear=0.0, fill=0.0):
    # torchvision weighs the border twice where a fill is given; ours is the fill's share of the four pixels.
    moved = F.affine(image - fill, angle, [0, 0], scale, [shear, 0.0], InterpolationMode.BILINEAR)
    return moved + fill


def coloured(change, image, factor):
    return change(image / 255, factor) * 255


def pca(image, shift):
    levels = image.double().numpy().reshape(3, -1) / 255
    moved = levels + (np.cov(levels, bias=True) @ np.array(shift))[:, None]
    return torch.tensor(moved.clip(0, 1).reshape(image.shape) * 255)


def cases(number, image):
    channels, height, width = image.shape
    share = number / (NUM_PICTURES - 1)  # of the parameters' ranges
    sign = 2 * share - 1
    right, down = number % 5 - 2, number // 5 % 5 - 2
    padded = F.pad(image, [2, 2, 2, 2], fill=float(number))
    yield "mirror", [], F.horizontal_flip(image)
    yield "crop", [right, down, number], F.crop(padded, 2 - down, 2 - right, height, width)
    yield "rotate", [180 * sign, number], affine(image, angle=180 * sign, fill=number)
    yield "shear", [60 * sign, number], affine(image, shear=60 * sign, fill=number)
    yield "scale", [0.5 + 1.5 * share, number], affine(image, scale=0.5 + 1.5 * share, fill=number)
    yield "brightness", [2 * share], coloured(F.adjust_brightness, image, 2 * share)
    yield "contrast", [2 * share], coloured(F.adjust_contrast, image, 2 * share)
    left, top = number % width, number % height
    across, along = min(width - left, 1 + number % 4), min(height - top, 1 + number % 3)
    yield "cutout", [left, top, left + across, top + along, number], F.erase(
        image, top, left, along, across, torch.full((channels, 1, 1), float(number))
    )
    if channels == 3:
        yield "saturation", [2 * share], coloured(F.adjust_saturation, image, 2 * share)
        yield "hue", [sign / 2], coloured(F.adjust_hue, image, sign / 2)
        shift = [sign, 0.5 - share, 0.3]
        yield "pca", shift, pca(image, shift)


with gzip.GzipFile(pathlib.Path(__file__).with_name("changes.bin.gz"), "wb", mtime=0) as out:
    for number in range(NUM_PICTURES):
        size = SIZES[number % len(SIZES)]
        for kind, parameters, changed in cases(number, picture(number, size)):
            out.write(struct.pack(">H", len(kind)) + kind.encode())
            out.write(struct.pack(f">B{len(parameters)}d", len(parameters), *parameters))
            out.write(struct.pack(">3Bi", *size, number))
            levels = np.rint(changed.double().numpy().ravel() * 128).astype(np.int64)
            out.write(struct.pack(f">{levels.size}h", *levels))
