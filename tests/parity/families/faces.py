"""Faces.

RFB-320: Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB, `run_video_face_detect_onnx.py` and
`vision/utils/box_utils_numpy.py` (MIT).
YuNet: opencv/opencv, `modules/objdetect/src/face_detect.cpp` (Apache-2.0), opencv_zoo (MIT). OpenCV's
detector suppresses boxes that it has cut to whole pixels; here they are as they are.
"""

import cv2
import numpy as np

from common import Candidates, centre_to_corners, nchw, run


def rfb(session, bgr):
    rows, columns = session.get_inputs()[0].shape[2:]
    height, width = bgr.shape[:2]
    rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    resized = cv2.resize(rgb, (columns, rows), interpolation=cv2.INTER_LINEAR)
    scores, boxes = run(session, nchw(resized, (127, 127, 127), (128, 128, 128)))
    face = scores[0, :, 1]
    return Candidates(boxes[0] * ([width, height] * 2), face, np.zeros(face.size, int))


def yunet(session, bgr):
    height, width = bgr.shape[:2]
    rows, columns = -(-height // 32) * 32, -(-width // 32) * 32
    padded = cv2.copyMakeBorder(
        bgr, 0, rows - height, 0, columns - width, cv2.BORDER_CONSTANT, value=0
    )
    names = [output.name for output in session.get_outputs()]
    outputs = dict(zip(names, run(session, nchw(padded))))
    boxes, scores = [], []
    for stride in (8, 16, 32):
        cls, obj, box = (outputs[f"{kind}_{stride}"][0] for kind in ("cls", "obj", "bbox"))
        gx, gy = np.meshgrid(np.arange(columns // stride), np.arange(rows // stride))
        grid = np.stack([gx, gy], -1).reshape(-1, 2)
        centre, size = (grid + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride
        boxes.append(centre_to_corners(np.concatenate([centre, size], 1)))
        scores.append(np.sqrt(np.clip(cls[:, 0], 0, 1) * np.clip(obj[:, 0], 0, 1)))
    score = np.concatenate(scores)
    return Candidates(np.concatenate(boxes), score, np.zeros(score.size, int))
