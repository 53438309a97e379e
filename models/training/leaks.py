"""Test pictures that a set's train or valid split has too, or nearly: another frame, a mirror image.

Two pictures are alike when their 16x16 grey thumbnails, mirrored or not, correlate above 0.93. Of
the sets used here, manaus has many such (frames of the same camera), highway a few, openimages none.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

SIDE, ALIKE = 16, 0.93


def thumbnails(folder: Path) -> tuple[list[str], np.ndarray]:
    """Names of a folder's pictures and their normalised thumbnails `[n, SIDE, SIDE]`."""
    names, out = [], []
    for path in sorted(folder.iterdir()):
        grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        names.append(path.name)
        out.append((small - small.mean()) / (small.std() + 1e-6))
    return names, np.stack(out)


def leaked(data: Path, name: str) -> set[str]:
    """File names of the test pictures of a set that training has seen."""
    root = data / "labelled" / name
    seen = np.concatenate([thumbnails(root / s / "images")[1] for s in ("train", "valid")])
    names, tests = thumbnails(root / "test" / "images")
    flat = tests.reshape(len(tests), -1)
    best = np.full(len(tests), -1.0)
    for view in (seen, seen[:, :, ::-1]):
        best = np.maximum(best, (flat @ view.reshape(len(view), -1).T).max(1) / SIDE**2)
    return {n for n, b in zip(names, best) if b > ALIKE}
