import assert from "node:assert/strict";
import { FakeClock } from "./fake_clock.ts";
import { within } from "./within.ts";

Deno.test("what is waited for comes in time, too late, or fails", async () => {
  const clock = new FakeClock();
  assert.equal(await clock.until(within(100, clock.sleep(99), clock)), true);
  assert.equal(clock.nowMs(), 99);
  assert.equal(await clock.until(within(100, clock.sleep(500), clock)), false);
  assert.equal(clock.nowMs(), 199);
  await assert.rejects(within(100, Promise.reject(new Error("broken")), clock), /broken/);
  assert.equal(clock.sleeping, 1, "only the one that came too late still sleeps");
});
