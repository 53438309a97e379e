import assert from "node:assert/strict";
import { givenBytes, ownBytes } from "./bytes.ts";

Deno.test("bytes are copied only when they share their buffer", () => {
  const alone = new Uint8Array([1, 2, 3]);
  assert.equal(ownBytes(alone).buffer, alone.buffer);
  const part = alone.subarray(1);
  const own = ownBytes(part);
  assert.deepEqual(own, new Uint8Array([2, 3]));
  assert.equal(own.buffer.byteLength, 2);
  assert.notEqual(own.buffer, alone.buffer);
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  assert.ok(ownBytes(shared).buffer instanceof ArrayBuffer);
});

Deno.test("bytes that are nearly all of their buffer are given away with it, others are copied", () => {
  const message = new Uint8Array(10_000);
  const image = message.subarray(40, 9990);
  const given = givenBytes(image);
  assert.equal(given.buffer, message.buffer);
  assert.deepEqual([given.byteOffset, given.length], [40, 9950]);
  for (const part of [message.subarray(0, 5000), message.subarray(0, 9), new Uint8Array(9)]) {
    const copy = givenBytes(part);
    assert.notEqual(copy.buffer, part.buffer);
    assert.deepEqual(copy, part);
  }
  assert.ok(givenBytes(new Uint8Array(new SharedArrayBuffer(5000))).buffer instanceof ArrayBuffer);
});
