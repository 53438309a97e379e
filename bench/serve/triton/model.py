"""One ONNX file behind Triton's Python backend: a JPEG in, the largest value of each output back.

No more than that comes back, so decoding the outputs costs this side nothing, as it does ours.
"""

import json
import os
import sys

# Triton's interpreter is an isolated one, which leaves PYTHONPATH aside.
sys.path[:0] = os.environ["PYTHONPATH"].split(os.pathsep)

import cv2
import numpy as np
import onnxruntime as ort
import triton_python_backend_utils as pb_utils

cv2.setNumThreads(1)


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        parameters = {key: value["string_value"] for key, value in config["parameters"].items()}
        self.input = json.loads(parameters["input"])
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(
            parameters["file"], options, providers=["CPUExecutionProvider"]
        )
        self.name = self.session.get_inputs()[0].name

    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        files = pb_utils.get_input_tensor_by_name(request, "image").as_numpy()
        picture = cv2.imdecode(np.frombuffer(files.ravel()[0], np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            return pb_utils.InferenceResponse(error=pb_utils.TritonError("not an image"))
        outputs = self.session.run(None, {self.name: self.tensor(picture)})
        largest = np.array([[output.max() for output in outputs]], np.float32)
        return pb_utils.InferenceResponse([pb_utils.Tensor("largest", largest)])

    def tensor(self, picture):
        wanted = self.input
        width, height = wanted["width"], wanted["height"]
        if wanted["fit"] == "letterbox_top_left":
            scale = min(width / picture.shape[1], height / picture.shape[0])
            size = int(picture.shape[1] * scale), int(picture.shape[0] * scale)
            padded = np.full((height, width, 3), wanted["pad"], np.uint8)
            padded[: size[1], : size[0]] = cv2.resize(picture, size)
            picture = padded
        # Scales, changes the order of colours and of axes, and normalises, all in C++.
        return cv2.dnn.blobFromImage(
            picture,
            1 / wanted["std"],
            (width, height),
            (wanted["mean"],) * 3,
            swapRB=wanted["color"] == "rgb",
        )
