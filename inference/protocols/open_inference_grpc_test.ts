/** The Open Inference Protocol as a gRPC client sees it. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type ServiceDefinition, type ServiceError, status } from "@grpc/grpc-js";
import { PixelPicture } from "../../core/image.ts";
import type { ModelInferRequestMessage } from "../../proto/generated/inference/ModelInferRequest.ts";
import type { ModelInferResponse } from "../../proto/generated/inference/ModelInferResponse.ts";
import type { ModelMetadataResponse } from "../../proto/generated/inference/ModelMetadataResponse.ts";
import type { RepositoryIndexResponse } from "../../proto/generated/inference/RepositoryIndexResponse.ts";
import { OpenInference } from "../../proto/grpc_service.ts";
import { replyFromWire } from "../../proto/open_inference_grpc.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { Served } from "../../tests/fakes/served.ts";
import { addModel, SIDE } from "../../tests/fakes/tiny_model.ts";

const SHAPE = [1, 3, SIDE, SIDE];
const ELEMENTS = 3 * SIDE * SIDE;
const white = new PixelPicture(plain(64, 48, [255, 255, 255]));

const call = <Reply>(served: Served, method: string, request: unknown = {}) =>
  served.callOf<Reply>(OpenInference.service, method, request);

async function inferred(served: Served, said: ModelInferRequestMessage) {
  return replyFromWire(
    await call<ModelInferResponse>(served, "ModelInfer", { modelName: "tiny", ...said }),
  );
}

/** The network's input, as its elements' bytes. */
function rawInput(value = 255, shape = SHAPE, datatype = "FP32"): ModelInferRequestMessage {
  const elements = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value);
  return {
    inputs: [{ name: "images", datatype, shape }],
    rawInputContents: [new Uint8Array(elements.buffer)],
  };
}

Deno.test("a network is run on tensors, as bytes and as values, and answers likewise", async () => {
  await using served = await Served.open();
  const { inputs, outputs, ...metadata } = await call<ModelMetadataResponse>(
    served,
    "ModelMetadata",
    { name: "tiny" },
  );
  assert.deepEqual(metadata, { name: "tiny", versions: ["1"], platform: "onnxruntime_onnx" });
  const [{ name, datatype, shape }] = inputs as [typeof inputs[0]];
  assert.deepEqual([datatype, shape.map(Number)], ["FP32", SHAPE]);
  const raw = rawInput();
  raw.inputs![0]!.name = name;
  const byBytes = await inferred(served, { ...raw, id: "seven" });
  assert.deepEqual([byBytes.model, byBytes.version, byBytes.id], ["tiny", "1", "seven"]);
  assert.deepEqual(
    byBytes.outputs.map((tensor) => tensor.name),
    outputs.map((tensor) => tensor.name),
  );
  assert.ok(byBytes.outputs[0]!.data.some((value) => Number(value) > 0));
  const contents = { fp32Contents: new Array(ELEMENTS).fill(255) };
  const byValues = await call<ModelInferResponse>(served, "ModelInfer", {
    modelName: "tiny",
    modelVersion: "1",
    inputs: [{ name, datatype, shape, contents }],
  });
  assert.equal(byValues.rawOutputContents.length, 0);
  assert.ok(byValues.outputs[0]!.contents!.fp32Contents.length > 0);
  assert.deepEqual(replyFromWire(byValues).outputs, byBytes.outputs);
});

Deno.test("an encoded image is answered with what was found, as tensors", async () => {
  await using served = await Served.open();
  const bytes = await white.jpeg(white, 95);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length, true);
  const input = { name: "image", datatype: "BYTES", shape: [1] };
  const ways: ModelInferRequestMessage[] = [
    { inputs: [input], rawInputContents: [bytes] },
    { inputs: [input], rawInputContents: [new Uint8Array([...length, ...bytes])] },
    { inputs: [{ ...input, shape: [1, 1], contents: { bytesContents: [bytes] } }] },
  ];
  for (const way of ways) {
    const { outputs } = await inferred(served, way);
    const by = Object.fromEntries(outputs.map((tensor) => [tensor.name, tensor]));
    assert.deepEqual(Object.keys(by), ["boxes", "scores", "class_ids", "labels"]);
    assert.deepEqual(by["boxes"]!.dims, [1, 4]);
    assert.deepEqual(Array.from(by["boxes"]!.data, Number).map(Math.round), [8, 12, 40, 36]);
    assert.deepEqual(Array.from(by["class_ids"]!.data, Number), [1]);
    const [label] = by["labels"]!.data as readonly Uint8Array[];
    assert.equal(new TextDecoder().decode(label), "car");
  }
  const outputs = [{ name: "labels" }, { name: "scores" }];
  const some = await inferred(served, { ...ways[0], outputs });
  assert.deepEqual(some.outputs.map(({ name }) => name), ["labels", "scores"]);
  const dim = await new PixelPicture(plain(64, 48, [102, 102, 102])).jpeg(white, 95);
  const strict = { score_threshold: { doubleParam: 0.9 } };
  const none = await inferred(served, { ...ways[0], rawInputContents: [dim], parameters: strict });
  assert.deepEqual(none.outputs.map(({ dims }) => dims), [[0, 4], [0], [0], [0]]);
});

/** In one piece: the cases are a table, which is read from top to bottom. */
Deno.test("what cannot be inferred is refused with what was given and what is wanted", async () => {
  await using served = await Served.open();
  const told = await call<ModelMetadataResponse>(served, "ModelMetadata", { name: "tiny" });
  const { name } = told.inputs[0]!;
  const output = told.outputs[0]!.name;
  const given = (said: ModelInferRequestMessage) => {
    said.inputs![0]!.name = name;
    return said;
  };
  const image = { name, datatype: "BYTES", shape: [1] };
  const cases: [what: string, said: ModelInferRequestMessage, code: status, told: RegExp][] = [
    [
      "wrong shape",
      given(rawInput(1, [1, 3, SIDE, 8])),
      status.INVALID_ARGUMENT,
      /\[1, 3, 32, 8\] was given/,
    ],
    [
      "wrong type",
      given(rawInput(1, SHAPE, "INT32")),
      status.INVALID_ARGUMENT,
      /int32 .+ was given/,
    ],
    [
      "no such type",
      given(rawInput(1, SHAPE, "FP8")),
      status.INVALID_ARGUMENT,
      /"FP8", one of BOOL, /,
    ],
    [
      "too few bytes",
      { ...given(rawInput()), rawInputContents: [new Uint8Array(8)] },
      status.INVALID_ARGUMENT,
      /came with 8 bytes, 12288 are wanted/,
    ],
    [
      "absurd shape",
      given({
        ...rawInput(1, [1]),
        inputs: [{ name, datatype: "FP32", shape: [2 ** 40, 2 ** 40] }],
      }),
      status.INVALID_ARGUMENT,
      /whole numbers/,
    ],
    [
      "negative shape",
      given({ ...rawInput(1, [1]), inputs: [{ name, datatype: "FP32", shape: [-1, 3] }] }),
      status.INVALID_ARGUMENT,
      /whole numbers/,
    ],
    ["no tensors at all", {}, status.INVALID_ARGUMENT, /was not given/],
    [
      "more bytes than inputs",
      { ...given(rawInput()), rawInputContents: [new Uint8Array(), new Uint8Array()] },
      status.INVALID_ARGUMENT,
      /2 raw_input_contents for 1 inputs/,
    ],
    [
      "unknown output",
      { ...given(rawInput()), outputs: [{ name: "nonsense" }] },
      status.INVALID_ARGUMENT,
      /"nonsense": there are /,
    ],
    [
      "no image",
      { inputs: [image], rawInputContents: [new Uint8Array([1, 2, 3])] },
      status.INVALID_ARGUMENT,
      /Cannot read the image/,
    ],
    [
      "two images",
      {
        inputs: [{
          ...image,
          shape: [2],
          contents: { bytesContents: [new Uint8Array(1), new Uint8Array(1)] },
        }],
      },
      status.INVALID_ARGUMENT,
      /one encoded image is wanted/,
    ],
    [
      "a score that is none",
      { ...given(rawInput()), parameters: { score_threshold: { stringParam: "high" } } },
      status.INVALID_ARGUMENT,
      /score_threshold = "high": 0 to 1 is wanted/,
    ],
    [
      "a score for tensors",
      { ...given(rawInput()), parameters: { score_threshold: { doubleParam: 0.5 } } },
      status.INVALID_ARGUMENT,
      /score_threshold: it is for an encoded image/,
    ],
    [
      "an image for nothing",
      { inputs: [{ ...image, name: "text" }], rawInputContents: [new Uint8Array(3)] },
      status.INVALID_ARGUMENT,
      /text BYTES \[1\] among them, one encoded image is wanted, BYTES \[1\] or \[1, 1\] for .+ or image, or/,
    ],
    [
      "an image of three dimensions",
      { inputs: [{ ...image, shape: [1, 1, 1] }], rawInputContents: [new Uint8Array(3)] },
      status.INVALID_ARGUMENT,
      /BYTES \[1, 1, 1\]/,
    ],
    [
      "bytes and values",
      { ...rawInput(), inputs: [{ ...image, contents: {} }] },
      status.INVALID_ARGUMENT,
      /contents beside raw_input_contents/,
    ],
    [
      "an output twice",
      { ...given(rawInput()), outputs: [{ name: output }, { name: output }] },
      status.INVALID_ARGUMENT,
      /once each/,
    ],
    [
      "an output in classes",
      {
        ...given(rawInput()),
        outputs: [{ name: output, parameters: { classification: { int64Param: 3 } } }],
      },
      status.INVALID_ARGUMENT,
      /the parameter classification: it is not offered/,
    ],
    ["no such model", { ...given(rawInput()), modelName: "nobody" }, status.NOT_FOUND, /"nobody"/],
    ["no such version", { ...given(rawInput()), modelVersion: "9" }, status.NOT_FOUND, /tiny@9/],
  ];
  for (const [what, said, code, told] of cases) {
    const error = await inferred(served, said).then(
      () => assert.fail(`${what} was inferred`),
      (error: ServiceError) => error,
    );
    assert.equal(error.code, code, `${what}: ${error.details}`);
    assert.match(error.details, told, what);
  }
});

Deno.test("the repository is told, loaded and unloaded", async () => {
  await using served = await Served.open();
  const index = async (ready: boolean) => {
    const { models } = await call<RepositoryIndexResponse>(served, "RepositoryIndex", { ready });
    return Object.fromEntries(
      models.map(({ name, version, state }) => [`${name}@${version}`, state]),
    );
  };
  assert.deepEqual(await index(true), { "tiny@1": "READY" });
  assert.equal((await index(false))["asleep@1"], "UNAVAILABLE");
  const isReady = async (name: string, version = "") =>
    (await call<{ ready: boolean }>(served, "ModelReady", { name, version })).ready;
  assert.deepEqual(
    [await isReady("tiny"), await isReady("tiny", "1"), await isReady("tiny", "2")],
    [true, true, false],
  );
  await call(served, "RepositoryModelLoad", { modelName: "asleep" });
  assert.deepEqual(await index(true), { "asleep@1": "READY", "tiny@1": "READY" });
  await call(served, "RepositoryModelUnload", { modelName: "tiny" });
  assert.deepEqual([await isReady("tiny"), await isReady("asleep")], [false, true]);
  const configured = { modelName: "tiny", parameters: { config: { stringParam: "{}" } } };
  await assert.rejects(call(served, "RepositoryModelLoad", configured), /none are taken/);
  const another = { repositoryName: "models", modelName: "tiny" };
  for (const method of ["RepositoryIndex", "RepositoryModelLoad", "RepositoryModelUnload"]) {
    await assert.rejects(call(served, method, another), /repository "models": there is one/);
  }
  assert.deepEqual(await call(served, "ServerLive"), { live: true });
  assert.deepEqual(await call(served, "ServerReady"), { ready: true });
});

Deno.test("every version that can infer is told", async () => {
  await using served = await Served.open();
  addModel(served.bench.folder, { version: "2", file: "two.onnx" });
  await served.service.loadModel("tiny@2");
  const { versions } = await call<ModelMetadataResponse>(served, "ModelMetadata", { name: "tiny" });
  assert.deepEqual(versions.toSorted(), ["1", "2"]);
});

Deno.test("messages that would become a thousand times as much are refused before that", async () => {
  await using served = await Served.open();
  const cases: [what: string, method: string, bytes: Uint8Array][] = [
    ["inputs", "ModelInfer", repeated([0x2a, 0], 100_000)],
    ["outputs", "ModelInfer", repeated([0x32, 0], 100_000)],
    ["raw contents", "ModelInfer", repeated([0x3a, 0], 100_000)],
    ["parameters", "ModelInfer", repeated([0x22, 0], 100_000)],
    ["parameters of a load", "RepositoryModelLoad", repeated([0x1a, 0], 100_000)],
    ["parameters of an unload", "RepositoryModelUnload", repeated([0x1a, 0], 100_000)],
    ["dimensions", "ModelInfer", within([0x2a], within([0x1a], repeated([1], 90_000)))],
    [
      "strings",
      "ModelInfer",
      within([0x2a], within([0x2a], repeated([0x42, 0], 90_000))),
    ],
  ];
  for (const [what, method, bytes] of cases) {
    const as = { ...OpenInference.service, [method]: sentAs(method, bytes) };
    const error = await served.callOf(as, method).then(
      () => assert.fail(`${what} were taken`),
      (error: ServiceError) => error,
    );
    assert.equal(error.code, status.OUT_OF_RANGE, `${what}: ${error.details}`);
  }
  const as = { ...OpenInference.service, ModelInfer: sentAs("ModelInfer", new Uint8Array([0x0b])) };
  await assert.rejects(served.callOf(as, "ModelInfer"), { code: status.INVALID_ARGUMENT });
});

/** A method whose request is these bytes. */
function sentAs(method: string, bytes: Uint8Array) {
  const definition = (OpenInference.service as ServiceDefinition)[method]!;
  return { ...definition, requestSerialize: () => Buffer.from(bytes) };
}

function repeated(unit: readonly number[], bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => unit[i % unit.length]!);
}

/** A field of one message within another; its length takes three bytes. */
function within(tag: readonly number[], bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  return Uint8Array.from([
    ...tag,
    length & 127 | 128,
    length >> 7 & 127 | 128,
    length >> 14,
    ...bytes,
  ]);
}
