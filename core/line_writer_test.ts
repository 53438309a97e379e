import assert from "node:assert/strict";
import { LineWriter } from "./line_writer.ts";

/** A stream that takes so many bytes at a time, each time when it is told to. */
class Slow {
  text = "";
  #gate = Promise.withResolvers<void>();

  constructor(private readonly bytesMax = Infinity) {}

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate.promise;
    const taken = bytes.subarray(0, this.bytesMax);
    this.text += new TextDecoder().decode(taken);
    return taken.length;
  }

  open(): void {
    this.#gate.resolve();
  }
}

const lost = (lines: number) => `lost ${lines}`;

Deno.test("lines are written in order, however little is taken at once", async () => {
  const stream = new Slow(3);
  const writer = new LineWriter(stream, lost);
  for (const line of ["one", "two", "three"]) writer.write(line);
  stream.open();
  await writer.flush();
  writer.write("four");
  await writer.flush();
  assert.equal(stream.text, "one\ntwo\nthree\nfour\n");
});

Deno.test("what a stream does not take is lost and counted, not waited for", async () => {
  const stream = new Slow();
  const writer = new LineWriter(stream, lost, 10);
  for (let n = 0; n < 9; n++) writer.write(`line${n}`);
  stream.open();
  await writer.flush();
  assert.equal(stream.text, "line0\nline1\nlost 7\n");
  writer.write("again");
  await writer.flush();
  assert.equal(stream.text, "line0\nline1\nlost 7\nagain\n");
});

Deno.test("a reader that has gone is no fault", async () => {
  const writer = new LineWriter({ write: () => Promise.reject(new Error("EPIPE")) }, lost);
  writer.write("one");
  await writer.flush();
  writer.write("two");
  await writer.flush();
});
