/** A short simulation beside the two policies that everything is measured by: does it do what it is for? */

import { messageOf } from "../../core/errors.ts";
import { loadControlPolicy } from "../../policies/registry.ts";
import type { Clock } from "../../core/clock.ts";
import { Recording } from "../simulation/recording.ts";
import { runCell } from "../study/run_cell.ts";
import { cellsOf, type Study, type StudyPlan } from "../study/study.ts";
import type { Contender } from "./contender.ts";
import type { Finding } from "./finding.ts";
import { syntheticProfile } from "./synthetic_profile.ts";

/** What every policy is held against. */
const BASELINES = ["always_local_fastest_model", "always_cloud_lowest_delay"];

/** One that the cloud answers over in time, and one that it does so over now and then, with a cut. */
const NETWORKS = ["constant:8mbit?delay=10", "umts?seed=1&cut=5-8"];

/** Frames of the profile: 20 seconds. */
const FRAMES = 200;

const SETTING: StudyPlan["setting"] = {
  ...{ deadlineMs: 150, seed: 1, edges: 1 },
  edge: { workers: 1, speed: 0.5, models: ["small"] },
  cloud: { servers: 1, workers: 2, speed: 2, models: ["small", "large"] },
  options: {
    ...{ offloadsMax: 4, queueLengthMax: 10, overflow: "wait", onCloudFailure: "local" },
    ...{ offloadHeight: 360, jpegQuality: 80, monitorIntervalMs: 2000 },
  },
};

/** What the simulation came to. */
export interface Simulation {
  /** Whether it ran to its end. */
  readonly finding: Finding;
  /** What is told as a table; `undefined` where it did not. */
  readonly study: Study | undefined;
}

/** Plays a rendered profile over two networks. The same policy comes to the same. */
export async function simulateQuickly(
  { policy, parameters }: Contender,
  name: string,
  clock: Clock,
): Promise<Simulation> {
  const plan: StudyPlan = {
    ...{ profiles: ["synthetic"], networks: NETWORKS, directory: ".", setting: SETTING },
    seconds: undefined,
    policies: [
      ...BASELINES.filter((baseline) => baseline !== name)
        .map((baseline) => ({ name: baseline, parameters: {} })),
      { name, parameters },
    ],
  };
  const recording = new Recording(syntheticProfile(FRAMES));
  const tools = {
    recordings: { open: () => Promise.resolve(recording) },
    policies: {
      get: async (wanted: string) =>
        wanted === name ? policy : await loadControlPolicy(wanted, { clock, budgetMs: 0 }),
    },
  };
  try {
    const cells: Study["cells"][number][] = [];
    for (const [at, place] of cellsOf(plan).entries()) {
      cells.push({ at, ...await runCell(plan, place, tools) });
    }
    return {
      finding: { check: "simulation", outcome: "ok", found: "as in the table" },
      study: { form: 1, plan, shard: { index: 1, count: 1 }, cells },
    };
  } catch (error) {
    return {
      finding: {
        ...{ check: "simulation", outcome: "failed", found: messageOf(error) },
        wanted: "a run that comes to its end",
      },
      study: undefined,
    };
  }
}
