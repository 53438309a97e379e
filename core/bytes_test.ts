import assert from "node:assert/strict";
import { ownBytes } from "./bytes.ts";

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
