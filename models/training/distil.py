"""Dense distillation: YOLOX-nano looks at the same augmented pictures and says what it sees.

YOLOX has the same strides and grids as our detector, so its answer at a cell is a target for our
cell, without any assignment: its objectness times class probability for the score, its box for the
box. That passes on much of what it learnt from a far larger data set (as in "Learning Efficient
Object Detection Models with Knowledge Distillation", NeurIPS 2017), also where nobody drew a box.
The teacher is Apache-2.0 licensed; only its answers are used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from torch import Tensor

from loss import BOX_GAIN, pair_iou
from net import decode
from teachers import COCO


class Teacher:
    """YOLOX for batches of any size of picture."""

    def __init__(self, path: Path) -> None:
        model = onnx.load(path)
        dims = model.graph.input[0].type.tensor_type.shape.dim
        dims[0].dim_param, dims[2].dim_param, dims[3].dim_param = "b", "h", "w"
        for dim in model.graph.output[0].type.tensor_type.shape.dim:
            dim.ClearField("dim_value")
        del model.graph.value_info[:]
        for value in model.graph.initializer:  # reshape to (1, 85, -1): let any batch through
            if list(value.dims) == [3] and onnx.numpy_helper.to_array(value).tolist() == [
                1,
                85,
                -1,
            ]:
                value.CopyFrom(onnx.numpy_helper.from_array(np.array([0, 85, -1]), value.name))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.run = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, pictures: Tensor, centres: Tensor, strides: Tensor) -> tuple[Tensor, Tensor]:
        """Scores `[B, N, 6]` and boxes `[B, N, 4]` for RGB pictures `[B, 3, H, W]` of 0-1."""
        x = (pictures.flip(1) * 255).contiguous().numpy()
        out = torch.from_numpy(self.run.run(None, {"images": x})[0])
        scores = out[..., 4:5] * out[..., 5:][..., COCO]
        # YOLOX counts cells from their corner, (tx + gx) * stride; our centres are half a cell on.
        middle = (out[..., :2] - 0.5) * strides[:, None] + centres
        half = out[..., 2:4].clamp(max=6).exp() * strides[:, None] / 2
        return scores, torch.cat((middle - half, middle + half), -1)


def distil_loss(
    logits: Tensor, raw: Tensor, centres: Tensor, strides: Tensor, scores: Tensor, boxes: Tensor
) -> Tensor:
    """How far our answers are from the teacher's; boxes count by the teacher's score."""
    logits, raw = logits.float(), raw.float()
    mass = scores.sum().clamp(min=1.0)
    classes = F.binary_cross_entropy_with_logits(logits, scores, reduction="sum")
    classes = classes - F.binary_cross_entropy(
        scores.clamp(1e-6, 1 - 1e-6), scores.clamp(1e-6, 1 - 1e-6), reduction="sum"
    )  # nothing but a constant: 0 is then the best
    sure = scores.amax(-1)
    at = sure > 0.1
    iou, union, around = pair_iou(decode(raw, centres, strides)[at], boxes[at])
    giou = iou - (around - union) / around
    return (classes + BOX_GAIN * ((1 - giou) * sure[at]).sum()) / mass
