import assert from "node:assert/strict";
import { type ErrorCode, isSmarteyeError } from "../core/errors.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { readBody } from "./body.ts";

const clock = new FakeClock();

/** Reads a body that comes in pieces, one every 10 ms. */
async function read(pieces: readonly (number | Error)[], headers: HeadersInit = {}) {
  const counted: number[] = [];
  const left = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await clock.sleep(10);
      const next = left.shift();
      if (next === undefined) controller.close();
      else if (typeof next !== "number") controller.error(next);
      else controller.enqueue(new Uint8Array(next).fill(next));
    },
  }, { highWaterMark: 0 });
  const request = new Request("http://x", { method: "POST", body, headers });
  const onBytes = (bytes: number) => void counted.push(bytes);
  const limits = { bytesMax: 100, timeoutMs: 55, onBytes };
  const bytes = await clock.until(readBody(request, limits, clock));
  return { bytes: [...bytes], counted };
}

Deno.test("a body is put together from its pieces", async () => {
  assert.deepEqual(await read([1, 3, 2]), { bytes: [1, 3, 3, 3, 2, 2], counted: [1, 3, 2] });
  assert.deepEqual(await read([]), { bytes: [], counted: [] });
  assert.equal((await read([50, 50])).bytes.length, 100);
});

Deno.test("a body that is too long, too slow or broken off is given up", async () => {
  const cases: [Parameters<typeof read>, ErrorCode, RegExp][] = [
    [[[60, 60]], "payload_too_large", /more than 100 bytes, at most 100 are wanted/],
    [[[1], { "content-length": "101" }], "payload_too_large", /it has 101 bytes/],
    [[[1, 1, 1, 1, 1, 1]], "request_timeout", /5 bytes came in 55 ms/],
    [[[1, new Error("reset")]], "cancelled", /reset, the client went away/],
  ];
  for (const [asked, code, message] of cases) {
    await assert.rejects(read(...asked), (error: unknown) => {
      assert.ok(isSmarteyeError(error, code), String(error));
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("a body that comes below its least rate is given up long before its time", async () => {
  const slow = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await clock.sleep(100);
      controller.enqueue(new Uint8Array(9));
    },
  }, { highWaterMark: 0 });
  const request = new Request("http://x", { method: "POST", body: slow });
  const limits = { bytesMax: 1e6, timeoutMs: 60_000, bytesPerSecMin: 100, onBytes() {} };
  const startedAtMs = clock.nowMs();
  const reading = clock.until(readBody(request, limits, clock));
  await assert.rejects(reading, /\d+ bytes came in 1000 ms, 100 bytes a second are wanted/);
  assert.equal(clock.nowMs() - startedAtMs, 1000);
});

Deno.test("a body in very many very small pieces is refused, a few of them are not", async () => {
  const inPieces = (pieces: number, bytes: number) => {
    let left = pieces;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(new Uint8Array(bytes));
        else controller.close();
      },
    });
    const request = new Request("http://x", { method: "POST", body });
    return readBody(request, { bytesMax: 1e6, timeoutMs: 1e6, onBytes() {} }, clock);
  };
  assert.equal((await inPieces(4096, 1)).length, 4096);
  assert.equal((await inPieces(9000, 64)).length, 576_000);
  await assert.rejects(inPieces(9000, 63), /came in 4097 pieces, larger ones are wanted/);
});
