"""Which cell answers for which object, and what it is told.

Task-aligned assignment (TOOD, arXiv:2108.07755): each object takes the cells inside it whose own
prediction fits it best, by score^a * IoU^b, and their target score is that fit, scaled so that the
best cell's target is its IoU. The box loss is GIoU (arXiv:1902.09630).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from net import decode

TOP = 10
ALPHA, BETA = 0.5, 6.0
BOX_GAIN = 5.0
LEAST = 12.0  # pixels: smaller objects take cells as if they were this wide and high


def pair_iou(a: Tensor, b: Tensor, eps: float = 1e-7) -> tuple[Tensor, Tensor, Tensor]:
    """(IoU, union, enclosing area) of boxes that broadcast, last dimension x1, y1, x2, y2."""
    ax1, ay1, ax2, ay2 = a.unbind(-1)
    bx1, by1, bx2, by2 = b.unbind(-1)
    shared = (torch.minimum(ax2, bx2) - torch.maximum(ax1, bx1)).clamp(0) * (
        torch.minimum(ay2, by2) - torch.maximum(ay1, by1)
    ).clamp(0)
    union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - shared + eps
    around = (torch.maximum(ax2, bx2) - torch.minimum(ax1, bx1)) * (
        torch.maximum(ay2, by2) - torch.minimum(ay1, by1)
    ) + eps
    return shared / union, union, around


def inside(centres: Tensor, boxes: Tensor) -> Tensor:
    """Mask `[B, G, N]`: cell centres `[N, 2]` that lie in boxes `[B, G, 4]`."""
    x, y = centres[:, 0], centres[:, 1]
    x1, y1, x2, y2 = (v[..., None] for v in boxes.unbind(-1))
    return (x > x1) & (x < x2) & (y > y1) & (y < y2)


@torch.no_grad()
def assign(
    scores: Tensor, boxes: Tensor, centres: Tensor, rows: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Targets for scores `[B, N, C]` and boxes `[B, N, 4]` from rows `[B, G, 6]`.

    Returns target scores `[B, N, C]`, target boxes `[B, N, 4]` and loss weights `[B, N, C]`
    (an object's own weight at its cells, 0 in ignore regions, 1 elsewhere).
    """
    batch, count, classes = scores.shape
    objects, labels, weights = rows[..., :4], rows[..., 4].long(), rows[..., 5]
    real = (labels >= 0) & (weights > 0)

    middle = (objects[..., :2] + objects[..., 2:]) / 2
    half = ((objects[..., 2:] - objects[..., :2]) / 2).clamp(min=LEAST / 2)
    grown = torch.cat((middle - half, middle + half), -1)
    can = inside(centres, grown) & real[..., None]

    iou = pair_iou(objects[:, :, None], boxes[:, None])[0]  # [B, G, N]
    of_class = scores.transpose(1, 2).gather(
        1, labels.clamp(min=0)[..., None].expand(-1, -1, count)
    )
    fit = of_class.pow(ALPHA) * iou.pow(BETA) * can
    best, where = fit.topk(TOP, dim=-1)
    chosen = torch.zeros_like(fit).scatter_(2, where, (best > 0).float()) * can
    # A cell that several objects chose goes to the one it overlaps most.
    crowded = chosen.sum(1, keepdim=True) > 1
    winner = F.one_hot((iou * chosen).argmax(1), objects.shape[1]).transpose(1, 2)
    chosen = torch.where(crowded, winner * chosen, chosen)

    fit = fit * chosen
    value = fit / (fit.amax(-1, keepdim=True) + 1e-12) * (iou * chosen).amax(-1, keepdim=True)
    positive, owner = chosen.max(1)  # [B, N]
    positive = positive > 0
    value = value.gather(1, owner[:, None])[:, 0]
    label = labels.clamp(min=0).gather(1, owner)
    weight = weights.gather(1, owner)

    target = F.one_hot(label, classes) * (value * positive)[..., None]
    # Ignore regions silence their class (or all), except at cells that have an object.
    vague = (labels >= -1) & (weights == 0)
    region = inside(centres, grown) & vague[..., None]  # [B, G, N]
    every = (labels == -1)[..., None] | F.one_hot(labels.clamp(min=0), classes).bool()
    silent = torch.einsum("bgn,bgc->bnc", region.float(), every.float()) > 0
    loss_weight = torch.where(silent & ~positive[..., None], 0.0, 1.0)
    loss_weight = torch.where(positive[..., None], weight[..., None], loss_weight)
    return target, objects.gather(1, owner[..., None].expand(-1, -1, 4)), loss_weight


def detection_loss(
    logits: Tensor, raw: Tensor, centres: Tensor, strides: Tensor, rows: Tensor
) -> tuple[Tensor, Tensor]:
    """The class loss and the box loss of one batch, both already weighted."""
    logits, raw = logits.float(), raw.float()
    boxes = decode(raw, centres, strides)
    target, wanted, weight = assign(logits.detach().sigmoid(), boxes.detach(), centres, rows)
    mass = (target * weight).sum().clamp(min=1.0)
    classes = F.binary_cross_entropy_with_logits(logits, target, weight, reduction="sum") / mass

    value = (target * weight).sum(-1)
    at = value > 0
    iou, union, around = pair_iou(boxes[at], wanted[at])
    giou = iou - (around - union) / around
    return classes, BOX_GAIN * ((1 - giou) * value[at]).sum() / mass
