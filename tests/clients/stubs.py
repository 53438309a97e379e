"""Stubs that grpcio-tools makes of the protos, as any other program would: smarteye.v1 and MsgTransfer."""

import base64
import importlib
import json
import sys
import tempfile

import grpc
import numpy as np
from grpc_tools import protoc

address, model, image, protos = sys.argv[1:]
out = tempfile.mkdtemp()
for name in ("smarteye", "msg_transfer", "open_inference"):
    code = protoc.main([
        "protoc", f"-I{protos}", f"--python_out={out}", f"--grpc_python_out={out}", f"{name}.proto",
    ])
    assert code == 0, name
sys.path.insert(0, out)
smarteye, smarteye_grpc, transfer, transfer_grpc = (
    importlib.import_module(name)
    for name in ("smarteye_pb2", "smarteye_pb2_grpc", "msg_transfer_pb2", "msg_transfer_pb2_grpc")
)
open_inference, open_inference_grpc = (
    importlib.import_module(name) for name in ("open_inference_pb2", "open_inference_pb2_grpc")
)

channel = grpc.insecure_channel(address)
ours = smarteye_grpc.InferenceStub(channel)
reply = ours.Infer(
    smarteye.InferRequest(model=model, encoded=open(image, "rb").read()), timeout=20
)


def code_of(request, method):
    try:
        method(request, timeout=20)
    except grpc.RpcError as error:
        return error.code().name
    return "OK"


theirs = transfer_grpc.MsgTransferStub(channel)
frame = np.full((90, 160, 3), 200, dtype=np.uint8)
drawn = theirs.image_processor(transfer.MsgRequest(
    model=model, frame=base64.b64encode(frame.tobytes()).decode(), frame_shape=str(frame.shape)
), timeout=20)
back = np.frombuffer(base64.b64decode(drawn.result), dtype=np.uint8).reshape(frame.shape)
usage = theirs.get_server_utilization(transfer.Server_Utilization_Request(), timeout=20)

# Tensors as values, which Triton's own client never sends.
stub = open_inference_grpc.GRPCInferenceServiceStub(channel)
metadata = stub.ModelMetadata(open_inference.ModelMetadataRequest(name=model), timeout=20)
[entry] = metadata.inputs
request = open_inference.ModelInferRequest(model_name=model)
tensor = request.inputs.add(name=entry.name, datatype=entry.datatype, shape=list(entry.shape))
tensor.contents.fp32_contents.extend([0.5] * int(np.prod(entry.shape)))
typed = stub.ModelInfer(request, timeout=20)

print(json.dumps({
    "found": len(reply.detections),
    "size": [reply.width, reply.height],
    "stages": [reply.timings_ms.decode > 0, reply.timings_ms.infer > 0],
    "models": sorted(m.name for m in ours.ListModels(smarteye.ListModelsRequest(), timeout=20).models),
    "codes": {
        "no image": code_of(smarteye.InferRequest(model=model), ours.Infer),
        "broken": code_of(smarteye.InferRequest(model=model, encoded=b"\xff\xd8\xff"), ours.Infer),
        "nobody": code_of(smarteye.InferRequest(model="nobody", encoded=b"x"), ours.Infer),
    },
    "drawn": [drawn.frame_shape, list(back.shape)],
    "usage": [0 <= usage.cpu_usage <= 100, 0 < usage.memory_usage <= 100],
    "loaded": theirs.get_loaded_models_name(transfer.Loaded_Model_Name_Request(), timeout=20)
        .loaded_model_name,
    "typed": [len(typed.raw_output_contents), len(typed.outputs[0].contents.fp32_contents) > 0],
}))
