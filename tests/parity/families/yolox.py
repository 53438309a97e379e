"""YOLOX: Megvii-BaseDetection/YOLOX, `yolox/data/data_augment.py` (preproc), `yolox/utils/demo_utils.py`
and `demo/ONNXRuntime/onnx_inference.py` (Apache-2.0); Ge et al., 2021, arXiv:2107.08430.

The demo suppresses whatever the class, the evaluation within each class: the latter is done here.
"""

import numpy as np

from common import Candidates, centre_to_corners, nchw, place, run


def detect(session, bgr):
    rows, columns = session.get_inputs()[0].shape[2:]
    height, width = bgr.shape[:2]
    ratio = min(rows / height, columns / width)
    scaled = (int(width * ratio), int(height * ratio))
    (output,) = run(session, nchw(place(bgr, columns, rows, scaled, 0, 0, 114)))
    grids, strides = [], []
    for stride in (8, 16, 32):
        gx, gy = np.meshgrid(np.arange(columns // stride), np.arange(rows // stride))
        grids.append(np.stack([gx, gy], -1).reshape(-1, 2))
        strides.append(np.full((grids[-1].shape[0], 1), stride))
    grid, stride = np.concatenate(grids), np.concatenate(strides)
    output = output[0]
    centre = (output[:, :2] + grid) * stride
    size = np.exp(output[:, 2:4]) * stride
    scores = output[:, 4:5] * output[:, 5:]
    boxes = centre_to_corners(np.concatenate([centre, size], 1)) / ratio
    return Candidates(boxes, scores.max(1), scores.argmax(1))
