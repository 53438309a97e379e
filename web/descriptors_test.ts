import assert from "node:assert/strict";
import { connectionsThatFit, descriptorsMax } from "./descriptors.ts";

Deno.test("connections leave descriptors for the rest of the process", () => {
  const cases: [wanted: number, descriptors: number | undefined, fit: number][] = [
    [1024, undefined, 1024],
    [1024, 1_048_576, 1024],
    [1024, 1024, 896],
    [1024, 256, 128],
    [100, 256, 100],
    [1024, 32, 16],
    [1024, 1, 1],
  ];
  for (const [wanted, descriptors, fit] of cases) {
    assert.equal(connectionsThatFit(wanted, descriptors), fit, `${wanted} of ${descriptors}`);
  }
});

Deno.test("the system tells how many there may be", { ignore: Deno.build.os !== "linux" }, () => {
  assert.ok(descriptorsMax()! > 0);
});
