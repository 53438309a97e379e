"""The training set in memory: pictures, human boxes, teachers' boxes, and what to ignore.

Rules for the teachers' fused boxes, beside the human ones:

- what overlaps a human box is that human box (people win), whatever its class; but a person on a
  two-wheeler is a person too: taught where people were not labelled, ignored where they were;
- what is sure enough and alone becomes an object, with a weight that grows with its score;
- what is less sure becomes an ignore region of its class: no cell there is told "nothing here".

Weak labels exist for another reason too: most sets label some classes alone (`prepare.LABELS`) and
leave out objects (highway's background traffic), and "nothing here" would be a lie there. Where the
teachers see too little to be believed (ferry_terminal: far, dark and small), what a set does not
label is not told about at all.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from teachers import iou_matrix

SURE = 0.38  # a fused score from which a teachers' box is an object
DOUBT = 0.17  # and from which it is ignored rather than background
PERSON, BICYCLE, MOTORCYCLE, BUS, TRUCK = 0, 1, 3, 4, 5
TEACHERS_BLIND = ("ferry_terminal",)
RIDER_IN_THE_BOX = ("manaus",)  # a two-wheeler's box holds who rides it

# How often each set is drawn.
SHARES = {
    "highway": 0.18,
    "openimages_vehicles": 0.10,
    "manaus": 0.10,
    "oi_person": 0.19,
    "wearable_street": 0.11,
    "office_lobby": 0.04,
    "ferry_terminal": 0.03,
    "roads_from_above": 0.07,
    "india_street": 0.05,
    "oi_bicycle": 0.03,
    "video": 0.05,
    "synthetic": 0.05,
}


@dataclass
class Item:
    """One picture: RGB `[h, w, 3]` uint8; boxes relative to it.

    `boxes` are rows (x1, y1, x2, y2), `classes` and `weights` stand beside them; a weight of 0
    marks an ignore region, whose class may be -1 for every class.
    """

    image: np.ndarray
    boxes: np.ndarray
    classes: np.ndarray
    weights: np.ndarray


def within(row: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Which part (0-1) of the row's box lies in each of the boxes."""
    low = np.maximum(row[:2], boxes[:, :2])
    high = np.minimum(row[2:4], boxes[:, 2:4])
    return np.clip(high - low, 0, None).prod(-1) / max(1e-9, (row[2:4] - row[:2]).prod())


def merge(
    human: np.ndarray, taught: np.ndarray, place: str, labelled: tuple[int, ...]
) -> np.ndarray:
    """Rows (x1, y1, x2, y2, class, weight) of human rows (.., class) and taught (.., score, class)."""
    human = human.copy()
    rows = []
    overlap = iou_matrix(human[:, :4], taught[:, :4])
    if place == "manaus" and len(taught):
        # Manaus calls buses trucks: take the teachers' word for it where they are sure.
        for i in np.flatnonzero(human[:, 4] == TRUCK):
            near = taught[overlap[i] > 0.55]
            bus = near[near[:, 5] == BUS, 4].max(initial=0)
            truck = near[near[:, 5] == TRUCK, 4].max(initial=0)
            if bus > 0.3 and bus > 1.5 * truck:
                human[i, 4] = BUS
    for row in human:
        rows.append((*row[:4], row[4], 0.0 if row[4] < 0 else 1.0))
    sure = taught[taught[:, 4] >= SURE]
    for j, row in enumerate(taught):
        score, c = row[4], row[5]
        rivals = sure[sure[:, 5] == c]
        if score < SURE and (within(row, rivals) > 0.7).any():
            continue  # a part of an object, seen as another one
        near = human[overlap[:, j] > 0.4] if len(human) else human
        weight = min(1.0, 0.35 + score) if score >= SURE else 0.0
        if len(near):
            rides = (c == PERSON) != (near[:, 4] == PERSON)
            if not rides.all():
                continue
            if c in labelled or place in RIDER_IN_THE_BOX:
                weight = 0.0
        if score >= DOUBT:
            rows.append((*row[:4], c, weight))
    if place in TEACHERS_BLIND:
        rows += [(0, 0, 1, 1, c, 0.0) for c in range(6) if c not in labelled]
    return np.array(rows, np.float32).reshape(-1, 6)


def load(work: Path) -> dict[str, list[Item]]:
    """All items by set, from WORK/images.pkl and WORK/teachers-*.pkl."""
    with open(work / "images.pkl", "rb") as f:
        raw = pickle.load(f)
    taught: dict[int, np.ndarray] = {}
    for path in sorted(work.glob("teachers-*.pkl")):
        with open(path, "rb") as f:
            taught |= pickle.load(f)
    sets: dict[str, list[Item]] = {}
    for index, item in enumerate(raw):
        found = taught.get(index, np.zeros((0, 6), np.float32))
        rows = merge(item["boxes"], found, item["set"], item["labelled"])
        image = cv2.cvtColor(cv2.imdecode(item["jpeg"], cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        sets.setdefault(item["set"], []).append(
            Item(image, rows[:, :4], rows[:, 4].astype(np.int64), rows[:, 5])
        )
    return sets
