"""Triton's own gRPC client: metadata, index, tensors, an image, errors, load and unload."""

import json
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.grpc import model_config_pb2
from tritonclient.utils import InferenceServerException

address, model, image = sys.argv[1:]
client = triton.InferenceServerClient(address)
metadata = client.get_model_metadata(model)
[entry] = metadata.inputs


def refused(call):
    try:
        call()
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


def tensor(shape, datatype="FP32", kind=np.float32):
    made = triton.InferInput(entry.name, shape, datatype)
    made.set_data_from_numpy(np.full(shape, 0.5, dtype=kind))
    return made


picture = triton.InferInput(entry.name, [1], "BYTES")
picture.set_data_from_numpy(np.array([open(image, "rb").read()], dtype=object))
wanted = [triton.InferRequestedOutput(name) for name in ("labels", "scores", "boxes")]

raw = client.infer(model, [tensor(list(entry.shape))], request_id="seven", priority=1, timeout=9_000_000)
seen = client.infer(model, [picture], outputs=wanted, parameters={"score_threshold": "0.5"})
index = client.get_model_repository_index()
config = client.get_model_config(model).config
before = client.is_model_ready(model)
client.unload_model(model)
between = client.is_model_ready(model)
client.load_model(model)
print(json.dumps({
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "server": client.get_server_metadata().name,
    "input": [entry.name, entry.datatype, list(entry.shape)],
    "outputs": [output.name for output in metadata.outputs],
    "config": [
        config.max_batch_size,
        [(one.name, model_config_pb2.DataType.Name(one.data_type), list(one.dims)) for one in config.input],
        [(one.name, model_config_pb2.DataType.Name(one.data_type), list(one.dims)) for one in config.output],
    ],
    "raw": {
        "id": raw.get_response().id,
        "shapes": [list(raw.as_numpy(output.name).shape) for output in metadata.outputs],
    },
    "seen": {
        "labels": [label.decode() for label in seen.as_numpy("labels")],
        "scores": seen.as_numpy("scores").tolist(),
        "boxes": seen.as_numpy("boxes").tolist(),
    },
    "index": {one.name: one.state for one in index.models},
    "refused": {
        "shape": refused(lambda: client.infer(model, [tensor([1, 3, 8, 8])])),
        "type": refused(lambda: client.infer(model, [tensor(list(entry.shape), "INT64", np.int64)])),
        "model": refused(lambda: client.infer("nobody", [picture])),
    },
    "loaded": [before, between, client.is_model_ready(model)],
}))
