#!/usr/bin/env python3
"""Swings of damped pendulums: writes pendulum.jsonl.gz beside this file.

Each line is one recording: "past", a list of [angle, angular velocity] (radians, radians a second), one every
0.1 s, and "next", the angle and the velocity 0.5 s after the last. Length, damping and beginning of the pendulum differ from
line to line, and so does the number of steps: 20 to 80. Measured values have an error of 0.01.
"""
import gzip
import json
import math
import random
from pathlib import Path

random.seed(1)
STEP, INNER, AHEAD = 0.1, 20, 5


def swing(steps):
    length, damping = random.uniform(0.5, 2.0), random.uniform(0.05, 0.4)
    angle, velocity = random.uniform(-1.5, 1.5), random.uniform(-1, 1)
    states = []
    for _ in range(steps):
        states.append((angle, velocity))
        for _ in range(INNER):
            velocity -= (9.81 / length * math.sin(angle) + damping * velocity) * STEP / INNER
            angle += velocity * STEP / INNER
    return states


with open(Path(__file__).parent / "pendulum.jsonl.gz", "wb") as raw:
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
        for _ in range(1500):
            steps = random.randint(20, 80)
            states = swing(steps + AHEAD)
            past = [[round(value + random.gauss(0, 0.01), 3) for value in state] for state in states[:steps]]
            ahead = [round(value, 4) for value in states[-1]]
            out.write((json.dumps({"past": past, "next": ahead}, separators=(",", ":")) + "\n").encode())
