import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { among, candidate } from "../../tests/fakes/dispatch.ts";
import { peakEwma } from "./peak_ewma.ts";
import type { DispatchCandidate } from "./policy.ts";

Deno.test("latency counts as often as requests wait for it", () => {
  type Seen = Pick<DispatchCandidate, "latencyMs" | "inFlight">;
  const cases: [why: string, better: Seen, worse: Seen][] = [
    ["as busy, and faster", { latencyMs: 10, inFlight: 2 }, { latencyMs: 20, inFlight: 2 }],
    ["as fast, and less busy", { latencyMs: 10, inFlight: 1 }, { latencyMs: 10, inFlight: 2 }],
    ["busier, but so much faster", { latencyMs: 10, inFlight: 2 }, { latencyMs: 40, inFlight: 0 }],
    ["slower, but so much less busy", { latencyMs: 40, inFlight: 0 }, {
      latencyMs: 10,
      inFlight: 5,
    }],
    ["not known yet, and idle", { latencyMs: undefined, inFlight: 0 }, {
      latencyMs: 1,
      inFlight: 0,
    }],
    ["known", { latencyMs: 9000, inFlight: 9 }, { latencyMs: undefined, inFlight: 1 }],
    ["tried less often", { latencyMs: undefined, inFlight: 1 }, {
      latencyMs: undefined,
      inFlight: 2,
    }],
  ];
  const rng = seededRng(1);
  for (const [why, better, worse] of cases) {
    const both = [candidate("worse", worse), candidate("better", better)];
    assert.equal(peakEwma(among(both), rng), "better", why);
  }
});
