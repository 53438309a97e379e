"""One ONNX file behind MLServer, which a model-settings.json names: tensors in, tensors out."""

import onnxruntime as ort
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse, MetadataTensor

DATATYPES = {
    "tensor(float)": "FP32",
    "tensor(float16)": "FP16",
    "tensor(uint8)": "UINT8",
    "tensor(int64)": "INT64",
}


def told(tensors):
    return [
        MetadataTensor(
            name=tensor.name,
            datatype=DATATYPES[tensor.type],
            shape=[dim if isinstance(dim, int) else -1 for dim in tensor.shape],
        )
        for tensor in tensors
    ]


class Onnx(MLModel):
    async def load(self):
        path = self.settings.parameters.uri
        self.session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
        # What is not given in model-settings.json is not told by itself.
        self.inputs = told(self.session.get_inputs())
        self.outputs = told(self.session.get_outputs())
        return True

    async def predict(self, payload):
        feeds = {tensor.name: NumpyCodec.decode_input(tensor) for tensor in payload.inputs}
        outputs = self.session.run(None, feeds)
        return InferenceResponse(
            model_name=self.name,
            id=payload.id,
            outputs=[
                NumpyCodec.encode_output(head.name, array)
                for head, array in zip(self.outputs, outputs)
            ],
        )
