"""FastestDet: dog-qiuqiu/FastestDet, `example/ncnn/FastestDet.cpp` and `utils/tool.py` (BSD-3-Clause).

Two scores are published: objectness · class (`utils/tool.py`, `example/onnx-runtime/runtime.py`) and
objectness^0.6 · class^0.4 (`example/ncnn/FastestDet.cpp`). The latter is used here, as in the manifest.
`runtime.py` scales with INTER_AREA, the ncnn example and the training's loader bilinearly: so here.
"""

import cv2
import numpy as np

from common import Candidates, centre_to_corners, nchw, run


def detect(session, bgr):
    size = session.get_inputs()[0].shape[2]
    height, width = bgr.shape[:2]
    resized = cv2.resize(bgr, (size, size), interpolation=cv2.INTER_LINEAR)
    (planes,) = run(session, nchw(resized, std=(255, 255, 255)))
    planes = planes[0]
    _, rows, columns = planes.shape
    gy, gx = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    score = planes[0] ** 0.6 * planes[5:].max(0) ** 0.4
    boxes = np.stack(
        [
            (gx + np.tanh(planes[1])) / columns * width,
            (gy + np.tanh(planes[2])) / rows * height,
            width / (1 + np.exp(-planes[3])),
            height / (1 + np.exp(-planes[4])),
        ],
        -1,
    )
    corners = centre_to_corners(boxes.reshape(-1, 4))
    return Candidates(corners, score.ravel(), planes[5:].argmax(0).ravel())
