/** What many calls come to. */

import assert from "node:assert/strict";
import { type Call, isError, isRefusal, shareEarly, shareInTime, summarise } from "./summary.ts";

const WINDOW = { deadlineMs: 200, windowMs: 2000 };

function call(status: string, tookMs: number, more: Partial<Call> = {}): Call {
  const [dueAtMs, bytes] = [1000, status === "OK" ? 300 : 0];
  return { dueAtMs, sentAtMs: 1000, endedAtMs: 1000 + tookMs, status, bytes, ...more };
}

Deno.test("calls are counted by how they ended", () => {
  const summary = summarise([
    ...[call("OK", 100), call("OK", 200), call("OK", 201)],
    ...[call("RESOURCE_EXHAUSTED", 2), call("RESOURCE_EXHAUSTED", 20)],
    ...[call("RESOURCE_EXHAUSTED", 21), call("UNAVAILABLE", 150)],
    ...[call("DEADLINE_EXCEEDED", 200), call("INTERNAL", 1), call("INTERNAL", 1)],
  ], WINDOW);
  assert.equal(summary.offered, 10);
  assert.equal(summary.accepted, 6);
  assert.equal(summary.answered, 3);
  assert.equal(summary.inTime, 2);
  assert.equal(summary.expired, 1);
  assert.deepEqual(summary.errors, { INTERNAL: 2 });
  assert.equal(summary.throughput, 1.5);
  assert.equal(summary.goodput, 1);
  assert.equal(summary.replyBytes, 300);
  assert.deepEqual(summary.refused, {
    RESOURCE_EXHAUSTED: { count: 3, latencyMs: { p50: 20, p95: 21, p99: 21 }, early: 2 },
    UNAVAILABLE: { count: 1, latencyMs: { p50: 150, p95: 150, p99: 150 }, early: 0 },
  });
  assert.equal(shareInTime(summary), 2 / 6);
  assert.equal(shareEarly(summary), 2 / 4);
});

Deno.test("latency counts from when a call was due, however late it was sent", () => {
  const late = call("OK", 0, { dueAtMs: 500, sentAtMs: 740, endedAtMs: 750 });
  const summary = summarise([late], WINDOW);
  assert.equal(summary.latencyMs.p50, 250);
  assert.equal(summary.lateMs.p99, 240);
  assert.equal(summary.inTime, 0);
});

Deno.test("of a hundred answers, percentiles are those of the nearest rank", () => {
  const calls = Array.from({ length: 100 }, (_, i) => call("OK", 100 - i));
  assert.deepEqual(summarise(calls, WINDOW).latencyMs, { p50: 50, p95: 95, p99: 99 });
});

Deno.test("of nothing, nothing is told", () => {
  const summary = summarise([], WINDOW);
  assert.equal(summary.throughput, 0);
  assert.deepEqual(summary.latencyMs, { p50: null, p95: null, p99: null });
  assert.equal(summary.replyBytes, 0);
  assert.equal(shareInTime(summary), 1);
  assert.equal(shareEarly(summary), 1);
});

Deno.test("a status is an answer, a refusal, the deadline, or an error", () => {
  const statuses = ["OK", "RESOURCE_EXHAUSTED", "UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL"];
  assert.deepEqual(statuses.map(isRefusal), [false, true, true, false, false]);
  assert.deepEqual(statuses.map(isError), [false, false, false, false, true]);
});
