/**
 * The dispatch policies of a real forwarder, and an Envoy beside it, in front of servers that differ:
 * frames of 30 kB come by chance at a share of what the servers can do, to each target in turn, and to
 * all of them at the same instants. Latencies count from when a frame was due.
 *
 *   deno task bench:forward [--servers 10,20,80] [--load 0.7] [--seconds 20] [--rounds 1]
 *     [--policies prequal,round_robin,…] [--envoy PATH] [--seed 1] [--json]
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { systemClock } from "../core/clock.ts";
import { percentile } from "../core/rolling_window.ts";
import { seededRng } from "../core/rng.ts";
import { DISPATCH_POLICIES } from "../policies/registry.ts";
import { frame } from "./forward/frame.ts";
import { startEnvoy, startForwarder, type Target } from "./forward/targets.ts";
import { stop, waitFor } from "./serve/child.ts";
import { arrivals } from "./serve/schedule.ts";
import { digits, table } from "./serve/table.ts";

const FRAME_BYTES = 30_000;

/** Milliseconds at the start that are not counted: nothing is known of the servers yet. */
const WARM_UP_MS = 2000;

const { values } = parseArgs({
  options: {
    servers: { type: "string", default: "10,20,80" },
    load: { type: "string", default: "0.7" },
    seconds: { type: "string", default: "20" },
    rounds: { type: "string", default: "1" },
    policies: { type: "string", default: Object.keys(DISPATCH_POLICIES).join(",") },
    envoy: { type: "string" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

/** Latencies of one target, milliseconds, and how many frames were not answered. */
async function measure(target: Target, perSec: number, seed: number) {
  const latenciesMs: number[] = [];
  let failed = 0;
  const image = frame(FRAME_BYTES);
  const beganAtMs = systemClock.nowMs();
  const underWay: Promise<void>[] = [];
  const durationMs = WARM_UP_MS + 1000 * Number(values.seconds);
  for (const dueMs of arrivals("poisson", perSec, durationMs, seededRng(seed))) {
    await systemClock.sleep(Math.max(0, beganAtMs + dueMs - systemClock.nowMs()));
    underWay.push(
      target.send(image).then(
        () => {
          if (dueMs >= WARM_UP_MS) latenciesMs.push(systemClock.nowMs() - beganAtMs - dueMs);
        },
        () => void failed++,
      ),
    );
  }
  await Promise.all(underWay);
  return { latenciesMs, failed };
}

const means = values.servers.split(",").map(Number);
const perSec = Number(values.load) * means.reduce((sum, ms) => sum + 1000 / ms, 0);
const seed = Number(values.seed);
const servers = new Deno.Command(Deno.execPath(), {
  args: [
    ...["run", "-A", fileURLToPath(new URL("./forward/slow_servers.ts", import.meta.url))],
    ...[values.seed, ...values.servers.split(",")],
  ],
  stdin: "null",
  stdout: "piped",
  stderr: "inherit",
}).spawn();
const [, listed] = await waitFor(servers.stdout, /"servers":(\[[^\]]*\])/);
const addresses: string[] = JSON.parse(listed!);
const starts = [
  ...values.policies.split(",").map((policy) => () => startForwarder(policy, addresses)),
  ...(values.envoy === undefined ? [] : [() => startEnvoy(values.envoy!, addresses)]),
];
const all = new Map<string, { latenciesMs: number[]; failed: number }>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const start of starts) {
    const target = await start();
    const { latenciesMs, failed } = await measure(target, perSec, seed + round);
    await target.stop();
    const before = all.get(target.name) ?? { latenciesMs: [], failed: 0 };
    before.latenciesMs.push(...latenciesMs);
    all.set(target.name, { ...before, failed: before.failed + failed });
  }
}
await stop(servers);
const percentiles = [50, 95, 99] as const;
if (values.json) {
  for (const [name, { latenciesMs, failed }] of all) {
    const [p50Ms, p95Ms, p99Ms] = percentiles.map((p) => percentile(latenciesMs, p));
    console.log(JSON.stringify({ name, frames: latenciesMs.length, failed, p50Ms, p95Ms, p99Ms }));
  }
} else {
  const head = [`${means.join(", ")} ms, ${digits(perSec, 1)}/s`, "frames", "failed", "p50 ms"];
  const rows = [...all].map(([name, { latenciesMs, failed }]) => [
    ...[name, String(latenciesMs.length), String(failed)],
    ...percentiles.map((p) => digits(percentile(latenciesMs, p) ?? null, 1)),
  ]);
  console.log(table([...head, "p95", "p99"], rows));
}
Deno.exit(0);
