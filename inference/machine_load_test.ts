import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { MachineLoadMeter } from "./machine_load.ts";

Deno.test("shares of the machine lie between 0 and 1", async () => {
  const clock = new FakeClock();
  const meter = new MachineLoadMeter(clock);
  for (let reading = 0; reading < 3; reading++) {
    for (const share of Object.values(meter.read())) {
      assert.ok(share >= 0 && share <= 1, String(share));
    }
    await clock.advance(1000);
  }
  assert.ok(meter.read().memoryUtilization > 0);
});

Deno.test("a reading within the same half second is the same reading", async () => {
  const clock = new FakeClock();
  const meter = new MachineLoadMeter(clock);
  await clock.advance(500);
  const reading = meter.read();
  await clock.advance(499);
  assert.equal(meter.read(), reading);
  await clock.advance(1);
  assert.notEqual(meter.read(), reading);
});
