"""What the families share: the picture's pixels, letterboxes, suppression, boxes in the picture.

Written from the families' published code and papers, in numpy and OpenCV, for the tests alone.
"""

import json
from dataclasses import dataclass

import cv2
import numpy as np
import onnxruntime as ort

ort.set_default_logger_severity(4)


@dataclass
class Candidates:
    """Objects that a network may have seen: one row each."""

    boxes: np.ndarray
    """x1, y1, x2, y2 in pixels of the picture, not clipped."""
    scores: np.ndarray
    classes: np.ndarray


def open_session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(session, tensor):
    """Every output, in the order in which the file names them, float32."""
    feed = session.get_inputs()[0]
    kind = np.float16 if feed.type == "tensor(float16)" else np.float32
    return [o.astype(np.float32) for o in session.run(None, {feed.name: tensor.astype(kind)})]


def read_bgr(path):
    """The picture's pixels, blue first, as OpenCV reads them (an alpha plane is left out)."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise SystemExit(f"Cannot read the picture {path}")
    return picture


def nchw(picture, mean=(0, 0, 0), std=(1, 1, 1)):
    """Rows of pixels to planes: (pixel - mean) / std, in the picture's own order of colours."""
    values = (picture.astype(np.float32) - np.float32(mean)) / np.float32(std)
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def place(picture, width, height, scaled, left, top, pad):
    """The picture at the size `scaled`, in a canvas of `pad`."""
    canvas = np.full((height, width, 3), pad, np.uint8)
    resized = cv2.resize(picture, scaled, interpolation=cv2.INTER_LINEAR)
    canvas[top : top + scaled[1], left : left + scaled[0]] = resized
    return canvas


def centre_to_corners(boxes):
    """cx, cy, w, h to x1, y1, x2, y2."""
    centre, half = boxes[:, :2], boxes[:, 2:4] / 2
    return np.concatenate([centre - half, centre + half], 1)


def iou(box, boxes):
    x1, y1 = np.maximum(box[0], boxes[:, 0]), np.maximum(box[1], boxes[:, 1])
    x2, y2 = np.minimum(box[2], boxes[:, 2]), np.minimum(box[3], boxes[:, 3])
    inter = np.maximum(x2 - x1, 0) * np.maximum(y2 - y1, 0)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return inter / ((box[2] - box[0]) * (box[3] - box[1]) + areas - inter + 1e-12)


def suppress(candidates, iou_threshold):
    """Greedy, within each class: an overlap above the threshold suppresses; the first of equals stays.

    What is returned is sorted by score. A threshold of 1 suppresses nothing.
    """
    order = np.argsort(-candidates.scores, kind="stable")
    kept = []
    for i in order:
        same = [k for k in kept if candidates.classes[k] == candidates.classes[i]]
        if not same or iou(candidates.boxes[i], candidates.boxes[same]).max() <= iou_threshold:
            kept.append(i)
    return Candidates(candidates.boxes[kept], candidates.scores[kept], candidates.classes[kept])


def above(candidates, threshold):
    keep = candidates.scores >= threshold
    return Candidates(candidates.boxes[keep], candidates.scores[keep], candidates.classes[keep])


def clip(boxes, width, height):
    return np.clip(boxes, 0, [width, height, width, height])


LINE_MAX = 100


def write_json(path, value):
    """JSON as `deno fmt` leaves it."""
    path.write_text("\n".join(json_lines(value)) + "\n")


def json_lines(value, before="", indent="", after=""):
    """What has no list of its own, and a finding, is one line where that fits; else an item a line."""
    flat = json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict) and value:
        items, ends = [(json.dumps(key, ensure_ascii=False) + ": ", v) for key, v in value.items()], "{}"
        flat = "{ " + flat[1:-1] + " }"
        short = "class_id" in value
    elif isinstance(value, list) and value:
        items, ends = [("", v) for v in value], "[]"
        short = not any(isinstance(v, (dict, list)) for v in value)
    else:
        return [indent + before + flat + after]
    if short and len(indent + before + flat + after) <= LINE_MAX:
        return [indent + before + flat + after]
    lines = [indent + before + ends[0]]
    for i, (key, item) in enumerate(items):
        lines += json_lines(item, key, indent + "  ", "," if i < len(items) - 1 else "")
    return lines + [indent + ends[1] + after]
