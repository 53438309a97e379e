"""YOLOv5, YOLOv8, YOLO11, YOLO26: ultralytics/ultralytics, `ultralytics/data/augment.py` (LetterBox),
`ultralytics/utils/ops.py` (scale_boxes) and `ultralytics/utils/nms.py`; ultralytics/yolov5,
`utils/general.py`. Read for what they do; nothing of them is copied.

The scaled picture's sides are rounded (to the even one of two as near), not cut; the empty rows above and
left are `round(half - 0.1)`. A box is scaled back by one factor for both axes.
"""

import numpy as np

from common import Candidates, centre_to_corners, nchw, place, run


def fit(bgr, rows, columns):
    """The letterboxed picture, and what takes its boxes back."""
    height, width = bgr.shape[:2]
    gain = min(rows / height, columns / width)
    scaled = (round(width * gain), round(height * gain))
    left = round((columns - scaled[0]) / 2 - 0.1)
    top = round((rows - scaled[1]) / 2 - 0.1)
    canvas = place(bgr, columns, rows, scaled, left, top, 114)
    back = lambda boxes: (boxes - [left, top] * 2) / gain
    return nchw(canvas[:, :, ::-1], std=(255, 255, 255)), back


def v5(session, bgr):
    tensor, back = fit(bgr, *session.get_inputs()[0].shape[2:])
    (output,) = run(session, tensor)
    rows = output[0]
    scores = rows[:, 4:5] * rows[:, 5:]
    return Candidates(back(centre_to_corners(rows[:, :4])), scores.max(1), scores.argmax(1))


def v8(session, bgr):
    tensor, back = fit(bgr, *session.get_inputs()[0].shape[2:])
    (output,) = run(session, tensor)
    rows = output[0].T
    scores = rows[:, 4:]
    return Candidates(back(centre_to_corners(rows[:, :4])), scores.max(1), scores.argmax(1))


def v26(session, bgr):
    tensor, back = fit(bgr, *session.get_inputs()[0].shape[2:])
    (output,) = run(session, tensor)
    rows = output[0]
    return Candidates(back(rows[:, :4]), rows[:, 4], rows[:, 5].astype(int))
