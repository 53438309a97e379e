/** Figures for people. */

import assert from "node:assert/strict";
import { digits, percent, spreadOf, table } from "./table.ts";

Deno.test("columns are as wide as what is in them", () => {
  assert.equal(
    table(["", "ms"], [["one", "1.5"], ["another", "100.25"]]),
    "|         |     ms |\n" +
      "|---------|-------:|\n" +
      "| one     |    1.5 |\n" +
      "| another | 100.25 |",
  );
});

Deno.test("where there is no number, none is shown", () => {
  assert.deepEqual([null, undefined, NaN, 1.25].map((value) => digits(value, 1)), [
    ...["–", "–", "–", "1.3"],
  ]);
});

Deno.test("several values are told as their median and how far they are apart", () => {
  assert.equal(spreadOf([3, 1, 2], 1), "2.0 (1.0–3.0)");
  assert.equal(spreadOf([3], 1), "3.0");
});

Deno.test("what is not all is not shown as all", () => {
  assert.equal(percent(0.99999, 2), "99.99 %");
  assert.equal(percent(1, 2), "100.00 %");
  assert.equal(percent(0.999, 2), "99.90 %");
});
