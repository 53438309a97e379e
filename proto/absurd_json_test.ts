/** JSON that nobody sends in good faith, as the body of an inference. */

import assert from "node:assert/strict";
import { refused } from "../tests/fakes/refused.ts";
import { requestOfBody } from "./open_inference_http.ts";

const DEEP = "[".repeat(200_000) + "]".repeat(200_000);

const bodyOf = (text: string) => new TextEncoder().encode(text);

function ask(text: string, jsonLength: string | null = null) {
  return requestOfBody(bodyOf(text), jsonLength, { name: "m", version: "" });
}

/** A body with one input. */
function input(said: string, shape = "[1]"): string {
  return `{"inputs":[{"name":"x","datatype":"FP32","shape":${shape},${said}}]}`;
}

Deno.test("what is deeper than the stack is refused as any other value", async () => {
  for (
    const text of [
      DEEP,
      input(`"data":${DEEP}`),
      input(`"data":[{"a":${DEEP}}]`),
      input(`"parameters":{"binary_data_size":${DEEP}}`),
      `{"inputs":[],"parameters":{"timeout":${DEEP}}}`,
    ]
  ) assert.ok((await refused(() => ask(text), "invalid_argument")).length < 300);
});

Deno.test("what is many is counted before it is looked into", async () => {
  const many = (one: string, n: number) => `[${new Array(n).fill(one).join(",")}]`;
  const one = '{"name":"x","datatype":"FP32","shape":[0],"data":[]}';
  const none = '"data":[1]';
  const strings = (n: number) =>
    `{"inputs":[{"name":"x","datatype":"BYTES","shape":[${n}],"data":${many('""', n)}}]}`;
  assert.equal(ask(`{"inputs":${many(one, 256)}}`).request.inputs.length, 256);
  assert.equal(ask(strings(1024)).request.inputs[0]!.data.length, 1024);
  const parameters = Array.from({ length: 1025 }, (_, i) => `"k${i}":1`).join(",");
  for (
    const text of [
      `{"inputs":[],"parameters":{${parameters}}}`,
      `{"inputs":${many(one, 257)}}`,
      `{"inputs":[],"outputs":${many('{"name":"x"}', 257)}}`,
      input(none, many("1", 65)),
      strings(1025),
      '{"inputs":[],"parameters":[]}',
      '{"inputs":[],"parameters":null}',
    ]
  ) await refused(() => ask(text), "invalid_argument");
  const began = performance.now();
  await refused(() => ask(`{"inputs":${many(one, 150_000)}}`), "invalid_argument");
  assert.ok(performance.now() - began < 1000, "others are not served meanwhile");
});

Deno.test("sizes are whole numbers from 0, written as digits", async () => {
  const back = '{"name":"y","datatype":"FP32","shape":[0],"parameters":{"binary_data_size":-4}}';
  const ahead = '{"name":"z","datatype":"UINT8","shape":[4],"parameters":{"binary_data_size":4}}';
  const told = await refused(() => ask(`{"inputs":[${back},${ahead}]}`), "invalid_argument");
  assert.match(told, /says that it has -4 bytes/);
  const text = '{"inputs":[]}';
  assert.ok(ask(text, String(text.length)));
  for (const length of ["", "1e1", "0xd", "-0", "+13", "13.0"]) {
    const told = await refused(() => ask(text, length), "invalid_argument");
    assert.match(told, /inference-header-content-length is/);
  }
});
