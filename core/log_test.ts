import assert from "node:assert/strict";
import { reset } from "@logtape/logtape";
import { FakeClock } from "./fake_clock.ts";
import { logger, oneLine, startLogging, Thinned } from "./log.ts";

Deno.test("what happens often is said at once, then with its count", () => {
  const said: string[] = [];
  const told = new Thinned((message) => said.push(message));
  for (const detail of ["s1", "s2", "s3"]) told.tell("a server refused", detail);
  told.tell("the queue is full");
  assert.deepEqual(said.splice(0), ["a server refused: s1", "the queue is full"]);
  told.flush();
  assert.deepEqual(said.splice(0), ["a server refused (×2 more): s3"]);
  told.flush();
  assert.deepEqual(said, [], "once is enough");
  told.tell("a server refused");
  assert.deepEqual(said, ["a server refused"], "a new second begins");
  told.flush();
});

Deno.test("the count is said a second after the first time", async () => {
  const clock = new FakeClock();
  const said: string[] = [];
  const told = new Thinned((message) => said.push(message), 1000, clock);
  for (let i = 0; i < 5; i++) told.tell("dropped");
  assert.equal(clock.sleeping, 1, "one timer, however often it happens");
  await clock.advance(999);
  assert.deepEqual(said, ["dropped"]);
  await clock.advance(1);
  assert.deepEqual(said, ["dropped", "dropped (×4 more)"]);
  told.tell("dropped");
  told.flush();
  assert.equal(clock.sleeping, 0, "no timer outlives what there is to say");
});

Deno.test("what a stranger sent neither begins a line of its own nor moves the cursor", () => {
  const forged = 'no model "x\n00:00:00 [error] forged\x1b[31m\u202e"\n';
  assert.equal(oneLine(forged, "info"), 'no model "x 00:00:00 [error] forged [31m "\n');
  assert.equal(oneLine("x".repeat(100_000), "info").length, 2001);
  assert.equal(oneLine("it threw\n  at f (a.ts:1)\n", "debug"), "it threw\n  at f (a.ts:1)\n");
});

Deno.test("a line holds no password, not even one that its end cuts in two", () => {
  for (const level of ["info", "debug"] as const) {
    for (let before = 0; before < 9000; before += 10) {
      const line = oneLine(`${"x ".repeat(before / 2)}rtsp://me:sesame@host/`, level);
      assert.ok(!line.includes("ses"), `after ${before} characters at ${level}`);
    }
  }
});

Deno.test("a line of a million characters is cut before it is read", () => {
  for (const level of ["info", "debug"] as const) {
    for (const word of ["a", "a://b:"]) {
      const beganAtMs = performance.now();
      oneLine(word.repeat(1_000_000 / word.length), level);
      const tookMs = performance.now() - beganAtMs;
      assert.ok(tookMs < 1000, `${word} took ${tookMs} ms at ${level}`);
    }
  }
});

Deno.test("no line is lost to a pipe that is full for a moment, or breaks anything when it is gone", async () => {
  let text = "";
  let calls = 0;
  const stream = {
    writeSync(bytes: Uint8Array) {
      if (++calls > 60) throw new Deno.errors.BrokenPipe("Broken pipe");
      if (calls % 2 === 0) throw new Deno.errors.WouldBlock("Resource temporarily unavailable");
      text += new TextDecoder().decode(bytes.subarray(0, 20));
      return Math.min(20, bytes.length);
    },
  };
  await startLogging("info", () => {}, stream);
  try {
    for (const name of ["one", "two", "three"]) logger("test").info("line {name}", { name });
    assert.match(text, /line one\n.*line two\n.*line three\n$/);
    for (let i = 0; i < 60; i++) logger("test").info("and on");
    assert.equal(calls, 61, "a reader that has gone is not tried again");
  } finally {
    await reset();
  }
});
