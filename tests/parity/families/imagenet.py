"""Classifiers of torchvision: pytorch/vision, `torchvision/transforms/_presets.py` (ImageClassification).

The short side to 256 with Pillow's bilinear filter, which smooths before it reduces; the long side is cut to
a whole number; the middle 224×224, its corner rounded (to the even one of two as near).
"""

import numpy as np
from PIL import Image

from common import nchw, run

MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


def centre_crop(bgr, resize=256, crop=224):
    height, width = bgr.shape[:2]
    short = min(width, height)
    size = (int(resize * width / short), int(resize * height / short))
    resized = Image.fromarray(bgr[:, :, ::-1]).resize(size, Image.Resampling.BILINEAR)
    left, top = round((size[0] - crop) / 2), round((size[1] - crop) / 2)
    return np.asarray(resized)[top : top + crop, left : left + crop]


def classify(session, bgr):
    """Probability of each class."""
    (logits,) = run(session, nchw(centre_crop(bgr), MEAN, STD))
    shares = np.exp(logits[0] - logits[0].max())
    return shares / shares.sum()
