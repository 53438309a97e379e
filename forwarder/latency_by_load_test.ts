import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { LatencyByLoad } from "./latency_by_load.ts";

const about = (found: number | undefined, wanted: number) =>
  assert.ok(found !== undefined && Math.abs(found - wanted) < 1e-6, `${found}, not ${wanted}`);

Deno.test("latencies of one number of requests in flight are averaged, others are left alone", () => {
  const latency = new LatencyByLoad(new FakeClock());
  assert.equal(latency.read(0), undefined);
  latency.observe(0, 20);
  latency.observe(2, 60);
  about(latency.read(0), 20);
  about(latency.read(2), 60);
  latency.observe(0, 40);
  about(latency.read(0), 22);
  about(latency.read(2), 60);
});

Deno.test("where none was as many, the nearest counts", () => {
  const latency = new LatencyByLoad(new FakeClock());
  latency.observe(3, 30);
  latency.observe(9, 90);
  about(latency.read(0), 30);
  about(latency.read(5), 30);
  about(latency.read(6), 30); // as far from both: the one with fewer
  about(latency.read(7), 90);
  about(latency.read(200), 90);
  latency.observe(100_000, 7);
  about(latency.read(1_000_000), 7);
});

Deno.test("left alone it sinks, and an answer brings it back", () => {
  const clock = new FakeClock();
  const latency = new LatencyByLoad(clock);
  latency.observe(0, 100);
  latency.observe(1, 200);
  clock.jump(10_000);
  about(latency.read(0), 100 / Math.E);
  latency.observe(1, 200);
  about(latency.read(0), 100);
});
