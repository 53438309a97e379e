import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { seededRng } from "../core/rng.ts";
import { Ejection, IN_A_ROW } from "./ejection.ts";

/** Lets so many calls go wrong; whether the last one made it so. */
function fail(ejection: Ejection, times = IN_A_ROW): boolean {
  let is = false;
  for (let i = 0; i < times; i++) is = ejection.failed("it broke");
  return is;
}

/** Milliseconds until it is no longer passed over. */
function passedOver(ejection: Ejection, clock: FakeClock): number {
  const beganAtMs = clock.nowMs();
  while (ejection.why !== undefined) clock.jump(100);
  return clock.nowMs() - beganAtMs;
}

Deno.test("failures in a row make it so, an answer in between does not", () => {
  const clock = new FakeClock();
  const ejection = new Ejection(clock, () => 0.5);
  assert.equal(fail(ejection, IN_A_ROW - 1), false);
  ejection.succeeded();
  assert.equal(fail(ejection, IN_A_ROW - 1), false);
  assert.equal(ejection.why, undefined);
  assert.equal(fail(ejection, 1), true);
  assert.equal(
    ejection.why,
    "passed over for 10 s: 5 calls in a row went wrong, the last: it broke",
  );
  assert.equal(fail(ejection), false, "what it had before");
  assert.equal(passedOver(ejection, clock), 10_000);
});

Deno.test("each time it is longer, to a limit, and shorter after calm", () => {
  const clock = new FakeClock();
  const ejection = new Ejection(clock, () => 0.5);
  const times = Array.from({ length: 12 }, () => fail(ejection) && passedOver(ejection, clock));
  assert.deepEqual(times.slice(0, 3), [10_000, 20_000, 30_000]);
  assert.deepEqual(times.slice(-2), [100_000, 100_000]);
  clock.jump(5 * 60_000);
  assert.ok(fail(ejection));
  assert.equal(passedOver(ejection, clock), 60_000);
  clock.jump(60 * 60_000);
  assert.ok(fail(ejection));
  assert.equal(passedOver(ejection, clock), 10_000);
});

Deno.test("servers that broke together come back one after the other", () => {
  const rng = seededRng(1);
  const times = Array.from({ length: 50 }, () => {
    const clock = new FakeClock();
    const ejection = new Ejection(clock, rng);
    fail(ejection);
    return passedOver(ejection, clock);
  });
  assert.ok(Math.min(...times) < 8600 && Math.max(...times) > 11_400, `${times}`);
  assert.ok(Math.min(...times) >= 8000 && Math.max(...times) <= 12_100, `${times}`);
});
