"""Teachers: permissively licensed detectors whose boxes fill in what people left unlabelled.

    python teachers.py --data DATA --work WORK [--part 0/2]

Every training image goes through four COCO detectors, as it is and mirrored. Their boxes are
fused (weighted boxes fusion, arXiv:1910.13302): boxes of one class that overlap become their
score-weighted mean, and its score is the sum of their scores over the number of runs, so what one
teacher alone believes in scores low. Only boxes and scores leave this file; no weights do.
"""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

# COCO-80 index -> our class.
FROM_COCO = {0: 0, 1: 1, 2: 2, 3: 3, 5: 4, 7: 5}
COCO = list(FROM_COCO)
# Sets of small objects: the slowest teacher looks at them too, at 640 pixels.
FAR = ("manaus", "video", "roads_from_above", "ferry_terminal")
OURS = np.array([FROM_COCO[c] for c in COCO])


def session(path: Path) -> onnxruntime.InferenceSession:
    """An onnxruntime session on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def nms(boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, iou: float) -> np.ndarray:
    """Indexes that survive class-wise non-maximum suppression, best first."""
    if len(boxes) == 0:
        return np.zeros(0, int)
    shifted = boxes + classes[:, None] * 4096.0
    wh = shifted.copy()
    wh[:, 2:] -= wh[:, :2]
    keep = cv2.dnn.NMSBoxes(wh.tolist(), scores.tolist(), 0.0, iou)
    return np.asarray(keep, int).reshape(-1)


def top(boxes: np.ndarray, scores: np.ndarray, floor: float, iou: float) -> np.ndarray:
    """Rows `[n, 6]` (x1, y1, x2, y2, score, our class) of dense boxes and COCO-80 scores."""
    ours = scores[:, COCO]
    cell, column = np.nonzero(ours >= floor)
    b, s, c = boxes[cell], ours[cell, column], OURS[column]
    order = np.argsort(-s)[:1000]
    b, s, c = b[order], s[order], c[order]
    keep = nms(b, s, c, iou)
    return np.column_stack((b[keep], s[keep], c[keep])).astype(np.float32).reshape(-1, 6)


def letterbox(image: np.ndarray, size: int, pad: int, centre: bool) -> tuple[np.ndarray, tuple]:
    """The image scaled into a square, and (scale, left, top)."""
    h, w = image.shape[:2]
    scale = min(size / w, size / h)
    nw, nh = round(w * scale), round(h * scale)
    left, up = ((size - nw) // 2, (size - nh) // 2) if centre else (0, 0)
    out = np.full((size, size, 3), pad, np.uint8)
    out[up : up + nh, left : left + nw] = cv2.resize(image, (nw, nh))
    return out, (scale, left, up)


def grid(size: int, stride: int) -> np.ndarray:
    """Cell indexes `[n, 2]` (x, y) of a square level, row by row."""
    n = -(-size // stride)
    ys, xs = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    return np.stack((xs, ys), -1).reshape(-1, 2)


def dfl(raw: np.ndarray) -> np.ndarray:
    """Expected distances `[n, 4]` of distributions over 8 bins `[n, 32]`."""
    e = raw.reshape(-1, 4, 8)
    e = np.exp(e - e.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)) @ np.arange(8, dtype=np.float32)


class YoloX:
    """YOLOX: top-left letterbox, BGR 0-255, raw outputs over strides 8, 16, 32."""

    def __init__(self, path: Path, size: int = 416) -> None:
        self.run, self.size = session(path), size
        cells = [(grid(size, s), s) for s in (8, 16, 32)]
        self.cell = np.concatenate([c for c, _ in cells])
        self.stride = np.concatenate([np.full(len(c), s) for c, s in cells])[:, None]

    def __call__(self, image: np.ndarray, floor: float = 0.1, iou: float = 0.6) -> np.ndarray:
        x, (scale, _, _) = letterbox(image, self.size, 114, False)
        x = x.transpose(2, 0, 1)[None].astype(np.float32)
        out = self.run.run(None, {self.run.get_inputs()[0].name: x})[0][0]
        centre = (out[:, :2] + self.cell) * self.stride
        half = np.exp(out[:, 2:4]) * self.stride / 2
        boxes = np.concatenate((centre - half, centre + half), 1) / scale
        return top(boxes, out[:, 4:5] * out[:, 5:], floor, iou)


class NanoDet:
    """NanoDet: centred letterbox, BGR with ImageNet statistics, three DFL levels."""

    MEAN = np.array([103.53, 116.28, 123.675], np.float32)
    STD = np.array([57.375, 57.12, 58.395], np.float32)

    def __init__(self, path: Path, size: int = 416) -> None:
        self.run, self.size = session(path), size

    def __call__(self, image: np.ndarray, floor: float = 0.1, iou: float = 0.6) -> np.ndarray:
        x, (scale, left, up) = letterbox(image, self.size, 0, True)
        x = ((x - self.MEAN) / self.STD).transpose(2, 0, 1)[None].astype(np.float32)
        outs = self.run.run(None, {self.run.get_inputs()[0].name: x})
        scores, boxes = [], []
        for level, stride in enumerate((8, 16, 32)):
            centre = (grid(self.size, stride) + 0.5) * stride
            d = dfl(outs[level + 3][0]) * stride
            boxes.append(np.concatenate((centre - d[:, :2], centre + d[:, 2:]), 1))
            scores.append(outs[level][0])
        b = (np.concatenate(boxes) - np.array([left, up, left, up])) / scale
        return top(b, np.concatenate(scores), floor, iou)


class PicoDet:
    """PicoDet: stretched, RGB with ImageNet statistics, four DFL levels."""

    MEAN = np.array([123.675, 116.28, 103.53], np.float32)
    STD = np.array([58.395, 57.12, 57.375], np.float32)

    def __init__(self, path: Path, size: int) -> None:
        self.run, self.size = session(path), size

    def __call__(self, image: np.ndarray, floor: float = 0.1, iou: float = 0.6) -> np.ndarray:
        x = cv2.resize(image, (self.size, self.size))[:, :, ::-1]
        x = ((x - self.MEAN) / self.STD).transpose(2, 0, 1)[None].astype(np.float32)
        outs = self.run.run(None, {"image": x})
        scores, boxes = [], []
        for level, stride in enumerate((8, 16, 32, 64)):
            centre = (grid(self.size, stride) + 0.5) * stride
            d = dfl(outs[level + 4][0]) * stride
            boxes.append(np.concatenate((centre - d[:, :2], centre + d[:, 2:]), 1))
            scores.append(outs[level][0])
        h, w = image.shape[:2]
        b = np.concatenate(boxes) / self.size * np.array([w, h, w, h])
        return top(b, np.concatenate(scores), floor, iou)


class FastestDet:
    """FastestDet: stretched, BGR 0-1, one level of 22x22 cells. Not a teacher: the yardstick."""

    def __init__(self, path: Path, size: int = 352) -> None:
        self.run, self.size = session(path), size

    def __call__(self, image: np.ndarray, floor: float = 0.1, iou: float = 0.6) -> np.ndarray:
        x = cv2.resize(image, (self.size, self.size)).transpose(2, 0, 1)[None] / np.float32(255)
        out = self.run.run(None, {"input.1": x})[0][0]
        side = out.shape[-1]
        out = out.reshape(85, -1).T
        centre = (grid(side, 1) + np.tanh(out[:, 1:3])) / side
        half = 1 / (1 + np.exp(-out[:, 3:5])) / 2
        h, w = image.shape[:2]
        boxes = np.concatenate((centre - half, centre + half), 1) * np.array([w, h, w, h])
        return top(boxes, out[:, :1] ** 0.6 * out[:, 5:] ** 0.4, floor, iou)


def iou_matrix(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU `[n, m]` of boxes `[n, 4]` and `[m, 4]`."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    area = lambda x: (x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1])  # noqa: E731
    return shared / (area(a)[:, None] + area(b)[None] - shared + 1e-9)


def fuse_boxes(rows: np.ndarray, runs: int, iou: float = 0.55) -> np.ndarray:
    """Weighted boxes fusion of rows `[n, 6]` that came from `runs` runs."""
    fused = []
    for c in np.unique(rows[:, 5]):
        left = rows[rows[:, 5] == c]
        left = left[np.argsort(-left[:, 4])]
        while len(left):
            same = iou_matrix(left[:1, :4], left[:, :4])[0] >= iou
            group = left[same][: runs + 2]
            box = (group[:, :4] * group[:, 4:5]).sum(0) / group[:, 4].sum()
            fused.append([*box, min(1.0, group[:, 4].sum() / runs), c])
            left = left[~same]
    return np.array(fused, np.float32).reshape(-1, 6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", default="0/1", help="i/n: only every n-th image, from the i-th")
    args = parser.parse_args()
    part, parts = map(int, args.part.split("/"))
    cv2.setNumThreads(1)

    models = args.data / "models"
    teachers = [
        YoloX(models / "yolox_nano_416.onnx"),
        PicoDet(models / "picodet_s_416.onnx", 416),
        NanoDet(models / "nanodet_m_416.onnx"),
    ]
    fine = PicoDet(models / "picodet_s_640.onnx", 640)

    with open(args.work / "images.pkl", "rb") as f:
        items = pickle.load(f)
    found: dict[int, np.ndarray] = {}
    for index in range(part, len(items), parts):
        item = items[index]
        if item["set"] == "synthetic":
            continue
        image = cv2.imdecode(item["jpeg"], cv2.IMREAD_COLOR)
        h, w = image.shape[:2]
        used = teachers + ([fine] if item["set"] in FAR else [])
        rows = []
        for teacher in used:
            rows.append(teacher(image))
            mirrored = teacher(np.ascontiguousarray(image[:, ::-1]))
            mirrored[:, [0, 2]] = w - mirrored[:, [2, 0]]
            rows.append(mirrored)
        fused = fuse_boxes(np.concatenate(rows), 2 * len(used))
        fused[:, [0, 2]] = fused[:, [0, 2]].clip(0, w) / w
        fused[:, [1, 3]] = fused[:, [1, 3]].clip(0, h) / h
        found[index] = fused[fused[:, 4] >= 0.08]
        if len(found) % 200 == 0:
            print(f"{len(found)} images", flush=True)
    with open(args.work / f"teachers-{part}-{parts}.pkl", "wb") as f:
        pickle.dump(found, f)


if __name__ == "__main__":
    main()
