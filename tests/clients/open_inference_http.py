"""Triton's own HTTP client: JSON and binary tensors, an image, errors, load and unload."""

import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, model, image = sys.argv[1:]
client = triton.InferenceServerClient(address)
metadata = client.get_model_metadata(model)
[entry] = metadata["inputs"]
[output, *_] = [one["name"] for one in metadata["outputs"]]


def refused(call):
    try:
        call()
    except InferenceServerException as error:
        return error.status()
    return None


def tensor(shape, binary):
    made = triton.InferInput(entry["name"], shape, entry["datatype"])
    made.set_data_from_numpy(np.full(shape, 0.5, dtype=np.float32), binary_data=binary)
    return made


def run(binary):
    wanted = triton.InferRequestedOutput(output, binary_data=binary)
    result = client.infer(model, [tensor(entry["shape"], binary)], request_id="7", outputs=[wanted])
    return result.get_response()["id"], result.as_numpy(output)


picture = triton.InferInput(entry["name"], [1], "BYTES")
picture.set_data_from_numpy(np.array([open(image, "rb").read()], dtype=object))
(binary_id, binary), (_, plain) = run(True), run(False)
seen = client.infer(model, [picture], parameters={"score_threshold": 0.5})
before = client.is_model_ready(model)
client.unload_model(model)
between = client.is_model_ready(model)
client.load_model(model)
print(json.dumps({
    "well": [client.is_server_live(), client.is_server_ready()],
    "id": binary_id,
    "same": bool(np.allclose(binary, plain)),
    "labels": [label.decode() for label in seen.as_numpy("labels")],
    "boxes": list(seen.as_numpy("boxes").shape),
    "index": {one["name"]: one["state"] for one in client.get_model_repository_index()},
    "refused": [
        refused(lambda: client.infer("nobody", [picture])),
        refused(lambda: client.infer(model, [tensor([1, 3, 8, 8], True)])),
    ],
    "loaded": [before, between, client.is_model_ready(model)],
}))
