import assert from "node:assert/strict";
import { connectionsThatFit, descriptorsLeft } from "./descriptors.ts";

Deno.test("connections leave descriptors for the rest of the process", () => {
  const cases: [wanted: number, descriptors: number, fit: number][] = [
    [1024, 1_048_576, 1024],
    [1024, 1152, 1024],
    [1024, 1024, 896],
    [1024, 256, 128],
    [100, 256, 100],
    [1024, 32, 16],
    [1024, 0, 1],
  ];
  for (const [wanted, descriptors, fit] of cases) {
    const left = (upTo: number) => Math.min(upTo, descriptors);
    assert.equal(connectionsThatFit(wanted, left), fit, `${wanted} of ${descriptors}`);
  }
});

Deno.test("those that are left are counted, and given back", { sanitizeResources: true }, () => {
  assert.equal(descriptorsLeft(20), 20);
  assert.equal(descriptorsLeft(0), 0);
});
