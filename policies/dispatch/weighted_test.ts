import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { among, candidate } from "../../tests/fakes/dispatch.ts";
import type { DispatchCandidate, ReportedRates } from "./policy.ts";
import { weighted } from "./weighted.ts";

const reporting = (name: string, said: Partial<ReportedRates> | undefined) =>
  candidate(name, {
    report: said &&
      { utilization: 0.5, requestsPerSecond: 10, failuresPerSecond: 0, agoMs: 0, ...said },
  });

/** The share of each in `picks` requests, by name. */
function shares(candidates: DispatchCandidate[], picks: number, parameters = {}) {
  const rng = seededRng(1);
  const counted = Object.fromEntries(candidates.map(({ name }) => [name, 0]));
  for (let i = 0; i < picks; i++) counted[weighted(among(candidates, i, parameters), rng)]!++;
  return Object.fromEntries(Object.entries(counted).map(([name, n]) => [name, n / picks]));
}

function about(found: Record<string, number>, wanted: Record<string, number>, within: number) {
  for (const [name, share] of Object.entries(wanted)) {
    assert.ok(Math.abs(found[name]! - share) < within, `${name}: ${found[name]}, not ${share}`);
  }
}

Deno.test("a server gets as much as it would do at full load, as its report has it", () => {
  const servers = [
    reporting("a", { requestsPerSecond: 40, utilization: 0.4 }), // 100 a second
    reporting("b", { requestsPerSecond: 40, utilization: 0.8 }), // 50
    reporting("c", { requestsPerSecond: 100, utilization: 2 }), // 50
  ];
  about(shares(servers, 1000), { a: 0.5, b: 0.25, c: 0.25 }, 0.005);
  about(shares(servers, 20), { a: 0.5, b: 0.25, c: 0.25 }, 0.1); // soon, too
});

Deno.test("failures count against it", () => {
  const servers = [
    reporting("a", { requestsPerSecond: 10, utilization: 0.5 }),
    reporting("b", { requestsPerSecond: 10, utilization: 0.5, failuresPerSecond: 5 }),
  ];
  about(shares(servers, 1000), { a: 2 / 3, b: 1 / 3 }, 0.005);
  about(shares(servers, 1000, { error_penalty: 0 }), { a: 0.5, b: 0.5 }, 0.005);
});

Deno.test("who has not reported, or long ago, or what cannot be, counts as the mean of the others", () => {
  const known = [
    reporting("a", { requestsPerSecond: 30, utilization: 1 }),
    reporting("b", { requestsPerSecond: 10, utilization: 1 }),
  ];
  const strange: (Partial<ReportedRates> | undefined)[] = [
    undefined,
    { agoMs: 180_001 },
    { requestsPerSecond: 0 },
    { requestsPerSecond: NaN },
    { requestsPerSecond: Infinity },
    { utilization: 0 },
    { utilization: -1 },
    { utilization: Infinity },
  ];
  for (const said of strange) {
    about(shares([...known, reporting("c", said)], 1000), { a: 1 / 2, b: 1 / 6, c: 1 / 3 }, 0.01);
  }
});

Deno.test("where fewer than two have reported, they take turns", () => {
  const servers = [reporting("a", {}), reporting("b", undefined), reporting("c", undefined)];
  const rng = seededRng(1);
  const picked = [0, 1, 2, 3].map((sequence) => weighted(among(servers, sequence), rng));
  assert.deepEqual(picked, ["a", "b", "c", "a"]);
});
