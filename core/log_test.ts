import assert from "node:assert/strict";
import { OncePerSecond } from "./log.ts";

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
