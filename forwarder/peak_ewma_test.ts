import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { PeakEwma } from "./peak_ewma.ts";

const about = (found: number | undefined, wanted: number) =>
  assert.ok(found !== undefined && Math.abs(found - wanted) < 0.01, `${found}, not ${wanted}`);

Deno.test("it jumps to a peak, comes down slowly, and sinks when it is left alone", () => {
  const clock = new FakeClock();
  const latency = new PeakEwma(clock);
  assert.equal(latency.read(), undefined, "nothing is known");
  latency.observe(20);
  assert.equal(latency.read(), 20);
  clock.jump(1000);
  latency.observe(500);
  assert.equal(latency.read(), 500, "a peak counts at once");
  clock.jump(1000);
  latency.observe(20);
  const weight = Math.exp(-0.1); // a second is a tenth of the decay time
  about(latency.read(), 500 * weight + 20 * (1 - weight));
  clock.jump(10_000);
  about(latency.read(), (500 * weight + 20 * (1 - weight)) / Math.E);
  about(latency.read(), (500 * weight + 20 * (1 - weight)) / Math.E);
  clock.jump(1_000_000);
  about(latency.read(), 0);
  latency.observe(30);
  about(latency.read(), 30);
});

Deno.test("many answers at one instant are one peak", () => {
  const latency = new PeakEwma(new FakeClock());
  for (const tookMs of [10, 40, 20]) latency.observe(tookMs);
  assert.equal(latency.read(), 40);
});

Deno.test("no answer after so long raises it, and never lowers it", () => {
  const latency = new PeakEwma(new FakeClock());
  latency.atLeast(50);
  assert.equal(latency.read(), undefined, "how long an answer takes is still not known");
  latency.observe(20);
  latency.atLeast(5);
  assert.equal(latency.read(), 20);
  latency.atLeast(300);
  assert.equal(latency.read(), 300);
});
