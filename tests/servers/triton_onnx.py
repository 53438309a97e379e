"""One ONNX file behind Triton's Python backend: tensors in, tensors out."""

import json
import os
import sys

# Triton's interpreter is an isolated one, which leaves PYTHONPATH aside.
sys.path[:0] = os.environ["PYTHONPATH"].split(os.pathsep)

import onnxruntime as ort
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        path = json.loads(args["model_config"])["parameters"]["file"]["string_value"]
        self.session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.inputs = [tensor.name for tensor in self.session.get_inputs()]
        self.outputs = [tensor.name for tensor in self.session.get_outputs()]

    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        feeds = {
            name: pb_utils.get_input_tensor_by_name(request, name).as_numpy()
            for name in self.inputs
        }
        try:
            outputs = self.session.run(None, feeds)
        except Exception as error:
            return pb_utils.InferenceResponse(error=pb_utils.TritonError(str(error)))
        return pb_utils.InferenceResponse(
            [pb_utils.Tensor(name, output) for name, output in zip(self.outputs, outputs)]
        )
