"""Makes seqeval.json: random tags, right and broken, and what seqeval counts on them.

    pip install seqeval==1.2.2
    python seqeval_cases.py > seqeval.json
"""

import json
import random
import warnings

from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support

warnings.filterwarnings("ignore")
random.seed(17)

PLACES = {"BIO": "BI", "IOBES": "BIES", "IO": "I"}


def tag(scheme):
    if random.random() < 0.4:
        return "O"
    return random.choice(PLACES[scheme]) + "-" + random.choice(["person", "creative-work", "place"])


def near(sentence, scheme):
    return [name if random.random() < 0.7 else tag(scheme) for name in sentence]


def case(scheme):
    actual = [[tag(scheme) for _ in range(random.randint(1, 9))] for _ in range(random.randint(1, 6))]
    marked = [near(sentence, scheme) for sentence in actual]
    names = sorted({entity[0] for tags in actual + marked for entity in get_entities(tags)})
    each = precision_recall_fscore_support(actual, marked, average=None, zero_division=0)
    return {
        "actual": actual,
        "marked": marked,
        "entities": [[[kind, first, last + 1] for kind, first, last in get_entities(tags)] for tags in marked],
        "precision": precision_score(actual, marked, zero_division=0),
        "recall": recall_score(actual, marked, zero_division=0),
        "f1": f1_score(actual, marked, zero_division=0),
        "types": {
            name: [float(number[i]) for number in each] for i, name in enumerate(names)
        },
    }


print("[")
cases = [json.dumps(case(scheme)) for scheme in PLACES for _ in range(40)]
print(",\n".join(cases))
print("]")
