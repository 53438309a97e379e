"""Reference answers of the real models: `golden/<model>.json`, one file a model.

    python references.py --data DIR [--only NAME] [--draw DIR]

`DIR` holds `models/` and `images/`. Each family is decoded as its authors publish it, without any of the
program's own code. A model's score threshold is the nearest to the family's usual one from which no object
of the pictures is nearer than 0.015, so that a difference too small to matter does not add or lose an
object; the overlaps that suppress are checked in the same way, and told of where one is near.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import cv2
import numpy as np
import onnxruntime as ort
import PIL

from common import above, clip, iou, open_session, read_bgr, suppress, write_json
from families import dfl, faces, fastestdet, imagenet, ultralytics, yolox

HERE = Path(__file__).resolve().parent
MARGIN = 0.015
"""Least distance of an object's score from the threshold."""


@dataclass
class Reference:
    file: str
    detect: Callable
    images: tuple = ("bus.jpg", "dog.jpg", "street.png")
    score: float = 0.35
    iou: float = 0.45
    labels: str = "coco80"


BUS_DOG_ZIDANE = ("bus.jpg", "dog.jpg", "zidane.jpg")

REFERENCES = [
    Reference("fastestdet_352.onnx", fastestdet.detect, score=0.45),
    Reference("yolox_nano_416.onnx", yolox.detect),
    Reference("nanodet_m_416.onnx", dfl.nanodet, ("bus.jpg", "street.png", "zidane.jpg"), 0.5, 0.6),
    Reference("picodet_s_320.onnx", dfl.picodet, ("dog.jpg", "street.png", "zidane.jpg"), 0.4, 0.6),
    Reference("picodet_s_416.onnx", dfl.picodet, BUS_DOG_ZIDANE, 0.4, 0.6),
    Reference("picodet_s_640.onnx", dfl.picodet, BUS_DOG_ZIDANE, 0.4, 0.6),
    Reference("face_rfb320.onnx", faces.rfb, ("zidane.jpg", "bus.jpg"), 0.7, 0.3, "face"),
    Reference(
        "face_yunet_2026may.onnx",
        faces.yunet,
        ("zidane.jpg", "bus.jpg", "street.png"),
        0.6,
        0.3,
        "face",
    ),
    Reference("agpl/yolov5n_640_fp16.onnx", ultralytics.v5),
    Reference("agpl/yolov8n_640_int8.onnx", ultralytics.v8),
    Reference("agpl/yolo11n_320_int8.onnx", ultralytics.v8),
    Reference("agpl/yolo26n_640_int8.onnx", ultralytics.v26, iou=1),
    Reference(
        "mobilenetv2_224_int8.onnx",
        imagenet.classify,
        ("dog.jpg", "zidane.jpg", "bus.jpg", "street.png"),
        labels="imagenet",
    ),
]


def labels_of(kind, data):
    if kind == "face":
        return ["face"]
    if kind == "coco80":
        return json.loads((HERE / "../../models/labels/coco80.json").read_text())
    lines = (data / "models/imagenet_classes.txt").read_text().splitlines()
    return [line.split(", ", 1)[1].replace("_", " ") for line in lines if line]


def choose_threshold(usual, scores):
    """The nearest to `usual` from which no score is nearer than the margin; one farther away first."""
    steps = sorted((usual + step / 200 for step in range(-40, 41)), key=lambda t: abs(t - usual))
    gap = lambda t: np.abs(scores - t).min() if scores.size else 1
    chosen = next((t for t in steps if gap(t) > MARGIN), None)
    if chosen is None:
        raise SystemExit(f"Cannot choose a score threshold near {usual}: scores are everywhere")
    return round(chosen, 3)


def near_overlaps(candidates, kept, threshold, margin=0.02):
    """Pairs that a small difference would suppress, or would not: with a kept one of the class."""
    count = 0
    for i in range(kept.scores.size):
        same = (candidates.classes == kept.classes[i]) & (candidates.scores < kept.scores[i])
        overlaps = iou(kept.boxes[i], candidates.boxes[same])
        count += int((np.abs(overlaps - threshold) < margin).sum())
    return count


def detections(reference, session, data, labels):
    pictures = {name: read_bgr(data / "images" / name) for name in reference.images}
    found = {name: reference.detect(session, bgr) for name, bgr in pictures.items()}
    floor = max(reference.score - 0.2, 0.05) - MARGIN
    survivors = {n: suppress(above(c, floor), reference.iou) for n, c in found.items()}
    scores = np.concatenate([s.scores for s in survivors.values()])
    threshold = choose_threshold(reference.score, scores)
    images = {}
    for name, bgr in pictures.items():
        candidates = above(found[name], threshold)
        kept = suppress(candidates, reference.iou)
        near = near_overlaps(candidates, kept, reference.iou)
        gap = np.abs(survivors[name].scores - threshold).min(initial=1)
        print(f"  {name}: {kept.scores.size} objects, nearest score {gap:.3f} away, {near} near overlaps")
        height, width = bgr.shape[:2]
        images[name] = {
            "width": width,
            "height": height,
            "detections": [
                {
                    "class_id": int(c),
                    "label": labels[int(c)],
                    "score": round(float(s), 4),
                    "box": [round(float(side), 2) for side in box],
                }
                for c, s, box in zip(kept.classes, kept.scores, clip(kept.boxes, width, height))
            ],
        }
    return {"score_threshold": threshold, "iou_threshold": reference.iou}, images


def classifications(reference, session, data, labels):
    images = {}
    for name in reference.images:
        bgr = read_bgr(data / "images" / name)
        shares = reference.detect(session, bgr)
        top = np.argsort(-shares, kind="stable")[:5]
        images[name] = {
            "width": bgr.shape[1],
            "height": bgr.shape[0],
            "classifications": [
                {"class_id": int(c), "label": labels[c], "score": round(float(shares[c]), 4)}
                for c in top
            ],
        }
        print(f"  {name}: {[(labels[c], round(float(shares[c]), 3)) for c in top]}")
    return {"score_threshold": 0}, images


def draw(folder, stem, data, images):
    for name, image in images.items():
        picture = read_bgr(data / "images" / name)
        for one in image["detections"]:
            x1, y1, x2, y2 = (int(v) for v in one["box"])
            text = f"{one['label']} {one['score']:.2f}"
            cv2.rectangle(picture, (x1, y1), (x2, y2), (0, 0, 255), 2)
            cv2.putText(picture, text, (x1, max(y1 + 14, 14)), 0, 0.6, (0, 255, 255), 2)
        cv2.imwrite(str(folder / f"{stem}.{Path(name).stem}.jpg"), picture)


def main():
    parser = argparse.ArgumentParser(description="Writes the reference answers of the real models.")
    parser.add_argument("--data", type=Path, required=True, help="folder with models/ and images/")
    parser.add_argument("--only", default="", help="models whose file's name contains this")
    parser.add_argument("--draw", type=Path, help="folder for the pictures with their boxes drawn")
    options = parser.parse_args()
    (HERE / "golden").mkdir(exist_ok=True)
    for reference in REFERENCES:
        if options.only not in reference.file:
            continue
        path = options.data / "models" / reference.file
        print(reference.file)
        session = open_session(str(path))
        labels = labels_of(reference.labels, options.data)
        answer = classifications if reference.labels == "imagenet" else detections
        thresholds, images = answer(reference, session, options.data, labels)
        golden = {
            "model": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "made_with": {
                "onnxruntime": ort.__version__,
                "opencv": cv2.__version__,
                "pillow": PIL.__version__,
                "numpy": np.__version__,
            },
            **thresholds,
            "images": images,
        }
        write_json(HERE / "golden" / f"{path.stem}.json", golden)
        print(f"  {thresholds}")
        if options.draw and reference.labels != "imagenet":
            options.draw.mkdir(parents=True, exist_ok=True)
            draw(options.draw, path.stem, options.data, images)


if __name__ == "__main__":
    main()
