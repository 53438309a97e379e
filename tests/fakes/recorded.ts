/** Recordings of decisions that the lab's simulation made of a profile that nobody measured. */

import assert from "node:assert/strict";
import { openNetwork } from "../../lab/network/network.ts";
import { openRecordings } from "../../lab/replay/read_recording.ts";
import { Recording } from "../../lab/simulation/recording.ts";
import { type Setting, simulate } from "../../lab/simulation/simulate.ts";
import { recorder } from "../../lab/study/recorder.ts";
import type { AskedPolicy } from "../../lab/replay/decide_again.ts";
import type { ControlPolicy, ControlSnapshot, Decision } from "../../policies/offload/policy.ts";
import { scripted } from "./run.ts";
import { syntheticProfile } from "./synthetic_profile.ts";

/** Room for everything: no decision is of any consequence for the next. */
const SETTING: Omit<Setting, "seed"> = {
  ...{ deadlineMs: 120, edges: 1, frames: 240 },
  edge: { workers: 4, speed: 1, models: ["small", "large"] },
  cloud: { servers: 2, workers: 4, speed: 2, models: ["small", "large"] },
  options: {
    ...{ offloadsMax: 8, queueLengthMax: 10, overflow: "wait", onCloudFailure: "local" },
    ...{ offloadHeight: 360, jpegQuality: 80, monitorIntervalMs: 1000 },
  },
};

const recording = new Recording(syntheticProfile());

/** Simulates a policy, and opens what was recorded of it: one for each edge. */
export async function recorded(
  directory: string,
  policy: AskedPolicy,
  seed: number,
  said: Partial<Setting> = {},
) {
  const open = recorder(directory, {
    ...{ control_policy: policy.name, policy: policy.name, parameters: {} },
    names: [`seed-${seed}`],
  });
  const network = await openNetwork("constant:1gbit?delay=5", ".");
  const setting = { ...SETTING, ...said, seed };
  const scenario = { recording, network, setting, policy, parameters: {} };
  const { failure } = await simulate(scenario, open);
  assert.equal(failure, undefined);
  const all = await openRecordings(directory);
  return all.filter(({ path }) => path.includes(`seed-${seed}_${policy.name}_`));
}

/** Whole frames here, or a frame there, where that is offered. */
export const OPTIONS = [
  { place: "local", model: "small", reason: "" },
  { place: "local", model: "large", reason: "" },
  { place: "cloud", model: "large", height: 180, quality: 80, reason: "" },
  { place: "cloud", model: "large", height: 360, quality: 80, reason: "" },
] as const satisfies readonly Decision[];

/** Those that a snapshot offers: before a cloud was heard of, none of it. */
export function offeredBy({ cloud }: ControlSnapshot): readonly Decision[] {
  return OPTIONS.filter(({ place }) => place === "local" || cloud.models.length > 0);
}

/** Any of them, all alike, and it says so. */
export const anyOfThem: ControlPolicy = (snapshot, rng) => {
  const offered = offeredBy(snapshot);
  const chosen = offered[Math.floor(rng() * offered.length)]!;
  return { ...chosen, reason: rng().toFixed(12), propensity: 1 / offered.length };
};

/** The same, ready to be asked. */
export const ANY = scripted(anyOfThem, "any");
