"""Makes sets.txt.gz: what torchvision and pycocotools count on random sets of boxes.

    pip install torch torchvision pycocotools
    python detection_sets.py

The sets are those of SplitMix streams, so that the file holds the results alone; coordinates are
small whole numbers and scores tenths, so that many are equal. A line has the IoUs of all pairs of
found boxes, weighted and summed; those of the first picture that are kept; mAP, mAP at 0.5, and the
average precision at 0.5 of each class (-1 where it has no object).
"""

import contextlib
import gzip
import io

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchvision.ops import box_iou, nms

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


class SplitMix:
    def __init__(self, key):
        self.key, self.index = key, 0

    def next_int(self, bound):
        self.index += 1
        z = (self.key + self.index * GOLDEN) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (((z ^ (z >> 31)) >> 1) * (bound << 1)) >> 64


def numbers(random):
    left, top = random.next_int(20), random.next_int(20)
    return [left, top, 1 + random.next_int(12), 1 + random.next_int(12)]


def near(box, random):
    moved = [number + random.next_int(3) - 1 for number in box]
    return moved[:2] + [max(1, size) for size in moved[2:]]


def random_set(seed):
    random = SplitMix(seed)
    num_classes = 1 + random.next_int(4)
    pictures = []
    for _ in range(1 + random.next_int(4)):
        there = [(random.next_int(num_classes), numbers(random)) for _ in range(random.next_int(6))]
        found = []
        for _ in range(random.next_int(12)):
            score = np.float32(1 + random.next_int(10)) / np.float32(10)
            if there and random.next_int(3) > 0:
                label, box = there[random.next_int(len(there))]
                found.append((label, near(box, random), float(score)))
            else:
                found.append((random.next_int(num_classes), numbers(random), float(score)))
        pictures.append((there, found))
    return num_classes, pictures


def corners(box):
    left, top, width, height = box
    return [left, top, left + width, top + height]


def kept(found, num_classes):
    chosen = []
    for label in range(num_classes):
        own = [i for i, box in enumerate(found) if box[0] == label]
        if own:
            boxes = torch.tensor([corners(found[i][1]) for i in own], dtype=torch.float64)
            scores = torch.tensor([found[i][2] for i in own], dtype=torch.float64)
            chosen += [own[i] for i in nms(boxes, scores, 0.5).tolist()]
    return sorted(chosen)


def overlaps(found):
    if not found:
        return 0.0
    boxes = torch.tensor([corners(box[1]) for box in found], dtype=torch.float64)
    iou = box_iou(boxes, boxes)
    return sum(float(iou[i, k]) * (1 + i + 17 * k) for i in range(len(found)) for k in range(len(found)))


def coco(num_classes, num_pictures, annotations):
    made = COCO()
    made.dataset = {
        "images": [{"id": i + 1} for i in range(num_pictures)],
        "categories": [{"id": i + 1} for i in range(num_classes)],
        "annotations": [dict(one, id=i + 1) for i, one in enumerate(annotations)],
    }
    made.createIndex()
    return made


def annotation(picture, label, box, **more):
    return dict(image_id=picture + 1, category_id=label + 1, bbox=box, area=box[2] * box[3], iscrowd=0, **more)


def precision(num_classes, pictures):
    there = [annotation(i, *one) for i, (objects, _) in enumerate(pictures) for one in objects]
    found = [annotation(i, label, box, score=score) for i, (_, boxes) in enumerate(pictures) for label, box, score in boxes]
    evaluation = COCOeval(coco(num_classes, len(pictures), there), coco(num_classes, len(pictures), found), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    each = [float(np.mean(evaluation.eval["precision"][0, :, k, 0, 2])) for k in range(num_classes)]
    return [float(evaluation.stats[0]), float(evaluation.stats[1])] + each


lines = []
for seed in range(1000):
    num_classes, pictures = random_set(seed)
    with contextlib.redirect_stdout(io.StringIO()):
        counted = precision(num_classes, pictures)
    found = pictures[0][1]
    lines.append(" ".join(
        ["%.9g" % overlaps(found), ",".join(map(str, kept(found, num_classes))) or "-"]
        + ["%.9g" % number for number in counted]
    ))
with gzip.GzipFile("sets.txt.gz", "wb", mtime=0) as out:
    out.write("\n".join(lines).encode())
