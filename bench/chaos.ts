/**
 * A forwarder whose servers are killed, stopped, slowed and restarted by chance, for longer than its test
 * has the time: what its senders saw, what it counted, and whether all held.
 *
 *   deno task bench:chaos [--seed 1] [--seconds 300] [--servers 4] [--clients 50] [--hedge]
 *     [--retry-budget 0.2]
 */

import { parseArgs } from "node:util";
import { chaos, DEADLINE_MS, FOUND_WITHIN_MS } from "./chaos/rig.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "300" },
    servers: { type: "string", default: "4" },
    clients: { type: "string", default: "50" },
    hedge: { type: "boolean", default: false },
    "retry-budget": { type: "string", default: "0.2" },
  },
});

const { answered, faults, inFlight, memoryMiB, counted } = await chaos({
  seed: Number(values.seed),
  durationMs: 1000 * Number(values.seconds),
  servers: Number(values.servers),
  clients: Number(values.clients),
  env: {
    SMARTEYE_FORWARDER_HEDGE: `${values.hedge}`,
    SMARTEYE_FORWARDER_RETRY_BUDGET: values["retry-budget"],
  },
  say: (line) => console.error(line),
});
console.log(JSON.stringify({ answered, faults, memoryMiB, counted }));
const ok = answered.statuses["200"] ?? 0;
const waitsMs = Math.min(DEADLINE_MS, FOUND_WITHIN_MS + 1000) + answered.stoodStillMs;
const broken = [
  answered.unanswered > 0 && `${answered.unanswered} requests had no answer`,
  ok < 0.995 * answered.sent && `${ok} of ${answered.sent} were answered with 200`,
  answered.slowestMs > waitsMs && `one took ${answered.slowestMs} ms, more than ${waitsMs}`,
  inFlight.some((count) => count > 0) && `in flight is ${inFlight.join(", ")} at the end`,
].filter((line) => line !== false);
for (const line of broken) console.error(`broken: ${line}`);
Deno.exit(broken.length > 0 ? 1 : 0);
