"""The network: a small dense CSP body, a three-level PAN and an anchor-free decoupled head.

Dense 3x3 and 1x1 convolutions with ReLU are chosen over depthwise ones on purpose: on CPUs both
their backward pass (training) and their forward pass (onnxruntime) run close to the peak of the
vector units. The blocks follow the "C2f" form of CSPNet (arXiv:1911.11929), the neck is a PAN
(arXiv:1803.01534), the head has no anchors and no objectness (as in TOOD, arXiv:2108.07755):
a class score stands for class and box quality together.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CLASSES = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
STRIDES = (8, 16, 32)


class Conv(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, cin: int, cout: int, k: int = 1, s: int = 1, groups: int = 1) -> None:
        super().__init__(
            nn.Conv2d(cin, cout, k, s, k // 2, groups=groups, bias=False),
            nn.BatchNorm2d(cout, eps=1e-3, momentum=0.03),
            nn.ReLU(inplace=True),
        )


class Bottleneck(nn.Module):
    """Two 3x3 convolutions, with a shortcut when asked for."""

    def __init__(self, c: int, shortcut: bool = True) -> None:
        super().__init__()
        self.a = Conv(c, c, 3)
        self.b = Conv(c, c, 3)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.b(self.a(x))
        return x + y if self.shortcut else y


class C2f(nn.Module):
    """Half the channels pass by, half go through `n` bottlenecks; every step's output is kept."""

    def __init__(self, cin: int, cout: int, n: int = 1, shortcut: bool = True) -> None:
        super().__init__()
        self.half = cout // 2
        self.enter = Conv(cin, 2 * self.half)
        self.steps = nn.ModuleList(Bottleneck(self.half, shortcut) for _ in range(n))
        self.leave = Conv((2 + n) * self.half, cout)

    def forward(self, x: Tensor) -> Tensor:
        parts = list(self.enter(x).split(self.half, 1))
        for step in self.steps:
            parts.append(step(parts[-1]))
        return self.leave(torch.cat(parts, 1))


class PoolPyramid(nn.Module):
    """SPPF: three stacked 5x5 max-pools see windows of 5, 9 and 13 cells."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.enter = Conv(c, c // 2)
        self.leave = Conv(c * 2, c)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x: Tensor) -> Tensor:
        parts = [self.enter(x)]
        for _ in range(3):
            parts.append(self.pool(parts[-1]))
        return self.leave(torch.cat(parts, 1))


class Head(nn.Module):
    """One level's head: class logits `[B, classes, h, w]` and distances `[B, 4, h, w]`.

    Each branch is a depthwise 3x3 and a 1x1 convolution. The four distances (left, top, right,
    bottom, in units of the stride) are the exponential of the raw output.
    """

    def __init__(self, c: int, classes: int, stride: int) -> None:
        super().__init__()
        self.cls = nn.Sequential(Conv(c, c, 3, groups=c), Conv(c, c), nn.Conv2d(c, classes, 1))
        self.box = nn.Sequential(Conv(c, c, 3, groups=c), Conv(c, c), nn.Conv2d(c, 4, 1))
        # A prior of few positives among many cells; boxes start four cells wide and high.
        nn.init.constant_(self.cls[-1].bias, math.log(5 / classes / (320 / stride) ** 2))
        nn.init.constant_(self.box[-1].bias, math.log(2.0))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.cls(x), self.box(x)


class Detector(nn.Module):
    """The detector. Input `[B, 3, H, W]`, RGB, values 0-1, H and W multiples of 32."""

    def __init__(
        self,
        classes: int = len(CLASSES),
        widths: tuple[int, ...] = (16, 32, 64, 128, 192),
        depths: tuple[int, ...] = (0, 1, 2, 1),
        neck: int = 64,
    ) -> None:
        super().__init__()
        w0, w1, w2, w3, w4 = widths
        d1, d2, d3, d4 = depths
        self.stem = Conv(3, w0, 3, 2)
        self.stage4 = nn.Sequential(Conv(w0, w1, 3, 2), C2f(w1, w1, d1) if d1 else nn.Identity())
        self.stage8 = nn.Sequential(Conv(w1, w2, 3, 2), C2f(w2, w2, d2))
        self.stage16 = nn.Sequential(Conv(w2, w3, 3, 2), C2f(w3, w3, d3))
        self.stage32 = nn.Sequential(Conv(w3, w4, 3, 2), C2f(w4, w4, d4), PoolPyramid(w4))
        self.lateral8 = Conv(w2, neck)
        self.lateral16 = Conv(w3, neck)
        self.lateral32 = Conv(w4, neck)
        self.down_a = C2f(2 * neck, neck, 1, False)
        self.down_b = C2f(2 * neck, neck, 1, False)
        self.step16 = Conv(neck, neck, 3, 2)
        self.up_a = C2f(2 * neck, neck, 1, False)
        self.step32 = Conv(neck, neck, 3, 2)
        self.up_b = C2f(2 * neck, neck, 1, False)
        self.heads = nn.ModuleList(Head(neck, classes, s) for s in STRIDES)

    def features(self, x: Tensor) -> list[Tensor]:
        """The three levels' features `[B, neck, H/s, W/s]`, finest first."""
        x8 = self.stage8(self.stage4(self.stem(x)))
        x16 = self.stage16(x8)
        p32 = self.lateral32(self.stage32(x16))
        up = F.interpolate(p32, scale_factor=2.0, mode="nearest")
        p16 = self.down_a(torch.cat((up, self.lateral16(x16)), 1))
        up = F.interpolate(p16, scale_factor=2.0, mode="nearest")
        p8 = self.down_b(torch.cat((up, self.lateral8(x8)), 1))
        p16 = self.up_a(torch.cat((self.step16(p8), p16), 1))
        p32 = self.up_b(torch.cat((self.step32(p16), p32), 1))
        return [p8, p16, p32]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Class logits `[B, N, classes]` and raw (log) distances `[B, N, 4]` of all N cells."""
        outs = [head(f) for head, f in zip(self.heads, self.features(x))]
        logits = torch.cat([c.flatten(2) for c, _ in outs], 2).transpose(1, 2)
        raw = torch.cat([b.flatten(2) for _, b in outs], 2).transpose(1, 2)
        return logits, raw


def cells(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Centres `[N, 2]` (x, y in pixels) and strides `[N]` of all cells of an input's size."""
    centres, strides = [], []
    for s in STRIDES:
        ys = (torch.arange(height // s) + 0.5) * s
        xs = (torch.arange(width // s) + 0.5) * s
        gy, gx = torch.meshgrid(ys, xs, indexing="ij")
        centres.append(torch.stack((gx, gy), -1).reshape(-1, 2))
        strides.append(torch.full((gx.numel(),), float(s)))
    return torch.cat(centres), torch.cat(strides)


def decode(raw: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Boxes `[..., N, 4]` (x1, y1, x2, y2 in pixels) of raw distances `[..., N, 4]`."""
    d = raw.clamp(-5, 4).exp() * strides[:, None]
    return torch.cat((centres - d[..., :2], centres + d[..., 2:]), -1)


def fuse(model: nn.Module) -> nn.Module:
    """Folds every batch norm into the convolution before it (for inference), in place."""
    for module in model.modules():
        if isinstance(module, Conv) and isinstance(module[1], nn.BatchNorm2d):
            conv, norm = module[0], module[1]
            factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            folded = nn.Conv2d(
                conv.in_channels,
                conv.out_channels,
                conv.kernel_size,
                conv.stride,
                conv.padding,
                groups=conv.groups,
            )
            folded.weight.data = (conv.weight * factor[:, None, None, None]).detach()
            folded.bias.data = (norm.bias - norm.running_mean * factor).detach()
            module[0], module[1] = folded, nn.Identity()
    return model
