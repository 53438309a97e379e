/** What every dispatch policy must do, and what each of them does. */

import assert from "node:assert/strict";
import { type Rng, seededRng } from "../../core/rng.ts";
import { among, candidate, load } from "../../tests/fakes/dispatch.ts";
import { DISPATCH_POLICIES } from "../registry.ts";
import { lowestCpuUtilization } from "./lowest_cpu_utilization.ts";
import type { DispatchCandidate, DispatchPolicy, DispatchSnapshot } from "./policy.ts";
import { random } from "./random.ts";
import { roundRobin } from "./round_robin.ts";
import { queueLength, shortestQueue } from "./shortest_queue.ts";

/** A random snapshot: 1 to 6 servers, some of which have not reported. */
function anySnapshot(rng: Rng, sequence: number): DispatchSnapshot {
  const upTo = (most: number) => Math.floor(rng() * (most + 1));
  const candidates = Array.from({ length: 1 + upTo(5) }, (_, i) =>
    candidate(`s${i}`, {
      inFlight: upTo(3),
      load: rng() < 0.2 ? undefined : load({
        cpuUtilization: rng(),
        queueLength: upTo(4),
        running: upTo(2),
      }),
      inFlightAtLoad: rng() < 0.2 ? undefined : upTo(3),
      latencyMs: rng() < 0.2 ? undefined : rng() * 100,
      latencyNowMs: rng() < 0.2 ? undefined : rng() * 100,
      report: rng() < 0.2 ? undefined : {
        utilization: rng() * 2,
        requestsPerSecond: upTo(3) * 10,
        failuresPerSecond: upTo(1),
        agoMs: rng() * 300_000,
      },
    }));
  return among(candidates, sequence);
}

function counts(policy: DispatchPolicy, candidates: DispatchCandidate[], picks: number) {
  const rng = seededRng(7);
  const counted: Record<string, number> = {};
  for (let sequence = 0; sequence < picks; sequence++) {
    const name = policy(among(candidates, sequence), rng);
    counted[name] = (counted[name] ?? 0) + 1;
  }
  return counted;
}

for (const [name, { policy }] of Object.entries(DISPATCH_POLICIES)) {
  Deno.test(`${name} names a candidate and leaves the snapshot as it is`, () => {
    const rng = seededRng(1);
    for (let sequence = 0; sequence < 500; sequence++) {
      const snapshot = anySnapshot(rng, sequence);
      const before = structuredClone(snapshot);
      const picked = policy(snapshot, rng);
      assert.ok(snapshot.candidates.some((one) => one.name === picked), `${picked} is none`);
      assert.deepEqual(snapshot, before);
    }
  });

  Deno.test(`${name} picks the same with the same seed`, () => {
    const picks = () => {
      const rng = seededRng(42);
      return Array.from({ length: 200 }, (_, i) => policy(anySnapshot(rng, i), rng));
    };
    assert.deepEqual(picks(), picks());
  });

  Deno.test(`${name} spreads evenly over servers that are alike`, () => {
    const counted = counts(policy, ["a", "b", "c", "d"].map((one) => candidate(one)), 4000);
    for (const one of ["a", "b", "c", "d"]) {
      assert.ok(Math.abs((counted[one] ?? 0) - 1000) < 120, JSON.stringify(counted));
    }
  });
}

Deno.test("random ignores what is known of the servers", () => {
  const counted = counts(random, [candidate("a", { inFlight: 100 }), candidate("b")], 1000);
  assert.ok(Math.abs(counted["a"]! - 500) < 60, JSON.stringify(counted));
});

Deno.test("round_robin goes on in the order of the config, whatever is left of it", () => {
  const [a, b, c] = [candidate("a"), candidate("b"), candidate("c")];
  const rng = seededRng(1);
  const picks = [0, 1, 2, 3].map((sequence) => roundRobin(among([a, b, c], sequence), rng));
  assert.deepEqual(picks, ["a", "b", "c", "a"]);
  assert.equal(roundRobin(among([b, c], 5), rng), "c");
});

Deno.test("shortest_queue decides by what waits and runs", () => {
  const busy = (queueLength: number, running: number) => load({ queueLength, running });
  const cases: [why: string, length: number, seen: Partial<DispatchCandidate>][] = [
    ["nothing reported: ours alone", 3, { inFlight: 3, load: undefined }],
    ["all of it is ours: not counted twice", 3, {
      inFlight: 3,
      load: busy(2, 1),
      inFlightAtLoad: 3,
    }],
    ["others have some", 5, { inFlight: 3, load: busy(4, 1), inFlightAtLoad: 3 }],
    ["ours were answered since the report", 0, {
      inFlight: 0,
      load: busy(4, 1),
      inFlightAtLoad: 5,
    }],
    ["ours were answered, the others' are still there", 2, {
      inFlight: 0,
      load: busy(4, 1),
      inFlightAtLoad: 3,
    }],
    ["ours came since the report", 4, { inFlight: 4, load: busy(0, 0), inFlightAtLoad: 0 }],
    ["ours were on the way when it reported", 2, {
      inFlight: 2,
      load: busy(0, 1),
      inFlightAtLoad: 2,
    }],
    ["ours at the report unknown: the greater of the two", 4, { inFlight: 1, load: busy(3, 1) }],
  ];
  for (const [why, length, seen] of cases) {
    assert.equal(queueLength(candidate("s", seen)), length, why);
  }
  const rng = seededRng(1);
  const longer = candidate("longer", { inFlight: 1 });
  const shorter = candidate("shorter", { load: undefined });
  assert.equal(shortestQueue(among([longer, shorter]), rng), "shorter");
});

Deno.test("lowest_cpu_utilization decides by processors, then by requests", () => {
  const at = (name: string, cpuUtilization: number | undefined, inFlight = 0) =>
    candidate(name, {
      inFlight,
      load: cpuUtilization === undefined ? undefined : load({ cpuUtilization }),
    });
  const cases: [why: string, candidates: DispatchCandidate[], wanted: string][] = [
    ["the idlest", [at("a", 0.9), at("b", 0.2, 9), at("c", 0.5)], "b"],
    ["the same percent: fewer requests", [at("a", 0.204, 2), at("b", 0.198, 1)], "b"],
    ["not reported: taken as average", [at("a", 0.9), at("b", undefined), at("c", 0.2)], "c"],
    ["none has reported: fewer requests", [at("a", undefined, 2), at("b", undefined, 1)], "b"],
    ["not a number: not reported", [at("a", NaN, 0), at("b", 0.5, 1)], "a"],
  ];
  for (const [why, candidates, wanted] of cases) {
    assert.equal(lowestCpuUtilization(among(candidates), seededRng(1)), wanted, why);
  }
  const counted = counts(lowestCpuUtilization, [at("new", undefined), at("old", 0.5)], 1000);
  assert.ok(counted["new"]! > 400 && counted["old"]! > 400, "a new server gets its share");
});
