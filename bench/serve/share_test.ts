/** How near a server comes to the limit. */

import assert from "node:assert/strict";
import { coresOf, cpuMsEach, shareOfLimit, shareUndisturbed } from "./share.ts";

// Ten seconds on two cores: 150 answers a second, 0.25 cores for the generator, 0.5 for others.
const SPEED = {
  throughput: 150,
  windowSec: 10,
  serverSec: 12,
  generatorSec: 2.5,
  othersSec: 5,
};

Deno.test("cores are CPU seconds of each second", () => {
  assert.equal(coresOf(2.5, SPEED), 0.25);
});

Deno.test("the generator's cores are taken off the limit", () => {
  // 1.75 cores at 10 ms are 175 requests a second.
  assert.ok(Math.abs(shareOfLimit(SPEED, 10, 2) - 150 / 175) < 1e-12);
});

Deno.test("what others used is taken off only where that is said", () => {
  assert.ok(Math.abs(shareUndisturbed(SPEED, 10, 2) - 150 / 125) < 1e-12);
});

Deno.test("CPU is told an answer", () => {
  assert.equal(cpuMsEach(12, SPEED), 8);
});
