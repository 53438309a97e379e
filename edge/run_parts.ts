/** What a run over one source is made of, and how it ends. */

import type { Clock } from "../core/clock.ts";
import type { SmarteyeError } from "../core/errors.ts";
import type { LoadedPolicy } from "../policies/loaded_policy.ts";
import type { ControlSnapshot } from "../policies/offload/policy.ts";
import type { ParameterValues } from "../policies/parameters.ts";
import type { PacketTape } from "./capture/media/packet_tape.ts";
import type { FrameSource } from "./capture/source.ts";
import type { DecisionOptions } from "./decision_engine.ts";
import type { FrameFilter } from "./filter/frame_filter.ts";
import type { EdgeNode } from "./node.ts";
import type { EdgeOptions, SourceOptions } from "./options.ts";
import type { Sink } from "./sink/sink.ts";
import type { Summary } from "./statistics.ts";
import type { TaskOptions } from "./tasks.ts";

/** What a run is made of. */
export interface RunParts {
  /** Whose Workers and link to the cloud the frames go to. */
  readonly node: EdgeNode;
  /** Read to its end, and not closed: that is up to whoever opened it. */
  readonly source: FrameSource;
  /** Where results go; closed at the end of the run. */
  readonly sinks: readonly Sink[];
  /** Looks at each frame before the policy is asked; absent: nothing is kept back. */
  readonly filter?: FrameFilter | undefined;
  /** What its video is kept on as it was sent; absent: on nothing. */
  readonly tape?: PacketTape | undefined;
  /** Asked once a frame that is not kept back, in order of capture. */
  readonly policy: Pick<LoadedPolicy<ControlSnapshot>, "name" | "ask" | "needs">;
  /** The policy's own parameters. */
  readonly parameters: ParameterValues;
  /** Of all that is left to chance in this run. */
  readonly seed: number;
  /** Latencies are measured by it. */
  readonly clock: Clock;
  /** What was deleted of its results so far, to make room for newer ones; absent: nothing ever is. */
  readonly deleted?: () => { readonly files: number; readonly bytes: number };
  /** Aborts when no more frames are to be captured. */
  readonly drain: AbortSignal;
}

/** The options that belong to one source's run. */
export type RunOptions =
  & DecisionOptions
  & TaskOptions
  & Pick<EdgeOptions, "queueLengthMax" | "onCloudFailure">
  & Pick<SourceOptions, "name" | "intervalMs" | "framesMax" | "overflow">
  & Partial<Pick<SourceOptions, "track" | "zones" | "rules" | "resultsDirectory">>;

/** How a run ended. */
export interface RunEnd {
  /** Its numbers, as `summary.json` has them. */
  readonly summary: Summary;
  /** What ended it early or kept its results from being stored, or that no frame came to anything. */
  readonly failure: SmarteyeError | undefined;
}
