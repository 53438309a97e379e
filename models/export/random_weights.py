"""Random weights from which something comes out: for tests.

An untrained network's signal dies away or explodes on its way through the layers, and its scores are all
alike. Here each layer is scaled, once, so that its output of an example has a spread of one (Mishkin and
Matas, 2016, arXiv:1511.06422), the normalisations take the example's statistics, and the last layers get
the spread that makes scores differ and a few objects stand out.
"""

import torch
from torch import nn

LAST = {
    "rpn.head.cls_logits": 2.0,
    "rpn.head.bbox_pred": 0.2,
    "roi_heads.box_predictor.cls_score": 2.0,
    "roi_heads.box_predictor.bbox_pred": 0.5,
    "roi_heads.mask_predictor.mask_fcn_logits": 3.0,
    "head.classification_head.cls_logits": 0.5,
    "head.regression_head.bbox_reg": 0.3,
}
"""Spread of the outputs of a detector's last layers; a classifier's logits have 3."""

EXAMPLE_SIDE = 320
STAND_OUT = 30
"""Candidates of a picture that score above a half, before those that overlap are suppressed."""


@torch.no_grad()
def randomise(model, side=None, spreads=None):
    """Scales the weights of a network as its builder left them.

    `side` is that of a classifier's input; `spreads` take the place of those in `LAST`.
    """
    spreads = {**LAST, **(spreads or {})}
    pictures = examples(side)
    if not side:  # small pictures tell as much of the layers, sooner
        sizes = model.transform.min_size
        model.transform.min_size = (min(sizes[-1], EXAMPLE_SIDE),)
    modules = dict(model.named_modules())
    layers = {n: m for n, m in modules.items() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear))}
    last = list(layers)[-1] if side else None
    scale_layers(model, pictures, layers, lambda name: 3.0 if name == last else spreads.get(name, 1.0))
    for module in modules.values():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # the plain mean over what it sees
            module.train()
    model(pictures)
    model.eval()
    ends = {n: m for n, m in layers.items() if n == last or n in spreads}
    scale_layers(model, pictures, ends, lambda name: spreads.get(name, 3.0))
    if not side:
        let_few_stand_out(model, pictures, modules)
        model.transform.min_size = sizes


def examples(side):
    """Four example pictures, as a network takes them."""
    pictures = rectangles(4, side or 192, side or 256)
    return (pictures - 0.45) / 0.225 if side else list(pictures)


def rectangles(count, height, width):
    """Pictures like photographs in their statistics: rectangles one over the other, and grain; 0 to 1."""
    seeded = torch.Generator().manual_seed(1)
    pictures = torch.rand(count, 3, 1, 1, generator=seeded).repeat(1, 1, height, width)
    for picture in pictures:
        for _ in range(150):
            x, y, w, h = torch.rand(4, generator=seeded).tolist()
            left, top = int(x * width - 20), int(y * height - 20)
            right, bottom = left + 4 + int(w**3 * width), top + 4 + int(h**3 * height)
            colour = torch.rand(3, 1, 1, generator=seeded)
            picture[:, max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = colour
    grain = torch.randn(pictures.shape, generator=seeded) * 0.05
    return (pictures + grain).clamp(0, 1)


def scale_layers(model, pictures, layers, spread_of):
    """Each layer's weights so that its output has the spread wanted; those after it see that output."""
    seen = set()

    def hook_of(name):
        def hook(module, _, output):
            if name in seen or output.numel() < 2:
                return output
            seen.add(name)
            factor = spread_of(name) / output.std().clamp(min=1e-6)
            for parameter in module.parameters(recurse=False):
                parameter.mul_(factor)
            return output * factor

        return hook

    hooks = [module.register_forward_hook(hook_of(name)) for name, module in layers.items()]
    model(pictures)
    for hook in hooks:
        hook.remove()


def let_few_stand_out(model, pictures, modules):
    """Lowers every score, or raises the background's, until `STAND_OUT` candidates a picture remain."""
    anchors = modules.get("head.classification_head.cls_logits")
    layer = anchors or modules["roi_heads.box_predictor.cls_score"]
    logits = []
    hook = layer.register_forward_hook(lambda _, __, output: logits.append(output))
    model(pictures)
    hook.remove()
    count = STAND_OUT * len(pictures)
    if anchors is not None:
        layer.bias.sub_(torch.cat([each.flatten() for each in logits]).topk(count).values[-1])
        return
    rows = torch.cat(logits)
    # A class is above a half where its logit is above that of all the others together.
    needed = rows[:, 1:].max(1).values.exp() * 2 - rows[:, 1:].exp().sum(1)
    background = needed.clamp(min=1e-6).log() - rows[:, 0]
    layer.bias[0] += background.topk(count).values[-1]
