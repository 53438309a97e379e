import assert from "node:assert/strict";
import { Histogram, LATENCY_BUCKETS } from "./histogram.ts";

Deno.test("a duration counts in the first bucket that it fits, its end among them", () => {
  const histogram = new Histogram([0.1, 1]);
  for (const seconds of [0, 0.1, 0.100001, 1, 1.5, 100]) histogram.add(seconds);
  assert.deepEqual(histogram.counts, [2, 2, 2]);
  assert.equal(histogram.sum.toFixed(6), "102.700001");
});

Deno.test("latencies have buckets from a millisecond to ten seconds", () => {
  assert.deepEqual([LATENCY_BUCKETS[0], LATENCY_BUCKETS.at(-1)], [0.001, 10]);
  assert.deepEqual(LATENCY_BUCKETS, LATENCY_BUCKETS.toSorted((a, b) => a - b));
});
