"""Measures a detector as COCO does: mAP50 and mAP50-95, for each labelled set and class.

    python evaluate.py --data DATA [--onnx FILE] [--work WORK] [--yardstick] [--unseen]

Measures an exported file (--onnx), the running average of a checkpoint (--work), and FastestDet and
YOLOX-nano beside it (--yardstick), all with the same code: scores from 0.01, NMS at 0.55, and of each set only
the classes that people labelled there.
"""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from leaks import leaked
from net import CLASSES, Detector, cells, decode
from prepare import JUDGES_NOT, LABELLED, labelled, read_labels
from teachers import FastestDet, YoloX, nms, session

# image (BGR) -> rows (x1, y1, x2, y2 in its pixels, score, class)
Detect = Callable[[np.ndarray], np.ndarray]


def rows_of(
    boxes: np.ndarray, scores: np.ndarray, floor: float, iou: float, limit: int = 300
) -> np.ndarray:
    """Rows of dense boxes `[N, 4]` and scores `[N, C]` after class-wise NMS."""
    cell, c = np.nonzero(scores >= floor)
    b, s = boxes[cell], scores[cell, c]
    order = np.argsort(-s)[:1500]
    b, s, c = b[order], s[order], c[order]
    keep = nms(b, s, c, iou)[:limit]
    return np.column_stack((b[keep], s[keep], c[keep])).reshape(-1, 6)


class Exported:
    """Our exported file: stretched, RGB 0-255, output `[1, 4 + classes, N]`."""

    def __init__(self, path: Path, floor: float = 0.01, iou: float = 0.55) -> None:
        self.run, self.floor, self.iou = session(path), floor, iou
        self.name = self.run.get_inputs()[0].name
        self.height, self.width = self.run.get_inputs()[0].shape[2:]

    def __call__(self, image: np.ndarray) -> np.ndarray:
        x = cv2.resize(image, (self.width, self.height))[:, :, ::-1]
        x = x.transpose(2, 0, 1)[None].astype(np.float32)
        out = self.run.run(None, {self.name: x})[0][0].T
        scale = np.array([image.shape[1] / self.width, image.shape[0] / self.height] * 2)
        half = out[:, 2:4] / 2
        boxes = np.concatenate((out[:, :2] - half, out[:, :2] + half), 1) * scale
        return rows_of(boxes, out[:, 4:], self.floor, self.iou)


class Checkpoint:
    """The averaged weights of a checkpoint, at a given size."""

    def __init__(self, path: Path, size: int, floor: float = 0.01, iou: float = 0.55) -> None:
        state = torch.load(path, weights_only=True)
        self.model = Detector()
        self.model.load_state_dict(state["mean"])
        self.model.eval()
        self.size, self.floor, self.iou = size, floor, iou
        self.cells = cells(size, size)

    @torch.no_grad()
    def __call__(self, image: np.ndarray) -> np.ndarray:
        x = cv2.resize(image, (self.size, self.size))[:, :, ::-1].copy()
        logits, raw = self.model(torch.from_numpy(x).permute(2, 0, 1)[None].float() / 255)
        boxes = decode(raw, *self.cells)[0].numpy()
        scale = np.array([image.shape[1] / self.size, image.shape[0] / self.size] * 2)
        return rows_of(boxes * scale, logits.sigmoid()[0].numpy(), self.floor, self.iou)


def measure(
    detect: Detect, data: Path, name: str, split: str, without: set[str] = frozenset()
) -> tuple[float, float, dict]:
    """mAP50, mAP50-95 (0-100) and AP50 by class of one labelled set, some pictures left out."""
    classes = LABELLED[name]
    used = labelled(name)
    images, truths, found = [], [], []
    for path in sorted((data / "labelled" / name / split / "images").iterdir()):
        if path.name in without:
            continue
        image = cv2.imread(str(path))
        h, w = image.shape[:2]
        number = len(images) + 1
        images.append({"id": number, "width": w, "height": h})
        for box in read_labels(path.parent.parent / "labels" / (path.stem + ".txt"), classes):
            if box[4] not in used:
                continue
            x1, y1, x2, y2 = (box[:4] * (w, h, w, h)).tolist()
            truths.append(
                {
                    "id": len(truths) + 1,
                    "image_id": number,
                    "category_id": int(box[4]),
                    "bbox": [x1, y1, x2 - x1, y2 - y1],
                    "area": (x2 - x1) * (y2 - y1),
                    "iscrowd": 0,
                }
            )
        for x1, y1, x2, y2, score, c in detect(image).tolist():
            if int(c) in used:
                box = [x1, y1, x2 - x1, y2 - y1]
                found.append(
                    {"image_id": number, "category_id": int(c), "bbox": box, "score": score}
                )
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": images,
            "annotations": truths,
            "categories": [{"id": c, "name": CLASSES[c]} for c in used],
        }
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(found), "bbox")
        run.evaluate()
        run.accumulate()
    precision = run.eval["precision"][:, :, :, 0, 2]  # IoU x recall x class
    by_class = {}
    for i, c in enumerate(used):
        p = precision[0, :, i]
        by_class[CLASSES[c]] = float(p[p > -1].mean() * 100) if (p > -1).any() else float("nan")
    at50, at = precision[0], precision
    return float(at50[at50 > -1].mean() * 100), float(at[at > -1].mean() * 100), by_class


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--onnx", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--size", type=int, default=352)
    parser.add_argument("--split", default="test")
    parser.add_argument(
        "--unseen", action="store_true", help="leave out what training saw: leaks.py"
    )
    parser.add_argument("--yardstick", action="store_true", help="FastestDet and YOLOX-nano too")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    detectors: dict[str, Detect] = {}
    if args.yardstick:
        for name, run in (
            ("FastestDet", FastestDet(args.data / "models" / "fastestdet_352.onnx")),
            ("YOLOX-nano", YoloX(args.data / "models" / "yolox_nano_416.onnx")),
        ):
            detectors[name] = lambda image, run=run: run(image, 0.01, 0.55)
    if args.work:
        detectors[f"checkpoint at {args.size}"] = Checkpoint(args.work / "checkpoint.pt", args.size)
    if args.onnx:
        detectors[args.onnx.name] = Exported(args.onnx)
    judges = [name for name in LABELLED if name not in JUDGES_NOT]
    without = {name: leaked(args.data, name) if args.unseen else set() for name in judges}
    for label, detect in detectors.items():
        values = []
        for name in judges:
            at50, at, by_class = measure(detect, args.data, name, args.split, without[name])
            values += by_class.items()
            each = ", ".join(f"{k} {v:.1f}" for k, v in by_class.items())
            print(f"{label}: {name} {args.split}: mAP50 {at50:.1f}, mAP50-95 {at:.1f} ({each})")
        people = np.mean([v for k, v in values if k == "person"])
        every = np.nanmean([v for _, v in values])
        print(f"{label}: people {people:.1f}, all classes of all sets {every:.1f}", flush=True)


if __name__ == "__main__":
    main()
