#!/usr/bin/python3
"""Time to an accuracy on MNIST with PyTorch DistributedDataParallel: two gloo processes, one thread
each, the LeNet, batch size and optimizer of conf/fashion-lenet.yaml.

    ddp_lenet.py DATA_FOLDER [ACCURACY [MAX_EPOCHS [SEED]]]

prints, after each epoch, the test accuracy and the seconds since the process began; ends when the
accuracy is reached. Needs python3-torch. DATA_FOLDER holds the four IDX .gz files. Braid's side is
mnist-lenet.yaml.
"""
import time

START = time.time()

import gzip
import os
import sys

import numpy
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

WORLD, BATCH = 2, 64


def idx(folder, name, header):
    with gzip.open(os.path.join(folder, name)) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def load(folder, part):
    images = idx(folder, part + "-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = idx(folder, part + "-labels-idx1-ubyte.gz", 8)
    return torch.from_numpy(images.astype("float32") / 255), torch.from_numpy(labels.astype("int64"))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def work(rank, folder, target, epochs, seed, start):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29511")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=WORLD)
    torch.manual_seed(seed)
    net = DistributedDataParallel(lenet())
    adam = torch.optim.Adam(net.parameters(), 1e-3)
    images, labels = load(folder, "train")
    test_images, test_labels = load(folder, "t10k")
    for epoch in range(epochs):
        order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(1000 * seed + epoch))
        for i in range(0, len(order) - WORLD * BATCH + 1, WORLD * BATCH):
            batch = order[i + rank * BATCH : i + (rank + 1) * BATCH]
            adam.zero_grad()
            F.cross_entropy(net(images[batch]), labels[batch]).backward()
            adam.step()
        with torch.no_grad():
            mine = slice(rank * len(test_labels) // WORLD, (rank + 1) * len(test_labels) // WORLD)
            outputs = torch.cat([net.module(x) for x in test_images[mine].split(1000)])
            right = (outputs.argmax(1) == test_labels[mine]).sum().reshape(1).double()
        dist.all_reduce(right)
        accuracy = right.item() / len(test_labels)
        if rank == 0:
            print("epoch %d accuracy %.4f seconds %.1f" % (epoch + 1, accuracy, time.time() - start), flush=True)
        if accuracy >= target:
            break
    dist.destroy_process_group()


if __name__ == "__main__":
    target = float(sys.argv[2]) if len(sys.argv) > 2 else 0.99
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    mp.spawn(work, (sys.argv[1], target, epochs, seed, START), nprocs=WORLD)
    print("whole process %.1f seconds" % (time.time() - START))
