"""CLEAR MOT and IDF1 as motmetrics gives them, for what `lab/evaluation/tracking.ts` is held against.

Makes golden.json: a few short videos of boxes, drawn by chance from a fixed seed, and what a poor
tracker says of them, with the scores. A box is [id, x1, y1, x2, y2]. In this folder:

    pip install motmetrics==1.4.0 && python clear_mot.py && deno fmt golden.json
"""

import json
import pathlib
import random

import motmetrics
import numpy

CASES = {
    "few faults": dict(seed=1, frames=12, things=3, jitter=1, miss=0.05, false=0.2, swap=0.08),
    "many faults": dict(seed=2, frames=12, things=5, jitter=3, miss=0.2, false=0.4, swap=0.15),
    "crowded": dict(seed=3, frames=10, things=9, jitter=2, miss=0.1, false=0.5, swap=0.3),
    "nothing fits": dict(seed=4, frames=6, things=3, jitter=14, miss=0.3, false=0.5, swap=0.1),
}

METRICS = {
    "objects": "num_objects",
    "falsePositives": "num_false_positives",
    "misses": "num_misses",
    "switches": "num_switches",
    "mota": "mota",
    "idf1": "idf1",
}


def overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return width * height / (area(a) + area(b) - width * height)


def distance(truth, found):
    apart = 1 - overlap(truth[1:], found[1:])
    return apart if apart <= 0.5 else numpy.nan


def draw(seed, frames, things, jitter, miss, false, swap):
    """Things on straight paths that are not always there; ids that change, boxes that are wrong."""
    rng = random.Random(seed)
    paths = [
        (rng.uniform(0, 150), rng.uniform(0, 60), rng.uniform(-6, 6), rng.uniform(-2, 2))
        for _ in range(things)
    ]
    ids = list(range(1, things + 1))
    fresh = things + 1
    pictures = []
    for frame in range(frames):
        truth, found = [], []
        for thing, (x, y, dx, dy) in enumerate(paths):
            if rng.random() < 0.1:
                continue
            x1, y1 = round(x + dx * frame), round(y + dy * frame)
            truth.append([thing, x1, y1, x1 + 30, y1 + 20])
            if rng.random() < swap:
                ids[thing], fresh = fresh, fresh + 1
            if rng.random() < swap:
                other = rng.randrange(things)
                ids[thing], ids[other] = ids[other], ids[thing]
            if rng.random() < miss:
                continue
            off = [round(rng.gauss(0, jitter)) for _ in range(4)]
            found.append([ids[thing], x1 + off[0], y1 + off[1], x1 + 30 + off[2], y1 + 20 + off[3]])
        while rng.random() < false:
            x1, y1 = round(rng.uniform(0, 150)), round(rng.uniform(0, 60))
            found.append([fresh, x1, y1, x1 + 30, y1 + 20])
            fresh += 1
        unique = {one[0]: one for one in found}  # an id is in a picture once
        pictures.append({"truth": truth, "found": list(unique.values())})
    return pictures


def score(pictures):
    accumulator = motmetrics.MOTAccumulator(auto_id=True)
    for picture in pictures:
        truth, found = picture["truth"], picture["found"]
        distances = numpy.array([[distance(t, f) for f in found] for t in truth], dtype=float)
        accumulator.update(
            [one[0] for one in truth],
            [one[0] for one in found],
            distances.reshape(len(truth), len(found)),
        )
    computed = motmetrics.metrics.create().compute(
        accumulator, metrics=list(METRICS.values()), return_dataframe=False
    )
    return {name: float(computed[theirs]) for name, theirs in METRICS.items()}


if __name__ == "__main__":
    golden = []
    for name, how in CASES.items():
        pictures = draw(**how)
        golden.append({"name": name, "pictures": pictures, "wanted": score(pictures)})
        print(name, golden[-1]["wanted"])
    path = pathlib.Path(__file__).with_name("golden.json")
    path.write_text(json.dumps(golden))
