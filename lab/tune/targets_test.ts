import assert from "node:assert/strict";
import type { MeasuredPoint } from "./measured_point.ts";
import { chosen, nearest, shortfalls, type Targets } from "./targets.ts";

/** A point with so many bytes of a frame, at 10 frames a second. */
function point(bytes: number, share: number, p95Ms: number, said: Partial<MeasuredPoint> = {}) {
  return {
    ...{ model: "m", encoding: bytes === 0 ? undefined : { height: bytes, quality: 80 } },
    ...{ f1: 0.8 * share, share, bytes, bytesPerSec: 10 * bytes, meanMs: p95Ms / 2, p95Ms },
    ...{ answered: Number.isFinite(p95Ms) ? 1 : 0.5 },
    ...said,
  } satisfies MeasuredPoint;
}

const wanted = (said: Partial<Targets>): Targets => (
  { accuracy: undefined, latencyMs: undefined, bytesPerSec: undefined, ...said }
);

const HERE = point(0, 0.7, 40);
const BEHIND = point(0, 1, Infinity);
const SMALL = point(100, 0.9, 90);
const QUICK = point(100, 0.9, 80);
const LARGE = point(400, 1, 200);
const ALL = [HERE, BEHIND, SMALL, QUICK, LARGE];

const CHOICES: readonly (readonly [string, Partial<Targets>, MeasuredPoint | undefined])[] = [
  ["enough accuracy: the cheapest, then the quickest", { accuracy: 0.9 }, QUICK],
  ["less is enough: nothing is sent", { accuracy: 0.7 }, HERE],
  ["all of it: not what falls behind", { accuracy: 1 }, LARGE],
  ["in time: the most accurate", { latencyMs: 200 }, LARGE],
  ["in less time: the cheapest of the most accurate", { latencyMs: 90 }, QUICK],
  ["few bytes: the most accurate", { bytesPerSec: 3999 }, QUICK],
  ["exactly so many", { bytesPerSec: 4000 }, LARGE],
  ["all of several", { accuracy: 0.8, latencyMs: 85, bytesPerSec: 1000 }, QUICK],
  ["two that exclude each other", { accuracy: 1, bytesPerSec: 1000 }, undefined],
  ["nothing is that quick", { latencyMs: 39 }, undefined],
];
for (const [name, said, expected] of CHOICES) {
  Deno.test(`chosen: ${name}`, () => assert.equal(chosen(ALL, wanted(said)), expected));
}

Deno.test("shortfalls: which target is missed, and by which share of it", () => {
  const all = wanted({ accuracy: 0.8, latencyMs: 80, bytesPerSec: 2000 });
  assert.deepEqual(shortfalls(QUICK, all), []);
  assert.deepEqual(shortfalls(LARGE, all), [
    { target: "latency", found: 200, wanted: 80, by: 1.5 },
    { target: "bytes", found: 4000, wanted: 2000, by: 1 },
  ]);
  assert.deepEqual(shortfalls(BEHIND, all).map(({ target }) => target), ["frames"]);
  const [short] = shortfalls(HERE, all);
  assert.deepEqual([short?.target, short?.by.toFixed(3)], ["accuracy", "0.125"]);
});

Deno.test("nearest: misses its worst target by least, and keeps up where one does", () => {
  assert.equal(nearest(ALL, wanted({ latencyMs: 39 })), HERE);
  assert.equal(nearest(ALL, wanted({ accuracy: 1, bytesPerSec: 900 })), SMALL, "11 % and 10 %");
  assert.equal(nearest([BEHIND], wanted({ latencyMs: 39 })), BEHIND);
  assert.equal(nearest([], wanted({ latencyMs: 39 })), undefined);
});
