/**
 * Compares the dispatch policies in simulated time: on each fleet, what a request took by each policy.
 * The same seed gives the same numbers, on any machine.
 *
 *   deno task bench:dispatch [--seconds 30] [--seed 1] [--json]
 */

import { parseArgs } from "node:util";
import { DISPATCH_POLICIES } from "../policies/registry.ts";
import { FLEETS } from "./dispatch/fleets.ts";
import { type Latencies, simulate } from "./dispatch/simulate.ts";
import { digits, table } from "./serve/table.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const how = { seconds: Number(values.seconds), seed: Number(values.seed) };

for (const [fleet, what] of Object.entries(FLEETS)) {
  const rows: string[][] = [];
  for (const [name, policy] of Object.entries(DISPATCH_POLICIES)) {
    const latencies = simulate(policy, what, how);
    if (values.json) console.log(JSON.stringify({ fleet, policy: name, ...how, ...latencies }));
    rows.push([name, ...rowOf(latencies)]);
  }
  if (values.json) continue;
  console.log(table([fleet, "requests", "mean ms", "p50", "p95", "p99"], rows));
  console.log();
}

function rowOf({ requests, meanMs, p50Ms, p95Ms, p99Ms }: Latencies): string[] {
  return [String(requests), ...[meanMs, p50Ms, p95Ms, p99Ms].map((ms) => digits(ms, 1))];
}
