/** Simulates one video on one network under every policy of a plan. */

import { seedOf } from "../../core/rng.ts";
import { openNetwork } from "../network/network.ts";
import { boundOf } from "../oracle/bound.ts";
import { readProfile } from "../profile/profile_files.ts";
import { pointName } from "../profile/profile.ts";
import { Recording } from "../simulation/recording.ts";
import { type OpenSinks, type Scenario, simulate } from "../simulation/simulate.ts";
import type { LoadedPolicies } from "./load_policies.ts";
import { recorder } from "./recorder.ts";
import { resultOfRun, STEP_MS } from "./result_of_run.ts";
import { staticPolicies } from "./static_policies.ts";
import {
  BEST_STATIC,
  type Cell,
  type CellPlace,
  ORACLE,
  type Result,
  type StudyPlan,
} from "./study.ts";

/** What a cell is run with. */
export interface CellTools {
  /** Profiles, played. */
  readonly recordings: Pick<Recordings, "open">;
  /** Asked. */
  readonly policies: LoadedPolicies;
  /** Directory that the decisions of every policy and edge are recorded in, if anywhere. */
  readonly record?: string | undefined;
}

/** Recordings that were played, by directory: cells of one video come one after the other. */
export class Recordings {
  #last: { readonly directory: string; readonly recording: Recording } | undefined;

  /** The recording of a profile. @throws {SmarteyeError} when it cannot be read. */
  async open(directory: string): Promise<Recording> {
    if (this.#last?.directory !== directory) {
      this.#last = { directory, recording: new Recording(await readProfile(directory)) };
    }
    return this.#last.recording;
  }
}

/**
 * Runs a cell. The same plan and place come to the same.
 *
 * @throws {SmarteyeError} when a profile, a network or a policy is not usable, or what is to be recorded
 * cannot be written.
 */
export async function runCell(
  plan: StudyPlan,
  place: CellPlace,
  { recordings, policies, record }: CellTools,
): Promise<Cell> {
  const { profile, network: networkAt } = place;
  const recording = await recordings.open(plan.profiles[profile]!);
  const network = openNetwork(plan.networks[networkAt]!, plan.directory);
  const { head, frames: profiled } = recording.profile;
  const frames = plan.seconds === undefined
    ? profiled.length
    : Math.max(1, Math.round(plan.seconds * head.fps));
  // Each cell has its own chance, and all policies in it have the same.
  const seed = seedOf(plan.setting.seed, 1 + profile * 1000 + networkAt);
  const scenario = { recording, network, setting: { ...plan.setting, seed, frames } };
  const achieved: Result[] = [];
  for (const { name, parameters } of plan.policies) {
    if (name === ORACLE) continue; // below, as all others are held against it
    if (name === BEST_STATIC) {
      achieved.push(await bestStatic(scenario));
      continue;
    }
    const policy = await policies.get(name);
    const openSinks = record === undefined ? undefined : recorder(record, {
      ...{ control_policy: name, policy: policy.name, parameters },
      names: [head.name, network.name, `${profile + 1}-${networkAt + 1}`],
    });
    achieved.push(await resultOf({ ...scenario, policy, parameters }, name, "", openSinks));
  }
  const bounded = plan.policies.some(({ name }) => name === ORACLE);
  const results = bounded ? heldAgainst(scenario, achieved, plan) : achieved;
  const seconds = Math.ceil(frames * 1000 / head.fps / STEP_MS);
  const uplink = Array.from({ length: seconds }, (_, i) => {
    const { bytesUntil } = network.up.capacity;
    return bytesUntil((i + 1) * STEP_MS) - bytesUntil(i * STEP_MS);
  });
  return { video: head.name, network: network.name, fps: head.fps, uplink, results };
}

/** Results with their shares of the bound, and the bound in its place among them. */
function heldAgainst(
  { recording, network, setting }: Omit<Scenario, "policy" | "parameters">,
  achieved: readonly Result[],
  { policies }: StudyPlan,
): readonly Result[] {
  const best = Math.max(0, ...achieved.map(({ accuracy }) => accuracy));
  const { accuracy: bound, kind } = boundOf(recording, network, setting, best);
  const beyond = achieved.find(({ accuracy }) => accuracy > bound + ROUNDING);
  if (beyond) throw new Error(`"${beyond.policy}" reached more than the bound of ${bound}`);
  const detail = kind === "exact" ? "exact" : "upper bound";
  const results = achieved.map((result): Result => ({
    ...result,
    shareOfBound: result.accuracy / bound,
  }));
  const oracle: Result = {
    ...{ policy: ORACLE, detail, score: null, accuracy: bound, shareOfBound: 1 },
    ...{ latencyQuantilesMs: [], timeline: null, offGrid: 0 },
  };
  return results.toSpliced(policies.findIndex(({ name }) => name === ORACLE), 0, oracle);
}

/** Accuracy by which two sums may differ by rounding. */
const ROUNDING = 1e-9;

async function bestStatic(scenario: Omit<Scenario, "policy" | "parameters">): Promise<Result> {
  let best: Result | undefined;
  for (const { policy, point } of staticPolicies(scenario.recording, scenario.setting)) {
    const simulated = { ...scenario, policy, parameters: {} };
    const result = await resultOf(simulated, BEST_STATIC, pointName(point));
    if (!best || result.accuracy > best.accuracy) best = result;
  }
  return best!;
}

async function resultOf(
  scenario: Scenario,
  policy: string,
  detail: string,
  openSinks?: OpenSinks,
): Promise<Result> {
  const simulated = await simulate(scenario, openSinks);
  if (simulated.failure !== undefined) throw new Error(simulated.failure);
  const { recording, setting: { deadlineMs, seed } } = scenario;
  return {
    ...resultOfRun(policy, recording, simulated, { deadlineMs, seed: seedOf(seed, 9) }),
    ...{ detail, offGrid: simulated.offGrid },
  };
}
