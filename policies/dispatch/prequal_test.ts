import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { among, candidate } from "../../tests/fakes/dispatch.ts";
import type { DispatchCandidate } from "./policy.ts";
import { prequal } from "./prequal.ts";

const server = (name: string, inFlight: number, latencyNowMs: number | undefined) =>
  candidate(name, { inFlight, load: undefined, latencyNowMs });

const pick = (candidates: DispatchCandidate[], parameters = {}) =>
  prequal(among(candidates, 0, parameters), seededRng(1));

Deno.test("the fastest is taken, unless it has more to do than most", () => {
  const servers = [
    server("slow", 0, 80),
    server("middle", 1, 40),
    server("fast", 2, 20),
    ...["u", "v", "x", "y", "z"].map((name) => server(name, 1, 60)),
  ];
  assert.equal(pick(servers), "middle", "two in flight are more than 84 % have");
  assert.equal(pick(servers, { hot_quantile: 1 }), "fast");
  assert.equal(pick(servers, { hot_quantile: 0 }), "slow", "all but the idlest are hot");
});

Deno.test("what others have at a server counts as its requests", () => {
  const busy = { queueLength: 8, running: 1, workers: 1, cpuUtilization: 1, memoryUtilization: 0 };
  const servers = [
    candidate("fast", { load: busy, inFlightAtLoad: 0, latencyNowMs: 1 }),
    server("a", 1, 50),
    server("b", 0, 60),
  ];
  assert.equal(pick(servers, { hot_quantile: 0.6 }), "a");
});

Deno.test("one that has not answered yet is tried, with one request at a time", () => {
  assert.equal(pick([server("known", 0, 5), server("new", 0, undefined)]), "new");
  assert.equal(pick([server("known", 1, 5), server("new", 1, undefined)]), "known");
  assert.match(pick([server("a", 1, undefined), server("b", 1, undefined)]), /^[ab]$/);
});

Deno.test("of many a few are compared; where all of those are hot, the idlest is taken", () => {
  const crowd = Array.from({ length: 1000 }, (_, i) => server(`s${i}`, i === 0 ? 0 : 5 + i % 5, i));
  const rng = seededRng(1);
  const picked = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const name = prequal(among(crowd, i, { pool: 4, hot_quantile: 0.001 }), rng);
    picked.add(name);
  }
  assert.ok(picked.size > 100, `${picked.size}`);
});
