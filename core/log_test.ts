import assert from "node:assert/strict";
import { OncePerSecond, oneLine } from "./log.ts";

Deno.test("what happens often is said at once, then with its count", () => {
  const said: string[] = [];
  const told = new OncePerSecond((message) => said.push(message));
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

Deno.test("the count is said a second after the first time", () => {
  const { setTimeout } = globalThis;
  const timers: [run: () => void, ms: number][] = [];
  globalThis.setTimeout = ((run: () => void, ms: number) => timers.push([run, ms])) as never;
  const said: string[] = [];
  try {
    const told = new OncePerSecond((message) => said.push(message));
    for (let i = 0; i < 5; i++) told.tell("dropped");
    assert.deepEqual(timers.map(([, ms]) => ms), [1000], "one timer, however often it happens");
    timers[0]![0]();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assert.deepEqual(said, ["dropped", "dropped (×4 more)"]);
});

Deno.test("what a stranger sent neither begins a line of its own nor moves the cursor", () => {
  const forged = 'no model "x\n00:00:00 [error] forged\x1b[31m\u202e"\n';
  assert.equal(oneLine(forged, "info"), 'no model "x 00:00:00 [error] forged [31m "\n');
  assert.equal(oneLine("x".repeat(100_000), "info").length, 2001);
  assert.equal(oneLine("it threw\n  at f (a.ts:1)\n", "debug"), "it threw\n  at f (a.ts:1)\n");
});
