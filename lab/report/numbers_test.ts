import assert from "node:assert/strict";
import { bytes, fourSteps, milliseconds, percent, significant } from "./numbers.ts";

Deno.test("numbers have the digits that they are good for, and their unit", () => {
  assert.deepEqual([0, 0.0123, 1.636, 16.36, 163.6, 1636].map(significant), [
    ...["0", "0.012", "1.64", "16.4", "164", "1636"],
  ]);
  assert.deepEqual([0, 999, 1234, 4.05e6, 2e9].map(bytes), [
    ...["0 B", "999 B", "1.23 kB", "4.05 MB", "2.00 GB"],
  ]);
  assert.deepEqual([undefined, 8.44, 9.96, 131.7].map(milliseconds), ["–", "8.4", "10", "132"]);
  assert.equal(percent(0.8726), "87.3 %");
});

Deno.test("four steps reach a value, and are round", () => {
  for (const [value, end] of [[15, 16], [16, 16], [30, 32], [9.2, 10], [0.7, 0.8], [0, 4]]) {
    assert.equal(Number(fourSteps(value!).toPrecision(9)), end);
  }
  assert.equal(fourSteps(-Infinity), 4);
});
