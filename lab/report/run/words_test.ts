import assert from "node:assert/strict";
import { countOf, durationOf, grouped, stepOf, timeOf } from "./words.ts";

Deno.test("counts and times are told in words", () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(grouped), [
    ...["0", "999", "1\u202f000", "1\u202f234\u202f567"],
  ]);
  assert.deepEqual([1, 2].map((count) => countOf(count, "frame", "frames")), [
    ...["1 frame", "2 frames"],
  ]);
  assert.deepEqual([0, 8.44, 99.96, 725, 3599.7, 12_000, 187_200].map(durationOf), [
    ...["0.0 s", "8.4 s", "1 min 40 s", "12 min 5 s", "1 h 0 min", "3 h 20 min", "2 days 4 h"],
  ]);
  assert.deepEqual([0.2, 30, 300, 21_600, 86_400, 604_800].map(stepOf), [
    ...["0.2 s", "30 s", "5 min", "6 h", "1 day", "7 days"],
  ]);
  assert.equal(timeOf(Date.UTC(2026, 0, 31, 16, 45)), "2026-01-31 16:45:00 UTC");
  assert.deepEqual([timeOf(NaN), timeOf(1e300), durationOf(NaN)], ["–", "–", "–"]);
});
