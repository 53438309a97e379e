import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { ANSWER } from "../tests/fakes/run.ts";
import { Estimates, MEASUREMENT_AGE_MAX_MS } from "./estimates.ts";

function estimating() {
  const clock = new FakeClock();
  return { clock, estimates: new Estimates(clock) };
}

const NOTHING = {
  latencyMs: undefined,
  networkMs: undefined,
  queueMs: undefined,
  inferMs: undefined,
  measuredAgoMs: undefined,
  recentFailures: 0,
};

Deno.test("before there is a measurement there is no estimate, nor when it is old", () => {
  const { clock, estimates } = estimating();
  assert.deepEqual(estimates.local(), { latencyMs: undefined, measuredAgoMs: undefined });
  assert.deepEqual(estimates.cloud(), NOTHING);
  estimates.addLocal(10);
  estimates.addCloud(150, ANSWER.timingsMs);
  estimates.addCloudFailure(400, "refused");
  clock.jump(MEASUREMENT_AGE_MAX_MS);
  assert.equal(estimates.local().measuredAgoMs, MEASUREMENT_AGE_MAX_MS);
  clock.jump(1);
  assert.deepEqual(estimates.local(), { latencyMs: undefined, measuredAgoMs: undefined });
  assert.deepEqual(estimates.cloud(), NOTHING);
});

Deno.test("the stages of an offload are kept apart", () => {
  const { clock, estimates } = estimating();
  estimates.addLocal(10);
  estimates.addLocal(30);
  estimates.addCloud(150, { network: 100, queue: 5, infer: 12, answer: 3, total: 120 });
  clock.jump(7);
  assert.deepEqual(estimates.local(), { latencyMs: 20, measuredAgoMs: 7 });
  assert.deepEqual(estimates.cloud(), {
    latencyMs: 150,
    networkMs: 100,
    queueMs: 5,
    inferMs: 12,
    measuredAgoMs: 7,
    recentFailures: 0,
  });
});

Deno.test("a failure says how long an answer takes at least, where it lasted", () => {
  const { estimates } = estimating();
  estimates.addCloudFailure(1, "broken");
  estimates.addCloudFailure(1, "refused");
  assert.equal(estimates.cloud().latencyMs, undefined, "refused at once: nothing is known");
  estimates.addCloudFailure(2000, "late");
  assert.equal(estimates.cloud().latencyMs, 2000);
  estimates.addCloud(100, ANSWER.timingsMs);
  assert.equal(estimates.cloud().latencyMs, 1050);
  estimates.addCloudFailure(30, "refused");
  assert.equal(estimates.cloud().latencyMs, 1050);
  assert.equal(estimates.cloud().recentFailures, 4);
  assert.equal(estimates.cloud().networkMs, ANSWER.timingsMs.network, "that of answers alone");
});

Deno.test("an estimate forgets what is many frames ago", () => {
  const { estimates } = estimating();
  estimates.addLocal(10_000);
  for (let frame = 0; frame < 20; frame++) estimates.addLocal(10);
  assert.equal(estimates.local().latencyMs, 10);
});
