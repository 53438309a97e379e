import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { instants } from "./instants.ts";

Deno.test("instants go on evenly when the machine's clock is set, and name their clock", () => {
  const clock = new FakeClock();
  let setMs = 0;
  const world = {
    nowMs: () => clock.nowMs(),
    epochMs: () => clock.epochMs() + setMs,
    sleep: clock.sleep.bind(clock),
  };
  const instant = instants(world);
  const first = instant(world.nowMs());
  assert.equal(first.at_ms, clock.epochMs());
  clock.jump(250);
  setMs = -3_600_000;
  assert.deepEqual(instant(world.nowMs()), { at_ms: first.at_ms + 250, clock: first.clock });
  assert.notEqual(instants(world)(0).clock, first.clock, "that of a forwarder started since");
});
