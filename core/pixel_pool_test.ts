import assert from "node:assert/strict";
import { PixelPool } from "./pixel_pool.ts";

Deno.test("a buffer that was given back is taken again, by its length", () => {
  const pool = new PixelPool({ buffersMax: 4, bytesMax: 1000 });
  const [small, large] = [pool.take(10), pool.take(20)];
  pool.giveBack(small.buffer);
  pool.giveBack(large.buffer);
  assert.equal(pool.bytes, 30);
  assert.equal(pool.take(20).buffer, large.buffer);
  assert.notEqual(pool.take(20).buffer, large.buffer, "it is in use");
  assert.equal(pool.take(10).buffer, small.buffer);
  assert.equal(pool.bytes, 0);
});

Deno.test("what is kept is bounded in number and in bytes; the oldest goes first", () => {
  const pool = new PixelPool({ buffersMax: 2, bytesMax: 100 });
  const buffers = [10, 20, 30].map((length) => pool.take(length).buffer);
  for (const buffer of buffers) pool.giveBack(buffer);
  assert.equal(pool.bytes, 50);
  assert.notEqual(pool.take(10).buffer, buffers[0]);
  pool.giveBack(pool.take(80).buffer);
  assert.equal(pool.bytes, 80);
  pool.giveBack(pool.take(101).buffer);
  assert.equal(pool.bytes, 0, "larger than all that it may hold");
});

Deno.test("a buffer that is elsewhere by now is not kept", () => {
  const pool = new PixelPool({ buffersMax: 2, bytesMax: 100 });
  const { buffer } = pool.take(10);
  structuredClone(buffer, { transfer: [buffer] });
  pool.giveBack(buffer);
  assert.equal(pool.take(10).length, 10);
});

Deno.test("what nobody has asked for, or not for long, is not kept", () => {
  const pool = new PixelPool({ buffersMax: 100, bytesMax: 1e6 });
  pool.giveBack(new ArrayBuffer(10));
  assert.equal(pool.bytes, 0);
  for (let length = 1; length <= 17; length++) pool.take(length);
  pool.giveBack(new ArrayBuffer(1));
  assert.equal(pool.bytes, 0, "16 others were asked for since");
  pool.giveBack(new ArrayBuffer(2));
  assert.equal(pool.bytes, 2);
});
