import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { LatencyRing } from "./latency_ring.ts";

Deno.test("percentiles are of the last minute, and of no more than the ring holds", () => {
  const clock = new FakeClock();
  const ring = new LatencyRing(10, clock);
  assert.equal(ring.percentiles([50]), undefined);
  for (let ms = 1; ms <= 10; ms++) ring.add(ms);
  assert.deepEqual(ring.percentiles([50, 95]), { p50: 5, p95: 10 });
  ring.add(100);
  assert.deepEqual(ring.percentiles([0, 99]), { p0: 2, p99: 100 }, "the oldest is gone");
  clock.jump(59_000);
  ring.add(7);
  clock.jump(2000);
  assert.deepEqual(ring.percentiles([50, 99]), { p50: 7, p99: 7 });
  clock.jump(60_000);
  assert.equal(ring.percentiles([50]), undefined);
});
