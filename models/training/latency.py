"""Milliseconds a picture on one thread, ours beside FastestDet's, in turns.

python latency.py --data DATA --onnx FILE
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from teachers import session


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=300)
    args = parser.parse_args()
    runs, times = [], []
    for path in (args.onnx, args.data / "models" / "fastestdet_352.onnx"):
        run = session(path)
        entry = run.get_inputs()[0]
        picture = np.random.default_rng(1).random(entry.shape, np.float32)
        runs.append((path.name, run, {entry.name: picture}))
        times.append([])
    for turn in range(args.rounds + 20):
        for (_, run, feed), spent in zip(runs, times):
            began = time.perf_counter()
            run.run(None, feed)
            if turn >= 20:
                spent.append((time.perf_counter() - began) * 1000)
    for (name, _, _), spent in zip(runs, times):
        p50, p95 = np.percentile(spent, (50, 95))
        print(f"{name}: p50 {p50:.2f} ms, p95 {p95:.2f} ms")
    print(f"{np.median(times[0]) / np.median(times[1]):.2f} times FastestDet's p50")


if __name__ == "__main__":
    main()
