"""The network: YOLOX-nano's, with six classes, from its published weights.

YOLOX (arXiv:2107.08430) in its nano size: a CSP body (arXiv:1911.11929) of depthwise separable
convolutions with SiLU, a PAN (arXiv:1803.01534), an anchor-free head whose branches for class and
box are apart. Its weights (Apache-2.0, Megvii) have seen COCO; ours go on from there. Their batch
norms are folded into the convolutions before them, and stay so.
"""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from teachers import COCO

CLASSES = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
STRIDES = (8, 16, 32)
WIDTH = 64  # channels of each level of the head


class Conv(nn.Module):
    """Convolution and SiLU."""

    def __init__(self, cin: int, cout: int, k: int = 1, s: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, k, s, k // 2, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        return F.silu(self.conv(x))


def separable(cin: int, cout: int, s: int = 1) -> nn.Sequential:
    """A 3x3 convolution of each channel, then a 1x1 over all."""
    return nn.Sequential(Conv(cin, cin, 3, s, cin), Conv(cin, cout))


class Csp(nn.Module):
    """Half the channels go through `n` bottlenecks, half pass by."""

    def __init__(self, cin: int, cout: int, n: int = 1, shortcut: bool = False) -> None:
        super().__init__()
        half = cout // 2
        self.enter, self.past = Conv(cin, half), Conv(cin, half)
        self.steps = nn.ModuleList(
            nn.Sequential(Conv(half, half), separable(half, half)) for _ in range(n)
        )
        self.leave = Conv(2 * half, cout)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y, past = self.enter(x), self.past(x)
        for step in self.steps:
            y = y + step(y) if self.shortcut else step(y)
        return self.leave(torch.cat((y, past), 1))


class PoolPyramid(nn.Module):
    """SPP: max-pools over windows of 5, 9 and 13 cells."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.enter, self.leave = Conv(c, c // 2), Conv(2 * c, c)

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(x)
        pools = [F.max_pool2d(x, k, 1, k // 2) for k in (5, 9, 13)]
        return self.leave(torch.cat((x, *pools), 1))


class Head(nn.Module):
    """One level's head: class logits `[B, 6, h, w]` and raw boxes `[B, 4, h, w]`.

    YOLOX's score of a class is the product of an objectness and a class probability. Its logit is
    -log(exp(-o) + exp(-c) + exp(-o-c)), which one loss can be put upon.
    """

    def __init__(self, cin: int) -> None:
        super().__init__()
        self.enter = Conv(cin, WIDTH)
        self.by_class = nn.Sequential(separable(WIDTH, WIDTH), separable(WIDTH, WIDTH))
        self.classes = nn.Conv2d(WIDTH, len(CLASSES), 1)
        self.by_box = nn.Sequential(separable(WIDTH, WIDTH), separable(WIDTH, WIDTH))
        self.box, self.thing = nn.Conv2d(WIDTH, 4, 1), nn.Conv2d(WIDTH, 1, 1)

    def parts(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of objectness `[B, 1, h, w]` and of classes, and raw boxes."""
        x = self.enter(x)
        classes = self.classes(self.by_class(x))
        y = self.by_box(x)
        box = self.box(y)
        return self.thing(y), classes, box

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        thing, classes, box = self.parts(x)
        thing = thing.expand_as(classes)
        return -torch.logsumexp(torch.stack((-thing, -classes, -thing - classes)), 0), box


class Detector(nn.Module):
    """The detector. Input `[B, 3, H, W]`, RGB, values 0-1, H and W multiples of 32."""

    def __init__(self) -> None:
        super().__init__()
        # YOLOX looks at every second pixel of every second row as channels, then 3x3: one 6x6.
        self.stem = nn.Conv2d(3, 16, 6, 2, 2)
        self.stage4 = nn.Sequential(separable(16, 32, 2), Csp(32, 32, 1, True))
        self.stage8 = nn.Sequential(separable(32, 64, 2), Csp(64, 64, 3, True))
        self.stage16 = nn.Sequential(separable(64, 128, 2), Csp(128, 128, 3, True))
        self.stage32 = nn.Sequential(separable(128, 256, 2), PoolPyramid(256), Csp(256, 256))
        self.lateral32, self.down16 = Conv(256, 128), Csp(256, 128)
        self.lateral16, self.down8 = Conv(128, 64), Csp(128, 64)
        self.step16, self.up16 = separable(64, 64, 2), Csp(128, 128)
        self.step32, self.up32 = separable(128, 128, 2), Csp(256, 256)
        self.heads = nn.ModuleList(Head(c) for c in (64, 128, 256))

    def features(self, x: Tensor) -> list[Tensor]:
        """The three levels' features, finest first."""
        x8 = self.stage8(self.stage4(F.silu(self.stem(x))))
        x16 = self.stage16(x8)
        p32 = self.lateral32(self.stage32(x16))
        up = F.interpolate(p32, scale_factor=2.0, mode="nearest")
        p16 = self.lateral16(self.down16(torch.cat((up, x16), 1)))
        up = F.interpolate(p16, scale_factor=2.0, mode="nearest")
        p8 = self.down8(torch.cat((up, x8), 1))
        n16 = self.up16(torch.cat((self.step16(p8), p16), 1))
        n32 = self.up32(torch.cat((self.step32(n16), p32), 1))
        return [p8, n16, n32]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Class logits `[B, N, classes]` and raw boxes `[B, N, 4]` of all N cells."""
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
    """Boxes `[..., N, 4]` (x1, y1, x2, y2 in pixels) of raw ones `[..., N, 4]`.

    YOLOX counts from a cell's upper left corner, in strides; width and height are exponentials.
    """
    middle = (raw[..., :2] - 0.5) * strides[:, None] + centres
    half = raw[..., 2:].clamp(max=6).exp() * strides[:, None] / 2
    return torch.cat((middle - half, middle + half), -1)


def begin(path: Path) -> Detector:
    """The detector with the weights of YOLOX-nano's published ONNX file.

    Convolutions stand there in the order in which they are computed, as they are met here.
    """
    model = Detector()
    order: list[nn.Conv2d] = []
    hooks = [
        m.register_forward_pre_hook(lambda m, _: order.append(m))
        for m in model.modules()
        if isinstance(m, nn.Conv2d)
    ]
    with torch.no_grad():
        model(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    graph = onnx.load(path).graph
    values = {i.name: onnx.numpy_helper.to_array(i).copy() for i in graph.initializer}
    nodes = [n for n in graph.node if n.op_type == "Conv"]
    assert len(nodes) == len(order)
    for node, conv in zip(nodes, order):
        weight, bias = (torch.from_numpy(values[name]) for name in node.input[1:])
        if conv is model.stem:
            weight = of_stem(weight)
        elif len(bias) == 80:
            weight, bias = weight[COCO], bias[COCO]
        assert weight.shape == conv.weight.shape, (node.input[1], weight.shape, conv.weight.shape)
        conv.weight.data, conv.bias.data = weight, bias
    return model


def of_stem(weight: Tensor) -> Tensor:
    """A 3x3 over the four interleaved parts of BGR 0-255 as a 6x6 over RGB 0-1."""
    out = weight.new_zeros(len(weight), 3, 6, 6)
    # Parts: (even row, even column), (odd row, even column), (even, odd), (odd, odd).
    for part, (row, column) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        out[:, :, row::2, column::2] = weight[:, 3 * part : 3 * part + 3]
    return out.flip(1) * 255
