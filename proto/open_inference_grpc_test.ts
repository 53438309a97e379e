/** The Open Inference Protocol's messages, as what is behind the wire reads them. */

import assert from "node:assert/strict";
import { SmarteyeError } from "../core/errors.ts";
import type { ModelInferRequestMessage } from "./generated/inference/ModelInferRequest.ts";
import { OpenInference } from "./grpc_service.ts";
import type { OpenReply, OpenRequest } from "./open_inference.ts";
import {
  replyFromWire,
  replyToWire,
  requestFromWire,
  requestToWire,
} from "./open_inference_grpc.ts";
import type { OpenTensor } from "./open_inference_tensors.ts";

const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } =
  OpenInference.service.ModelInfer;

/** A request as a server has it that was sent this message. */
const received = (message: ModelInferRequestMessage) =>
  requestFromWire(requestDeserialize(requestSerialize(message)));

/** Every type, at its ends. */
const NUMBERS: readonly OpenTensor[] = [
  { name: "bool", type: "bool", dims: [2], data: new Uint8Array([1, 0]) },
  { name: "uint8", type: "uint8", dims: [2], data: new Uint8Array([0, 255]) },
  { name: "uint16", type: "uint16", dims: [1, 2], data: new Uint16Array([0, 65_535]) },
  { name: "uint32", type: "uint32", dims: [2], data: new Uint32Array([0, 4_294_967_295]) },
  {
    name: "uint64",
    type: "uint64",
    dims: [3],
    data: new BigUint64Array([0n, 2n ** 53n + 1n, 2n ** 64n - 1n]),
  },
  { name: "int8", type: "int8", dims: [2], data: new Int8Array([-128, 127]) },
  { name: "int16", type: "int16", dims: [2], data: new Int16Array([-32_768, 32_767]) },
  {
    name: "int32",
    type: "int32",
    dims: [2],
    data: new Int32Array([-2_147_483_648, 2_147_483_647]),
  },
  {
    name: "int64",
    type: "int64",
    dims: [3],
    data: new BigInt64Array([-(2n ** 63n), 2n ** 53n + 1n, 2n ** 63n - 1n]),
  },
  {
    name: "float32",
    type: "float32",
    dims: [2, 2],
    data: new Float32Array([-0, NaN, Infinity, 0.1]),
  },
  { name: "float64", type: "float64", dims: [2], data: new Float64Array([0.1, -Infinity]) },
  { name: "nothing", type: "float32", dims: [0, 4], data: new Float32Array() },
  { name: "one", type: "float32", dims: [], data: new Float32Array([7]) },
];

const HALVES: OpenTensor = {
  name: "float16",
  type: "float16",
  dims: [3],
  data: new Float16Array([0.5, -65_504, NaN]),
};

const STRINGS: OpenTensor = {
  name: "bytes",
  type: "bytes",
  dims: [3],
  data: [new Uint8Array([1, 2]), new Uint8Array(), new Uint8Array([255])],
};

/** The same, whatever memory it lies in. */
const plain = (tensors: readonly OpenTensor[]) =>
  tensors.map((tensor) => ({
    ...tensor,
    data: tensor.type === "bytes" ? tensor.data.map((one) => [...one]) : [...tensor.data],
  }));

const REQUEST: OpenRequest = {
  model: "m",
  version: "2",
  id: "seven",
  inputs: [...NUMBERS, HALVES, STRINGS],
  outputs: ["a", "b"],
  parameters: { scoreThreshold: 0.25, priority: "background", timeoutMs: 1.5 },
};

Deno.test("a request is the same behind the wire, in every type", () => {
  const { request, isRaw } = received(requestToWire(REQUEST));
  assert.equal(isRaw, true);
  assert.deepEqual({ ...request, inputs: plain(request.inputs) }, {
    ...REQUEST,
    inputs: plain(REQUEST.inputs),
  });
});

Deno.test("an answer is the same behind the wire, as bytes and as values", () => {
  for (const outputs of [[...NUMBERS, STRINGS], [...NUMBERS, HALVES, STRINGS]]) {
    for (const isRaw of [true, false]) {
      const reply: OpenReply = { model: "m", version: "2", id: "", outputs };
      const wire = responseDeserialize(responseSerialize(replyToWire(reply, isRaw)));
      const hasBytes: boolean = isRaw || outputs.includes(HALVES);
      assert.equal(wire.rawOutputContents.length, hasBytes ? outputs.length : 0);
      assert.ok(wire.outputs.every(({ contents }) => (contents === null) === hasBytes));
      const back = replyFromWire(wire);
      assert.deepEqual({ ...back, outputs: plain(back.outputs) }, {
        ...reply,
        outputs: plain(outputs),
      });
    }
  }
});

Deno.test("values are taken for each type, and what it cannot hold is refused", () => {
  const sent = (datatype: string, contents: object, shape: readonly (number | string)[] = [1]) =>
    received({ inputs: [{ name: "x", datatype, shape: [...shape], contents }] }).request.inputs;
  const [taken] = sent("INT64", { int64Contents: ["-9223372036854775808"] });
  assert.deepEqual([...taken!.data], [-(2n ** 63n)]);
  const cases: [datatype: string, contents: object, told: RegExp][] = [
    ["INT8", { intContents: [300] }, /300 is no INT8/],
    ["UINT16", { uintContents: [65_536] }, /65536 is no UINT16/],
    ["FP16", { fp32Contents: [1] }, /half precision is wanted in raw_input_contents/],
    ["FP32", { fp64Contents: [1] }, /0 values in fp32_contents/],
    ["INT32", { intContents: [1, 2] }, /INT32 \[1\] and came with 2 values in int_contents/],
    ["BF16", {}, /"BF16", one of BOOL, /],
  ];
  for (const [datatype, contents, told] of cases) {
    assert.throws(
      () => sent(datatype, contents),
      (error) =>
        error instanceof SmarteyeError && error.code === "invalid_argument" &&
        told.test(error.message),
      datatype,
    );
  }
  assert.throws(() => sent("FP32", {}, ["9223372036854775807"]), /whole numbers from 0 are wanted/);
});
