/** What a decision costs, and that a user's policy runs apart: `deno task bench:decision`. */

import { systemClock } from "../core/clock.ts";
import { seedOf } from "../core/rng.ts";
import type { LoadedPolicy } from "../policies/loaded_policy.ts";
import { decideOn } from "../policies/offload/decide.ts";
import type { ControlSnapshot } from "../policies/offload/policy.ts";
import { parameterValues } from "../policies/parameters.ts";
import { CONTROL_POLICIES, loadControlPolicy } from "../policies/registry.ts";
import { SAMPLE_CONTROL } from "../policies/samples.ts";

const DECISIONS = 5000;
const WARM_UP = 500;

/** The threshold policy as a user would write it, with a state of its own. */
const MINE = `export default function mine({ local, cloud, settings, state }, rng) {
  const seen = [...(state?.seen ?? []), local.pending].slice(-20);
  const draw = rng();
  if (draw < 0.5) {
    return { place: "local", model: local.models[0].name, reason: draw.toFixed(3), state: { seen } };
  }
  return {
    place: "cloud",
    model: cloud.models[0].name,
    height: settings.offloadHeight,
    quality: settings.jpegQuality,
    reason: draw.toFixed(3),
    state: { seen },
  };
}`;

/** Milliseconds from a frame to the next. */
const EVERY_MS = 40;

/** An edge of ten models under four servers, a frame of which was inferred just before. */
function snapshot(index: number): ControlSnapshot {
  const { frame, local, cloud, results } = SAMPLE_CONTROL;
  const models = <T>(of: readonly T[]) => Array.from({ length: 5 }, () => of[0]!);
  return {
    ...SAMPLE_CONTROL,
    frame: { ...frame, index, ptsMs: index * EVERY_MS },
    results: results.map((one) => ({ ...one, index: index - 3, ptsMs: (index - 3) * EVERY_MS })),
    local: { ...local, models: models(local.models) },
    cloud: {
      ...cloud,
      models: models(cloud.models),
      servers: Array.from({ length: 4 }, () => cloud.servers[0]!),
    },
  };
}

/** Milliseconds that each decision took, ascending. */
async function measured(policy: LoadedPolicy<ControlSnapshot>): Promise<number[]> {
  const tookMs: number[] = [];
  const parameters = parameterValues(policy.parameters, {}).values;
  let state: ControlSnapshot["state"];
  for (let index = 1; index <= WARM_UP + DECISIONS; index++) {
    const shown = { ...snapshot(index), parameters, state };
    const startedAtMs = performance.now();
    const answer = await decideOn(policy, shown, seedOf(1, index));
    if (index > WARM_UP) tookMs.push(performance.now() - startedAtMs);
    state = answer.state;
  }
  return tookMs.sort((a, b) => a - b);
}

async function tell(what: string, nameOrPath: string): Promise<void> {
  const startedAtMs = performance.now();
  const policy = await loadControlPolicy(nameOrPath, { clock: systemClock, budgetMs: 50 });
  const loadedMs = performance.now() - startedAtMs;
  const tookMs = await measured(policy);
  policy.close();
  const at = (share: number) => `${tookMs[Math.floor(share * DECISIONS)]!.toFixed(3)} ms`;
  console.log(
    `${what.padEnd(26)} loaded in ${loadedMs.toFixed(0).padStart(3)} ms; a decision takes ` +
      `${at(0.5)} at the median, ${at(0.99)} at p99, ${at(1 - 1 / DECISIONS)} at most`,
  );
}

const folder = await Deno.makeTempDir({ prefix: "smarteye_decision_" });
try {
  const path = `${folder}/mine.js`;
  await Deno.writeTextFile(path, MINE);
  for (const name of Object.keys(CONTROL_POLICIES)) await tell(name, name);
  await tell("budgeted", "budgeted(deadline_accuracy, 50k)");
  await tell("shadow", "shadow(deadline_accuracy, bandit)");
  await tell("apart", path);
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(0);
