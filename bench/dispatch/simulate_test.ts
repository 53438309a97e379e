/** What the choice of the default rests on: the same on every machine. */

import assert from "node:assert/strict";
import { DISPATCH_POLICIES } from "../../policies/registry.ts";
import { FLEETS } from "./fleets.ts";
import { type Fleet, simulate } from "./simulate.ts";

/** A server that is never waited for: nothing but service and the way. */
const IDLE: Fleet = {
  serviceMs: [20],
  workers: 1000,
  forwarders: 1,
  load: 0.01,
  spread: 0,
  wayMs: 5,
};

const p99Of = (policy: string, fleet: string, seconds: number) =>
  simulate(DISPATCH_POLICIES[policy]!, FLEETS[fleet]!, { seconds, seed: 3 }).p99Ms;

Deno.test("a request takes its service and the way there and back", () => {
  const { p50Ms, p99Ms, requests } = simulate(
    DISPATCH_POLICIES["random"]!,
    IDLE,
    { seconds: 10, seed: 1 },
  );
  assert.ok(Math.abs(p50Ms - 30) < 1e-6 && Math.abs(p99Ms - 30) < 1e-6);
  // 1000 workers of 20 ms at 1 %: 500 a second, of which the first two seconds are not counted
  assert.ok(Math.abs(requests - 4000) < 250, `${requests}`);
});

Deno.test("waiting is as long as queueing theory has it (M/D/1: Pollaczek, Khinchine)", () => {
  const fleet = { ...IDLE, workers: 1, load: 0.7, wayMs: 0 };
  const { meanMs } = simulate(DISPATCH_POLICIES["random"]!, fleet, { seconds: 2000, seed: 5 });
  const wanted = 20 + 20 * 0.7 / (2 * (1 - 0.7));
  assert.ok(Math.abs(meanMs / wanted - 1) < 0.05, `${meanMs} ms, not ${wanted}`);
});

Deno.test("the same seed gives the same, another one does not", () => {
  const meanOf = (seed: number) =>
    simulate(DISPATCH_POLICIES["p2c"]!, FLEETS["3 servers of 20 ms"]!, { seconds: 5, seed }).meanMs;
  assert.equal(meanOf(1), meanOf(1));
  assert.notEqual(meanOf(1), meanOf(2));
});

for (
  const [fleet, seconds] of [
    ["3 servers: 10, 20, 80 ms", 60],
    ["100 servers: 10 to 80 ms", 6],
    ["100 servers of 20 ms, slowed at times", 6],
  ] as const
) {
  Deno.test(`prequal has half the p99 of round_robin, and that of least request, with ${fleet}`, () => {
    const prequal = p99Of("prequal", fleet, seconds);
    assert.ok(prequal <= p99Of("round_robin", fleet, seconds) / 2, `${prequal} ms`);
    assert.ok(prequal <= 1.1 * p99Of("p2c", fleet, seconds), `${prequal} ms`);
  });
}
