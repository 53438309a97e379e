"""Trains the detector on CPU cores, for a given time rather than a given number of epochs.

    python train.py --work WORK --minutes 80 --start DATA/models/yolox_nano_416.onnx [--ranks 2]

It starts from YOLOX-nano's weights, and YOLOX-nano looks on: what it says of the same pictures is a
second target, so that what it has learnt of the world beyond these sets is not forgotten.

One single-threaded process per core computes gradients on its own batch; they are averaged after
each step. That wastes less than two threads inside each small operation, and suffers less when
something else wants a core. Everything that is a schedule (learning rate, picture size, mosaics)
is a function of the spent part of the time budget, so that a slow machine still ends its cosine.
A checkpoint is written every three minutes, and training goes on from it when started again.
While a file WORK/PAUSE exists, training sleeps (and the clock stands still).

Optimiser: AdamW (arXiv:1711.05101), linear warm-up, cosine decay, and an exponential moving
average of the weights, which is what is evaluated and exported. Depthwise convolutions are faster in
float32, channels last, than in bfloat16.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from augment import Sampler
from data import load
from distil import Teacher, distil_loss
from loss import detection_loss
from net import begin, cells

BATCH = 8  # pictures per process and step
RATE, LAST_RATE = 2e-4, 0.03
DECAY = 0.02
WARM_UP = 0.03  # part of the budget
AVERAGE = 0.999
DISTIL_GAIN = 0.5


def stage(spent: float, rng: np.random.Generator) -> tuple[int, float, bool, int]:
    """What to draw when `spent` (0-1) of the budget is gone.

    Picture size, share of mosaics, gentle augmentation?, and how many pictures of a batch the
    online teacher looks at.
    """
    if spent < 0.35:
        return int(rng.choice((224, 256, 288))), 0.5, False, BATCH // 2
    if spent < 0.75:
        return int(rng.choice((256, 288, 320, 352))), 0.4, False, BATCH // 2
    return 352, 0.25, True, BATCH // 4


def rate(spent: float) -> float:
    """The learning rate's factor when `spent` (0-1) of the budget is gone."""
    if spent < WARM_UP:
        return 0.05 + 0.95 * spent / WARM_UP
    return LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * min(1.0, spent))) / 2


def save(path: Path, state: dict) -> None:
    """Writes a checkpoint so that a crash never leaves half of one."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def work(rank: int, args: argparse.Namespace, sets: dict) -> None:
    """One process."""
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    torch.manual_seed(rank)
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", str(args.port))
    dist.init_process_group("gloo", rank=rank, world_size=args.ranks)

    model = begin(args.start).train().to(memory_format=torch.channels_last)
    heavy = [p for p in model.parameters() if p.ndim > 1]
    light = [p for p in model.parameters() if p.ndim <= 1]
    params = heavy + light
    optimiser = torch.optim.AdamW(
        [{"params": heavy, "weight_decay": DECAY}, {"params": light, "weight_decay": 0.0}],
        lr=RATE,
        foreach=True,
    )
    mean = {k: v.clone() for k, v in model.state_dict().items()}
    clock, step, seen = 0.0, 0, 0
    checkpoint = args.work / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        mean = state["mean"]
        clock, step, seen = state["clock"], state["step"], state["seen"]
    for p in params:
        dist.broadcast(p.data, 0)

    seed = int(time.time()) % 100000
    sampler = Sampler(sets, seed * 8 + rank)
    teacher = Teacher(args.start)
    budget = args.minutes * 60
    grids: dict[int, tuple] = {}
    saved = shown = time.monotonic()
    sums = np.zeros(4)
    while True:
        began = time.monotonic()
        order = torch.tensor([clock, float((args.work / "PAUSE").exists())], dtype=torch.float64)
        dist.broadcast(order, 0)
        clock = order[0].item()
        if order[1] > 0:
            time.sleep(1)
            saved = shown = time.monotonic()
            continue
        spent = clock / budget
        if spent >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = RATE * rate(spent)

        size, mosaics, gentle, taught = stage(spent, np.random.default_rng(step))
        if size not in grids:
            grids[size] = cells(size, size)
        pictures, rows = sampler.batch(BATCH, size, mosaics, gentle)
        x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div_(255)
        sampled = time.monotonic()
        logits, raw = model(x.contiguous(memory_format=torch.channels_last))
        by_class, by_box = detection_loss(logits, raw, *grids[size], torch.from_numpy(rows))
        answer = teacher(x[:taught], *grids[size])
        by_teacher = distil_loss(logits[:taught], raw[:taught], *grids[size], *answer)
        total = by_class + by_box + DISTIL_GAIN * by_teacher
        total.backward()

        flat = torch.cat([p.grad.flatten() for p in params])
        dist.all_reduce(flat)
        flat /= args.ranks
        norm = flat.norm().item()
        if math.isfinite(norm):
            flat *= min(1.0, 10 / (norm + 1e-6))
            for p, g in zip(params, flat.split([p.numel() for p in params])):
                p.grad.copy_(g.view_as(p))
            optimiser.step()
        optimiser.zero_grad(set_to_none=False)

        if rank == 0:
            keep = min(AVERAGE, (1 + step) / (10 + step))
            for k, v in model.state_dict().items():
                if v.dtype.is_floating_point:
                    mean[k].lerp_(v, 1 - keep)
        step += 1
        seen += BATCH * args.ranks
        now = time.monotonic()
        clock += now - began
        sums += (
            by_class.item(),
            by_box.item(),
            by_teacher.item(),
            (sampled - began) / (now - began),
        )
        if rank == 0 and step % 100 == 0:
            a, b, t, c = sums / 100
            print(
                f"{time.strftime('%H:%M:%S')} step {step} spent {spent:.3f} size {size} "
                f"class {a:.3f} box {b:.3f} teacher {t:.3f} norm {norm:.1f} "
                f"{100 * BATCH * args.ranks / (now - shown):.0f} img/s, data {c:.0%}",
                flush=True,
            )
            sums[:] = 0
            shown = now
        last = clock >= budget
        if rank == 0 and (now - saved > 180 or last):
            saved = now
            state = {
                "model": model.state_dict(),
                "optimiser": optimiser.state_dict(),
                "mean": mean,
                "clock": clock,
                "step": step,
                "seen": seen,
            }
            save(checkpoint, state)
    dist.barrier()
    dist.destroy_process_group()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--start", type=Path, required=True, help="yolox_nano_416.onnx")
    parser.add_argument("--port", type=int, default=29531)
    args = parser.parse_args()
    sets = load(args.work)
    for name, items in sets.items():
        sure = sum(int((i.weights > 0).sum()) for i in items)
        vague = sum(int((i.weights == 0).sum()) for i in items)
        print(f"{name}: {len(items)} pictures, {sure} objects, {vague} ignored", flush=True)
    # Forked, the processes share the decoded pictures.
    mp.start_processes(work, (args, sets), args.ranks, start_method="fork")


if __name__ == "__main__":
    main()
