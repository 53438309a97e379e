"""Writes the averaged weights of a checkpoint as an ONNX file.

    python export.py --work WORK --out smarteye_street_352.onnx [--size 352]

Input `images` `[1, 3, size, size]`, float32, RGB, values 0-255 (the division by 255 is folded into
the first convolution), the picture stretched to the square. Output
`output` `[1, 4 + 6, N]`: centre x, centre y, width, height in input pixels, then the six classes'
scores, sigmoid done. Greedy NMS is left to the reader.
"""

from __future__ import annotations

import argparse
import hashlib
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from net import Detector, cells
from teachers import session


class Deployed(nn.Module):
    """The detector with its decoding, for one input size."""

    def __init__(self, model: Detector, size: int) -> None:
        super().__init__()
        self.model = model.eval()
        self.model.stem.weight.data /= 255
        centres, strides = cells(size, size)
        self.register_buffer("corners", (centres - strides[:, None] / 2).T[None].contiguous())
        self.register_buffer("strides", strides[None, None])  # [1, 1, N]

    def forward(self, images: Tensor) -> Tensor:
        outs = [h.parts(f) for h, f in zip(self.model.heads, self.model.features(images))]
        thing, classes, raw = (torch.cat([o[i].flatten(2) for o in outs], 2) for i in range(3))
        middle = raw[:, :2] * self.strides + self.corners
        size = raw[:, 2:].clamp(max=6).exp() * self.strides
        return torch.cat((middle, size, thing.sigmoid() * classes.sigmoid()), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", type=int, default=352)
    args = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")

    state = torch.load(args.work / "checkpoint.pt", weights_only=True)
    model = Detector()
    model.load_state_dict(state["mean"])
    deployed = Deployed(model, args.size).eval()
    picture = torch.rand(1, 3, args.size, args.size) * 255
    torch.onnx.export(
        deployed,
        (picture,),
        str(args.out),
        opset_version=17,
        dynamo=False,
        input_names=["images"],
        output_names=["output"],
    )
    onnx.checker.check_model(onnx.load(args.out))
    with torch.no_grad():
        wanted = deployed(picture).numpy()
    got = session(args.out).run(None, {"images": picture.numpy()})[0]
    boxes = np.abs(got[:, :4] - wanted[:, :4]).max() / args.size
    scores = np.abs(got[:, 4:] - wanted[:, 4:]).max()
    data = args.out.read_bytes()
    print(f"{args.out}: {len(data)} bytes, output {list(got.shape)}")
    print(f"difference to torch: boxes {boxes:.1e} of the size, scores {scores:.1e}")
    print(f"sha256 {hashlib.sha256(data).hexdigest()}")
    print(f"after {state['step']} steps, {state['seen']} pictures, {state['clock'] / 60:.1f} min")
    assert boxes < 1e-4 and scores < 1e-4


if __name__ == "__main__":
    main()
