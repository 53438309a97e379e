/** Records the decisions of simulated edges, as a live edge's are recorded. */

import { join } from "node:path";
import { systemClock } from "../../core/clock.ts";
import { type RecordedRun, RECORDING_ENDING } from "../../edge/decision_record.ts";
import { DecisionSink } from "../../edge/sink/decision_sink.ts";
import type { OpenSinks } from "../simulation/simulate.ts";

/** Characters that a name gives to that of a file. */
const NAME_MAX = 60;

/** What is recorded of a simulation. */
export interface RecordedPolicy
  extends Pick<RecordedRun, "control_policy" | "policy" | "parameters"> {
  /** What tells the simulation from others of the study: of the video, of the network, and its place. */
  readonly names: readonly string[];
}

/**
 * Opens a recording for each edge: `DIR/VIDEO_NETWORK_PLACE_POLICY_EDGE.decisions.jsonl`. One that is there
 * is taken for that of an earlier simulation, and goes.
 */
export function recorder(directory: string, { names, ...recorded }: RecordedPolicy): OpenSinks {
  return async ({ edge, source, seed }) => {
    const name = [...names, recorded.policy, String(edge)].map(inFileName).join("_");
    const path = join(directory, name + RECORDING_ENDING);
    return [
      await DecisionSink.open(
        { path, overwrite: true },
        { source, seed, ...recorded },
        systemClock,
      ),
    ];
  };
}

function inFileName(text: string): string {
  return text.replace(/[^\w.-]+/g, "-").slice(0, NAME_MAX);
}
