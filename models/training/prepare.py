"""Gathers all training images and their human (or exact) boxes into one file, `WORK/images.pkl`.

    python prepare.py --data DATA --work WORK

It holds a list of `{"set", "name", "jpeg", "boxes", "labelled"}`: the encoded image, rows (x1, y1,
x2, y2, class) relative to the image, with class -1 for "something is here, no class of ours", and
the classes of ours that people looked for in it. The sets are the labelled sets' train splits (their
valid splits are for choosing), frames of the videos that are meant for training, and frames of
synthetic streets (`smarteye sample`) in WORK/synth with their `.truth.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import pickle
from pathlib import Path

import cv2
import numpy as np

# The sets' class indexes -> ours (person, bicycle, car, motorcycle, bus, truck).
SIX = (0, 1, 2, 3, 4, 5)
LABELLED = {
    "highway": (4, 2, 3, 0, 5),
    "manaus": (3, 2, 1, 0, 5),
    "openimages_vehicles": (-1, 4, 2, 3, 5),
    "oi_person": SIX,
    "wearable_street": SIX,
    "office_lobby": SIX,
    "ferry_terminal": SIX,
    "roads_from_above": SIX,
    "india_street": SIX,
    "oi_bicycle": SIX,
}
# The classes of ours that a set labels, where its names have more than those (`data.yaml`).
LABELS = {
    "oi_person": (0,),
    "wearable_street": (0,),
    "office_lobby": (0,),
    "ferry_terminal": (2, 3, 5),
    "roads_from_above": (2, 3, 4, 5),
    "india_street": (2, 3, 4),
    "oi_bicycle": (1,),
}
# Far, dark and small, the same parked vehicles again and again: for training, and judges nobody.
JUDGES_NOT = ("ferry_terminal",)
# Video -> every how many frames one is taken.
VIDEOS = {"vehicles.mp4": 6, "cctv.mp4": 6, "dashcam.mp4": 2, "car-detection.mp4": 6}
LONGEST = 448  # pixels: larger frames are shrunk to it


def labelled(name: str, file: str = "") -> tuple[int, ...]:
    """Which classes of ours people looked for in a picture of a set."""
    if name == "ferry_terminal" and file:
        return (3,) if file.startswith("A_") else (2, 5)  # each camera has its own
    return LABELS.get(name) or tuple(sorted({c for c in LABELLED[name] if c >= 0}))


def read_labels(path: Path, classes: tuple[int, ...]) -> np.ndarray:
    """Rows (x1, y1, x2, y2, class) of a YOLO text file."""
    rows = []
    for line in path.read_text().splitlines():
        c, x, y, w, h = line.split()
        x, y, w, h = float(x), float(y), float(w), float(h)
        rows.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2, classes[int(c)]))
    boxes = np.array(rows, np.float32).reshape(-1, 5)
    boxes[:, :4] = boxes[:, :4].clip(0, 1)
    return boxes


def shrink(image: np.ndarray) -> np.ndarray:
    """The image with its longer side at most LONGEST."""
    scale = LONGEST / max(image.shape[:2])
    if scale >= 1:
        return image
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def encode(image: np.ndarray) -> np.ndarray:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])[1]


def frames(path: Path, step: int):
    """Every `step`-th frame of a video, with its number from 0."""
    video = cv2.VideoCapture(str(path))
    number = 0
    while True:
        ok, image = video.read()
        if not ok:
            return
        if number % step == 0:
            yield number, image
        number += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    items = []

    for name, classes in LABELLED.items():
        for path in sorted((args.data / "labelled" / name / "train" / "images").iterdir()):
            labels = path.parent.parent / "labels" / (path.stem + ".txt")
            items.append(
                {
                    "set": name,
                    "name": f"{name}/train/{path.name}",
                    "jpeg": np.frombuffer(path.read_bytes(), np.uint8),
                    "boxes": read_labels(labels, classes),
                    "labelled": labelled(name, path.name),
                }
            )

    for name, step in VIDEOS.items():
        last = None
        for number, image in frames(args.data / "videos" / name, step):
            small = cv2.resize(image, (96, 54)).astype(np.float32)
            if last is not None and np.abs(small - last).mean() < 1.0:
                continue
            last = small
            items.append(
                {
                    "set": "video",
                    "name": f"{name}/{number}",
                    "jpeg": encode(shrink(image)),
                    "boxes": np.zeros((0, 5), np.float32),
                    "labelled": (),
                }
            )

    for path in sorted((args.work / "synth").glob("*.mp4")):
        truth = path.with_suffix(".truth.jsonl")
        if not truth.exists():
            continue
        lines = [json.loads(line) for line in truth.read_text().splitlines()]
        for number, image in frames(path, 15):
            line = lines[number]
            size = np.array([line["width"], line["height"]] * 2, np.float32)
            order = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
            boxes = [
                (*(np.array(o["box"]) / size), order.index(o["label"])) for o in line["objects"]
            ]
            items.append(
                {
                    "set": "synthetic",
                    "name": f"{path.stem}/{number}",
                    "jpeg": encode(shrink(image)),
                    "boxes": np.array(boxes, np.float32).reshape(-1, 5),
                    "labelled": SIX,
                }
            )

    with open(args.work / "images.pkl", "wb") as f:
        pickle.dump(items, f)
    for name in sorted({i["set"] for i in items}):
        chosen = [i for i in items if i["set"] == name]
        print(f"{name}: {len(chosen)} images, {sum(len(i['boxes']) for i in chosen)} boxes")


if __name__ == "__main__":
    main()
