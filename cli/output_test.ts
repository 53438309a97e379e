import assert from "node:assert/strict";
import { streamOutput } from "./output.ts";

/** A stream that takes a few bytes at a time, as a pipe may. */
function fakeStream(fail: () => void = () => {}) {
  const taken: number[] = [];
  return {
    taken,
    isTerminal: () => false,
    writeSync(bytes: Uint8Array) {
      fail();
      taken.push(...bytes.subarray(0, 3));
      return Math.min(3, bytes.length);
    },
    text: () => new TextDecoder().decode(new Uint8Array(taken)),
  };
}

Deno.test("all bytes are written, without a URL's password", () => {
  const stream = fakeStream();
  streamOutput(stream).write("läuft: rtsp://u:hunter2@h/1\n");
  assert.equal(stream.text(), "läuft: rtsp://u:***@h/1\n");
});

Deno.test("a reader that has gone is no error", () => {
  let calls = 0;
  const output = streamOutput(fakeStream(() => {
    calls++;
    throw new Deno.errors.BrokenPipe("Broken pipe");
  }));
  output.write("one\n");
  output.write("two\n");
  assert.equal(calls, 1, "it is not tried again");
});

Deno.test("a pipe that is full for a moment is waited for", () => {
  let calls = 0;
  const stream = fakeStream(() => {
    if (calls++ === 1) throw new Deno.errors.WouldBlock("Resource temporarily unavailable");
  });
  streamOutput(stream).write("abcdef");
  assert.equal(stream.text(), "abcdef");
});
