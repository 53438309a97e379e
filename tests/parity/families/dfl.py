"""NanoDet and PicoDet: distances as distributions (generalised focal loss, arXiv:2006.04388).

NanoDet: RangiLyu/nanodet, `demo_openvino/{main,nanodet_openvino}.cpp` (Apache-2.0).
PicoDet: PaddlePaddle/PaddleDetection, `deploy/third_engine/demo_mnn/picodet_mnn.cpp` and
`ppdet/modeling/heads/pico_head.py` (Apache-2.0).

Both demos take a cell's best class alone, as here; the Python evaluations take every class above the
threshold. The demos count a pixel more in a box's sides when they suppress, and cut boxes at the input's
edges before; here the overlap is that of the boxes as they are. PaddleDetection's `deploy/python` scales
with INTER_CUBIC and `demo_onnxruntime` with INTER_AREA; the C++ demos bilinearly: so here.
"""

import cv2
import numpy as np

from common import Candidates, nchw, place, run

MEAN_RGB, STD_RGB = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


def nanodet(session, bgr):
    rows, columns = session.get_inputs()[0].shape[2:]
    height, width = bgr.shape[:2]
    ratio = min(rows / height, columns / width)
    scaled = (int(np.floor(width * ratio)), int(np.floor(height * ratio)))
    left, top = (columns - scaled[0]) // 2, (rows - scaled[1]) // 2
    tensor = nchw(place(bgr, columns, rows, scaled, left, top, 0), MEAN_RGB[::-1], STD_RGB[::-1])
    found = decode(run(session, tensor), (8, 16, 32), rows, columns)
    scale = [width / scaled[0], height / scaled[1]] * 2
    return Candidates((found.boxes - [left, top] * 2) * scale, found.scores, found.classes)


def picodet(session, bgr):
    rows, columns = session.get_inputs()[0].shape[2:]
    height, width = bgr.shape[:2]
    resized = cv2.resize(bgr, (columns, rows), interpolation=cv2.INTER_LINEAR)
    tensor = nchw(resized[:, :, ::-1], MEAN_RGB, STD_RGB)
    found = decode(run(session, tensor), (8, 16, 32, 64), rows, columns)
    scale = [width / columns, height / rows] * 2
    return Candidates(found.boxes * scale, found.scores, found.classes)


def decode(outputs, strides, rows, columns):
    """Scores of every level, then distances of every level; sides in bins of one stride."""
    boxes, scores, classes = [], [], []
    for level, stride in enumerate(strides):
        score, sides = outputs[level][0], outputs[len(strides) + level][0]
        across, down = -(-columns // stride), -(-rows // stride)
        assert score.shape[0] == across * down, (score.shape, across, down)
        gx, gy = np.meshgrid(np.arange(across), np.arange(down))
        centre = (np.stack([gx, gy], -1).reshape(-1, 2) + 0.5) * stride
        bins = sides.reshape(-1, 4, sides.shape[1] // 4)
        share = np.exp(bins - bins.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        distance = share @ np.arange(bins.shape[-1]) * stride
        boxes.append(np.concatenate([centre - distance[:, :2], centre + distance[:, 2:]], 1))
        scores.append(score.max(1))
        classes.append(score.argmax(1))
    return Candidates(np.concatenate(boxes), np.concatenate(scores), np.concatenate(classes))
