"""F1 by score on the valid splits: which score to recommend.

    python threshold.py --data DATA --onnx FILE

A detection counts where its class is right and its IoU with a free box is at least 0.5. Each class of
each set counts alike, however many boxes it has; sets that judge nobody are left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from evaluate import Exported
from prepare import JUDGES_NOT, LABELLED, labelled, read_labels
from sample_f1 import hits

FLOORS = np.arange(0.10, 0.61, 0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    args = parser.parse_args()
    detect = Exported(args.onnx, float(FLOORS[0]), 0.5)
    # (set, class) -> how many boxes, and of each detection its score and whether it is right.
    boxes: dict[tuple[str, int], int] = {}
    found: dict[tuple[str, int], list[np.ndarray]] = {}
    for name, classes in LABELLED.items():
        if name in JUDGES_NOT:
            continue
        for path in sorted((args.data / "labelled" / name / "valid" / "images").iterdir()):
            image = cv2.imread(str(path))
            h, w = image.shape[:2]
            truth = read_labels(path.parent.parent / "labels" / (path.stem + ".txt"), classes)
            truth[:, :4] *= (w, h, w, h)
            rows = detect(image)
            rows = rows[np.argsort(-rows[:, 4])]
            for c in labelled(name):
                mine, true = rows[rows[:, 5] == c], truth[truth[:, 4] == c]
                right = hits(mine, true)
                boxes[name, c] = boxes.get((name, c), 0) + len(true)
                found.setdefault((name, c), []).append(np.column_stack((mine[:, 4], right)))
    for floor in FLOORS:
        each = []
        for key, count in boxes.items():
            if count == 0:
                continue
            scores = np.concatenate(found[key])
            kept = scores[scores[:, 0] >= floor]
            each.append(2 * kept[:, 1].sum() / max(1, len(kept) + count))
        print(f"score {floor:.2f}: F1 {np.mean(each):.3f} over {len(each)} classes of sets")


if __name__ == "__main__":
    main()
