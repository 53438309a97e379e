import assert from "node:assert/strict";
import { refused } from "../tests/fakes/refused.ts";
import { bodyOfReply, requestOfBody } from "./open_inference_http.ts";
import { bytesOfTensor, type OpenTensor } from "./open_inference_tensors.ts";

const MODEL = { name: "m", version: "" };
const encoder = new TextEncoder();

/** A body of JSON, with bytes behind it. */
function body(
  said: unknown,
  ...behind: Uint8Array[]
): [bytes: Uint8Array, jsonLength: string | null] {
  const json = encoder.encode(JSON.stringify(said));
  const bytes = new Uint8Array([...json, ...behind.flatMap((one) => [...one])]);
  return [bytes, behind.length > 0 ? String(json.length) : null];
}

const request = (...given: Parameters<typeof body>) =>
  requestOfBody(...body(...given), MODEL).request;

Deno.test("tensors come as JSON, flat or nested, and as bytes behind it", () => {
  const { inputs, id } = request(
    {
      id: "seven",
      inputs: [
        { name: "flat", datatype: "FP32", shape: [2, 2], data: [1, 2.5, 3, 4] },
        { name: "nested", datatype: "INT64", shape: [2, 2], data: [[1, 2], [3, -4]] },
        { name: "bytes", datatype: "UINT8", shape: [3], parameters: { binary_data_size: 3 } },
        { name: "half", datatype: "FP16", shape: [1], parameters: { binary_data_size: 2 } },
        { name: "truth", datatype: "BOOL", shape: [2], data: [true, false] },
        { name: "words", datatype: "BYTES", shape: [2], data: ["ä", ""] },
        {
          ...{ name: "file", datatype: "BYTES", shape: [1], data: ["AQID"] },
          parameters: { content_type: "base64" },
        },
      ],
    },
    new Uint8Array([7, 8, 9]),
    new Uint8Array([0, 0x3c]),
  );
  assert.equal(id, "seven");
  const [flat, nested, bytes, half, truth, words, file] = inputs;
  assert.deepEqual(flat!.data, new Float32Array([1, 2.5, 3, 4]));
  assert.deepEqual(nested!.data, new BigInt64Array([1n, 2n, 3n, -4n]));
  assert.deepEqual(bytes!.data, new Uint8Array([7, 8, 9]));
  assert.deepEqual(Array.from(half!.data as Float16Array), [1]);
  assert.deepEqual(truth!.data, new Uint8Array([1, 0]));
  assert.deepEqual(words!.data, [encoder.encode("ä"), new Uint8Array()]);
  assert.deepEqual(file!.data, [new Uint8Array([1, 2, 3])]);
});

Deno.test("a body that is no request is refused with what was found", async () => {
  const input = (said: object) => ({
    inputs: [{ name: "x", datatype: "INT8", shape: [2], ...said }],
  });
  const cases: [what: string, said: unknown, told: RegExp, behind?: Uint8Array][] = [
    ["no object", [], /is not a request/],
    ["no inputs", {}, /inputs/],
    ["no data", input({}), /has neither data nor binary_data_size/],
    ["too little data", input({ data: [1] }), /came with 1 values/],
    ["a word", input({ data: [1, "2"] }), /has the value 2, INT8/],
    ["a fraction", input({ data: [1, 2.5] }), /has the value 2\.5, INT8/],
    ["out of range", input({ data: [1, 200] }), /has the value 200, INT8/],
    ["null", input({ data: [1, null] }), /has the value null, INT8/],
    ["an absurd shape", input({ shape: [1e300], data: [] }), /whole numbers/],
    ["half precision as JSON", input({ datatype: "FP16", data: [1, 2] }), /as bytes is wanted/],
    [
      "bytes that are not there",
      input({ parameters: { binary_data_size: 2 } }),
      /2 bytes, 0 are left/,
    ],
    ["fewer bytes than none", input({ parameters: { binary_data_size: -1 } }), /has -1 bytes/],
    [
      "data twice",
      input({ data: [1, 2], parameters: { binary_data_size: 0 } }),
      /both data and binary/,
    ],
    ["another nesting", input({ shape: [2, 3], data: [[1, 2], [3, 4], [5, 6]] }), /nested in an/],
    ["half nested", input({ data: [1, [2]] }), /nested in another way/],
    ["a rank of 65", input({ shape: Array(65).fill(1) }), /shape/],
    ["no room in single precision", input({ datatype: "FP32", data: [1, 1e39] }), /value 1e\+39/],
    ["a number for truth", input({ datatype: "BOOL", data: [true, 7] }), /has the value 7, BOOL/],
    [
      "no base64",
      input({ datatype: "BYTES", data: ["*", ""], parameters: { content_type: "base64" } }),
      /no base64/,
    ],
    [
      "another encoding",
      input({ datatype: "BYTES", data: ["a", ""], parameters: { content_type: "hex" } }),
      /content_type "hex", str or base64/,
    ],
    ["an object", input({ data: [1, { toString: 1 }] }), /has the value {…}/],
    ["a size that is none", input({ parameters: { binary_data_size: "2" } }), /"2" bytes/],
    ["bytes that nobody wants", input({ data: [1, 2] }), /3 bytes are behind/, new Uint8Array(3)],
    [
      "a wrong parameter",
      { ...input({ data: [1, 2] }), parameters: { timeout: "soon" } },
      /timeout/,
    ],
  ];
  for (const [what, said, told, behind] of cases) {
    const reading = () => Promise.try(request, said, ...(behind ? [behind] : []));
    assert.match(await refused(reading, "invalid_argument"), told, what);
  }
  const broken = () => Promise.try(requestOfBody, encoder.encode("{"), null, MODEL);
  assert.match(await refused(broken, "invalid_argument"), /JSON in UTF-8 is wanted/);
  for (const length of ["-1", "3", "x", "1.5"]) {
    const lying = () => Promise.try(requestOfBody, encoder.encode("{}"), length, MODEL);
    assert.match(await refused(lying, "invalid_argument"), /0 to 2 bytes are there/);
  }
});

Deno.test("an answer goes as JSON, or as bytes where they are asked for", async () => {
  const outputs: OpenTensor[] = [
    { name: "scores", type: "float32", dims: [2], data: new Float32Array([0.5, 1]) },
    { name: "ids", type: "int64", dims: [1], data: new BigInt64Array([2n ** 60n + 1n]) },
    { name: "labels", type: "bytes", dims: [1], data: [encoder.encode("car")] },
  ];
  const reply = { model: "m", version: "1", id: "", outputs };
  const plain = bodyOfReply(reply, { others: false, named: new Map() });
  assert.equal(plain.jsonLength, undefined);
  const text = new TextDecoder().decode(plain.bytes);
  assert.match(text, /1152921504606846977/, "to the last digit");
  assert.deepEqual(JSON.parse(text).outputs[2], {
    ...{ name: "labels", datatype: "BYTES", shape: [1], data: ["car"] },
  });
  const mixed = bodyOfReply(reply, { others: true, named: new Map([["scores", false]]) });
  const json = JSON.parse(new TextDecoder().decode(mixed.bytes.subarray(0, mixed.jsonLength)));
  assert.deepEqual(json.outputs[0].data, [0.5, 1]);
  assert.deepEqual(json.outputs[1].parameters, { binary_data_size: 8 });
  const behind = mixed.bytes.subarray(mixed.jsonLength);
  assert.deepEqual(
    behind,
    new Uint8Array([...bytesOfTensor(outputs[1]!), 3, 0, 0, 0, 99, 97, 114]),
  );
  const odd: OpenTensor = {
    name: "odd",
    type: "float32",
    dims: [1],
    data: new Float32Array([NaN]),
  };
  const telling = () =>
    Promise.try(bodyOfReply, { ...reply, outputs: [odd] }, { others: false, named: new Map() });
  assert.match(await refused(telling, "invalid_argument"), /holds NaN, which JSON cannot tell/);
});

/** A request with one INT64, by its digits. */
const sixtyFour = (digits: string, shape = "[1]") =>
  encoder.encode(
    `{"inputs":[{"name":"x","datatype":"INT64","shape":${shape},"data":[${digits}]}]}`,
  );

Deno.test("whole numbers of 64 bits are taken to the last digit", async () => {
  const { request } = requestOfBody(sixtyFour("9007199254740993,-1", "[2]"), null, MODEL);
  assert.deepEqual(request.inputs[0]!.data, new BigInt64Array([9007199254740993n, -1n]));
  for (const digits of ["9223372036854775808", "1.5", "1e300"]) {
    const taking = () => Promise.try(requestOfBody, sixtyFour(digits), null, MODEL);
    assert.match(await refused(taking, "invalid_argument"), /is INT64 \[1\] and has the value/);
  }
});

Deno.test("what is sent is not sent back, and no nesting is too deep to be refused", async () => {
  const words = { inputs: [{ name: "x", datatype: "FP32", shape: [1], data: ["x".repeat(1e6)] }] };
  const echoed = await refused(() => Promise.try(request, words), "invalid_argument");
  assert.ok(echoed.length < 500, `${echoed.length} characters`);
  const long = { inputs: [{ name: "x".repeat(1e6), datatype: "FP32", shape: [1], data: ["x"] }] };
  const named = await refused(() => Promise.try(request, long), "invalid_argument");
  const slow = { inputs: [], parameters: { timeout: "x".repeat(1e6) } };
  const timed = await refused(() => Promise.try(request, slow), "invalid_argument");
  assert.ok(named.length + timed.length < 1000, `${named.length}, ${timed.length} characters`);
  for (const datatype of ["INT64", "FP32"]) {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    const text = `{"inputs":[{"name":"x","datatype":"${datatype}","shape":[1],"data":${deep}}]}`;
    const taking = () => Promise.try(requestOfBody, encoder.encode(text), null, MODEL);
    await refused(taking, "invalid_argument");
  }
});

Deno.test("a body without JSON is an image alone", () => {
  const { request, binary } = requestOfBody(Uint8Array.of(255, 216), "0", MODEL);
  assert.deepEqual(request.inputs, [
    { name: "image", type: "bytes", dims: [1], data: [Uint8Array.of(255, 216)] },
  ]);
  assert.equal(binary.others, false);
});
