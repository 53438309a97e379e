"""F1 on a synthetic street: an exported file against the exact boxes of `smarteye sample`.

    python sample_f1.py --onnx FILE --video street.mp4 [--every 5] [--draw sheet.png]

A detection counts where its class is right and its IoU with a free truth box is at least 0.5; the
best scores choose first. Thresholds from 0.2 to 0.6 are tried; the table shows which to use.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from evaluate import Exported
from net import CLASSES
from prepare import frames
from teachers import iou_matrix


def hits(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Which of the found rows (best first) are hits on the truth rows (.., class)."""
    free = np.ones(len(truth), bool)
    out = np.zeros(len(found), bool)
    overlap = iou_matrix(found[:, :4], truth[:, :4])
    for i, row in enumerate(found):
        fits = np.where(free & (truth[:, 4] == row[5]), overlap[i], 0)
        if len(fits) and fits.max() >= 0.5:
            free[fits.argmax()] = False
            out[i] = True
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--video", type=Path, required=True)
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--iou", type=float, default=0.5, help="of the NMS")
    parser.add_argument("--draw", type=Path)
    args = parser.parse_args()
    detect = Exported(args.onnx, 0.1, args.iou)
    lines = args.video.with_suffix(".truth.jsonl").read_text().splitlines()
    all_found, all_hits, objects, sheet = [], [], 0, []
    for number, image in frames(args.video, args.every):
        truth = [
            (*o["box"], CLASSES.index(o["label"])) for o in json.loads(lines[number])["objects"]
        ]
        truth = np.array(truth, np.float32).reshape(-1, 5)
        found = detect(image)
        found = found[np.argsort(-found[:, 4])]
        objects += len(truth)
        all_found.append(found)
        all_hits.append(hits(found, truth))
        if len(sheet) < 6 and number % 40 == 0:
            for row in found[found[:, 4] > 0.35]:
                x1, y1, x2, y2 = map(int, row[:4])
                cv2.rectangle(image, (x1, y1), (x2, y2), (0, 255, 0), 1)
                label = f"{CLASSES[int(row[5])]} {row[4]:.2f}"
                cv2.putText(image, label, (x1, y1 + 10), 0, 0.4, (0, 0, 255), 1)
            sheet.append(image)
    scores = np.concatenate([f[:, 4] for f in all_found])
    right = np.concatenate(all_hits)
    for floor in np.arange(0.2, 0.61, 0.05):
        kept = scores >= floor
        precision = right[kept].sum() / max(1, kept.sum())
        recall = right[kept].sum() / objects
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"score {floor:.2f}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    if args.draw and len(sheet) == 6:
        rows = [np.hstack(sheet[:3]), np.hstack(sheet[3:])]
        cv2.imwrite(str(args.draw), np.vstack(rows))


if __name__ == "__main__":
    main()
