"""gRPC's own clients of server reflection and of health: every service is told, every model has health."""

import json
import sys
import time

import grpc
import tritonclient.grpc as triton
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

# They take eight times the bytes that a stream has under way.
QUESTIONS = 300_000

address, model = sys.argv[1:]
channel = grpc.insecure_channel(address)
database = ProtoReflectionDescriptorDatabase(channel)
pool = DescriptorPool(database)
services = {
    name: sorted(method.name for method in pool.FindServiceByName(name).methods)
    for name in database.get_services()
}
fields = [field.name for field in pool.FindMessageTypeByName("inference.ModelInferRequest").fields]

health = health_pb2_grpc.HealthStub(channel)
status = health_pb2.HealthCheckResponse.ServingStatus.Name


def check(name):
    try:
        return status(health.Check(health_pb2.HealthCheckRequest(service=name), timeout=10).status)
    except grpc.RpcError as error:
        return error.code().name


watch = health.Watch(health_pb2.HealthCheckRequest(service=model), timeout=60)
client = triton.InferenceServerClient(address)
watched = [status(next(watch).status)]
client.unload_model(model)
watched.append(status(next(watch).status))
client.load_model(model)
watched.append(status(next(watch).status))
watch.cancel()

# Who asks and does not listen: the server has to stop reading, or it holds all that it would answer.
asked = 0


def questions():
    global asked
    while asked < QUESTIONS:
        asked += 1
        yield reflection_pb2.ServerReflectionRequest(file_containing_symbol="smarteye.v1.Inference")


stalled = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(questions())
before = -1
while asked != before:
    before = asked
    time.sleep(1)
stalled.cancel()
print(json.dumps({
    "asked": asked / QUESTIONS,
    "services": services,
    "fields": fields,
    "health": {name: check(name) for name in ["", *services, model, f"{model}@1", "nobody"]},
    "watched": watched,
}))
