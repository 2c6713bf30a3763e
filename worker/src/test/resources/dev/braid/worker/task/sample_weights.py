"""Scores of scikit-learn 1.9 with sample_weight, for SampleWeightTest: writes sample_weights.json beside it.

    python sample_weights.py
"""

import json
import pathlib

import numpy as np
from sklearn import metrics as m

random = np.random.default_rng(11)
SIZE = 60
weights = random.integers(0, 24, SIZE) / 8.0


def averages(truth, answer, kinds):
    found = {}
    for kind in kinds:
        p, r, f, _ = m.precision_recall_fscore_support(
            truth, answer, average=kind, sample_weight=weights, zero_division=0)
        found |= {kind + "Precision": p, kind + "Recall": r, kind + "F1": f}
    return found


def classification():
    scores = random.random((SIZE, 4)).astype(np.float32).round(2)
    truth = random.integers(0, 4, SIZE)
    answer = scores.argmax(axis=1)
    values = {
        "accuracy": m.accuracy_score(truth, answer, sample_weight=weights),
        "top2Accuracy": m.top_k_accuracy_score(
            truth, scores + np.arange(4) * -1e-6, k=2, sample_weight=weights),
    }
    return scores, truth, values | averages(truth, answer, ["macro", "weighted"])


def two_classes():
    scores = random.random((SIZE, 1)).astype(np.float32).round(1)
    truth = random.integers(0, 2, SIZE)
    answer = (scores[:, 0] > np.float32(0.5)).astype(int)
    values = {
        "accuracy": m.accuracy_score(truth, answer, sample_weight=weights),
        "rocAuc": m.roc_auc_score(truth, scores[:, 0], sample_weight=weights),
    }
    return scores, truth, values | averages(truth, answer, ["macro", "weighted"])


def regression():
    answer = random.normal(size=(SIZE, 2)).astype(np.float32)
    truth = random.normal(size=(SIZE, 2)).astype(np.float32)
    mse = m.mean_squared_error(truth, answer, sample_weight=weights)
    return answer, truth, {
        "mse": mse,
        "rmse": mse ** 0.5,
        "mae": m.mean_absolute_error(truth, answer, sample_weight=weights),
        "r2": m.r2_score(truth, answer, sample_weight=weights),
    }


def multi_label():
    scores = random.random((SIZE, 3)).astype(np.float32)
    truth = random.integers(0, 2, (SIZE, 3))
    answer = (scores > 0.5).astype(int)
    values = {
        "accuracy": m.accuracy_score(truth, answer, sample_weight=weights),
        "hammingLoss": m.hamming_loss(truth, answer, sample_weight=weights),
    }
    return scores, truth, values | averages(truth, answer, ["macro", "micro", "weighted"])


cases = {"weights": weights.tolist()}
for case in [classification, two_classes, regression, multi_label]:
    predictions, labels, values = case()
    cases[case.__name__] = {
        "predictions": [float(x) for x in predictions.ravel()],
        "labels": [float(x) for x in labels.ravel()],
        "values": {name: float(value) for name, value in values.items()},
    }
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
