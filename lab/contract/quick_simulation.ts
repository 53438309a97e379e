/** A short simulation beside the two policies that everything is measured by: does it do what it is for? */

import type { ParameterValues } from "../../policies/parameters.ts";
import type { Study, StudyPlan } from "../study/study.ts";
import type { Finding } from "./finding.ts";
import type { QuickAnswer, QuickQuestion } from "./simulation_worker.ts";

/** What every policy is held against. */
const BASELINES = ["always_local_fastest_model", "always_cloud_lowest_delay"];

/** One over which the cloud answers in time, and one that is slower at times, and cut for a while. */
const NETWORKS = ["constant:10mbit?delay=10", "lte?cut=8-11"];

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

/** Plays what nobody recorded over two networks. The same policy and parameters come to the same. */
export async function simulateQuickly(
  name: string,
  parameters: ParameterValues,
): Promise<Simulation> {
  const plan: StudyPlan = {
    ...{ profiles: ["cars"], networks: NETWORKS, directory: ".", setting: SETTING },
    seconds: undefined,
    policies: [
      ...BASELINES.filter((baseline) => baseline !== name)
        .map((baseline) => ({ name: baseline, parameters: {} })),
      { name, parameters },
    ],
  };
  const answer = await asked({ plan, frames: FRAMES });
  if ("cells" in answer) {
    const finding = { check: "simulation", outcome: "ok", found: "as in the table" } as const;
    return {
      finding,
      study: { form: 1, plan, shard: { index: 1, count: 1 }, cells: answer.cells },
    };
  }
  const finding: Finding = {
    ...{ check: "simulation", outcome: "failed", found: answer.error },
    wanted: "a run that comes to its end",
  };
  return { finding, study: undefined };
}

async function asked(question: QuickQuestion): Promise<QuickAnswer> {
  const worker = new Worker(new URL("./simulation_worker.ts", import.meta.url), { type: "module" });
  try {
    const answered = Promise.withResolvers<QuickAnswer>();
    worker.onmessage = ({ data }) => answered.resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      answered.resolve({ error: event.message });
    };
    worker.postMessage(question);
    return await answered.promise;
  } finally {
    worker.terminate();
  }
}
