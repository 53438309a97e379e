"""One ONNX file behind KServe's own server: tensors in, tensors out.

kserve_onnx.py NAME FILE GRPC_PORT HTTP_PORT
"""

import sys

import kserve
import onnxruntime as ort

DATATYPES = {
    "tensor(float)": "FP32",
    "tensor(float16)": "FP16",
    "tensor(uint8)": "UINT8",
    "tensor(int64)": "INT64",
}


def told(tensors):
    return [
        {
            "name": tensor.name,
            "datatype": DATATYPES[tensor.type],
            "shape": [dim if isinstance(dim, int) else -1 for dim in tensor.shape],
        }
        for tensor in tensors
    ]


class Onnx(kserve.Model):
    def __init__(self, name, path):
        super().__init__(name)
        self.session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.ready = True

    async def get_input_types(self):
        return told(self.session.get_inputs())

    async def get_output_types(self):
        return told(self.session.get_outputs())

    def predict(self, payload, headers=None):
        feeds = {tensor.name: tensor.as_numpy() for tensor in payload.inputs}
        outputs = []
        for head, array in zip(told(self.session.get_outputs()), self.session.run(None, feeds)):
            output = kserve.InferOutput(head["name"], list(array.shape), head["datatype"])
            output.set_data_from_numpy(array, binary_data=True)
            outputs.append(output)
        return kserve.InferResponse(
            response_id=payload.id, model_name=self.name, infer_outputs=outputs
        )


if __name__ == "__main__":
    name, path, grpc_port, http_port = sys.argv[1:]
    server = kserve.ModelServer(http_port=int(http_port), grpc_port=int(grpc_port), workers=1)
    server.start([Onnx(name, path)])
