/** How a server is judged that was offered more than it can carry. */

import assert from "node:assert/strict";
import type { Measured } from "./job.ts";
import { judge, type Step } from "./overload.ts";
import type { Target } from "./target.ts";

function step(server: Target["name"], multiple: number, more: Partial<Measured> = {}): Step {
  const none = { p50: null, p95: null, p99: null };
  const measured: Measured = {
    offered: 3000,
    accepted: 1000,
    answered: 1000,
    inTime: 1000,
    expired: 0,
    errors: {},
    refused: { RESOURCE_EXHAUSTED: { count: 2000, latencyMs: none, early: 2000 } },
    throughput: 100,
    goodput: 100,
    latencyMs: none,
    lateMs: none,
    replyBytes: 0,
    windowSec: 10,
    serverSec: 1,
    generatorSec: 1,
    othersSec: 0,
    ...more,
  };
  return { server, multiple, measured };
}

function kept(steps: readonly Step[]): boolean[] {
  return judge({ model: "m", capacity: 100, steps }, 2, 2).map(({ isKept }) => isKept);
}

Deno.test("one that stands is found to stand", () => {
  assert.deepEqual(kept([step("smarteye", 1), step("smarteye", 2)]), [true, true, true, true]);
});

Deno.test("each failing is told by itself", () => {
  const early = {
    RESOURCE_EXHAUSTED: { ...step("smarteye", 2).measured.refused["RESOURCE_EXHAUSTED"]! },
  };
  const judged = (more: Partial<Measured>) =>
    kept([step("smarteye", 1), step("smarteye", 2, more)]);
  assert.deepEqual(judged({ inTime: 998 }), [false, true, true, true]);
  assert.deepEqual(judged({ inTime: 999 }), [true, true, true, true]);
  assert.deepEqual(judged({ goodput: 94 }), [true, false, true, true]);
  assert.deepEqual(
    judged({ refused: { RESOURCE_EXHAUSTED: { ...early.RESOURCE_EXHAUSTED, early: 1900 } } }),
    [true, true, false, true],
  );
  assert.deepEqual(judged({ errors: { INTERNAL: 1 } }), [true, true, true, false]);
});

Deno.test("the peak may be at any load, and is the server's own", () => {
  const steps = (goodput: number) => [
    step("smarteye", 1.5, { goodput }),
    step("triton", 1.5, { goodput: 500 }),
    step("smarteye", 2),
    step("triton", 2, { goodput: 90 }),
  ];
  assert.deepEqual(kept(steps(104)), [true, true, true, true, true]);
  assert.deepEqual(kept(steps(110)), [true, false, true, true, true]);
});

Deno.test("what the generator takes of the cores is no fault of the server's", () => {
  const at = (
    goodput: number,
  ) => [step("smarteye", 1), step("smarteye", 2, { goodput, generatorSec: 2.9 })];
  assert.deepEqual(kept(at(90)), [true, true, true, true]); // 1.9 cores were left, then 1.71
  assert.deepEqual(kept(at(85)), [true, false, true, true]);
});

Deno.test("beside another server, its goodput is the least", () => {
  const steps = [step("smarteye", 2), step("triton", 2, { goodput: 101 })];
  assert.deepEqual(kept(steps), [true, true, true, false, true]);
});
