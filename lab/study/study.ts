/** A study: policies, each on every video and every network, and what came of it. */

import type { ParameterValues } from "../../policies/parameters.ts";
import type { Setting } from "../simulation/simulate.ts";
import type { Score } from "../simulation/score.ts";

/** A contestant's name that means the best that any policy could have done. */
export const ORACLE = "oracle";

/** A contestant's name that means the best in hindsight of those that decide the same for all frames. */
export const BEST_STATIC = "best_static";

/** What is to be studied: plain data, from which each of its cells can be simulated by itself. */
export interface StudyPlan {
  /** Directories with profiles. */
  readonly profiles: readonly string[];
  /** Networks, as users name them. */
  readonly networks: readonly string[];
  /** That paths in `networks` and `policies` are relative to. */
  readonly directory: string;
  /** Policies by name or path, with their parameters; {@link ORACLE} and {@link BEST_STATIC} too. */
  readonly policies: readonly PlannedPolicy[];
  /** What all of them are compared in; each video is played once, or for `seconds`. */
  readonly setting: Omit<Setting, "frames">;
  /** Seconds that each video is played; absent: once. */
  readonly seconds: number | undefined;
}

/** A policy of a study. */
export interface PlannedPolicy {
  /** Registered, a module's path, or one that others are combined in. */
  readonly name: string;
  /** Its own parameters. */
  readonly parameters: ParameterValues;
}

/** One video on one network: what is simulated in one go. */
export interface CellPlace {
  /** Among the plan's profiles. */
  readonly profile: number;
  /** Among the plan's networks. */
  readonly network: number;
}

/** The cells of a plan, in the order in which they are told. */
export function cellsOf({ profiles, networks }: StudyPlan): readonly CellPlace[] {
  return profiles.flatMap((_, profile) => networks.map((_, network) => ({ profile, network })));
}

/** How things went, second by second: a value for each. */
export interface Timeline {
  /** Frames that were inferred on the edge. */
  readonly here: readonly number[];
  /** Frames that were inferred in the cloud. */
  readonly cloud: readonly number[];
  /** Frames that were filtered. */
  readonly filtered: readonly number[];
  /** Frames without a result of their own in time. */
  readonly missed: readonly number[];
  /** Bytes that were sent. */
  readonly bytesUp: readonly number[];
  /** Mean F1. */
  readonly accuracy: readonly number[];
}

/** What a policy achieved in a cell. */
export interface Result {
  /** As the plan names it. */
  readonly policy: string;
  /** What there is to say of it: which static one was best, how the bound was found. */
  readonly detail: string;
  /** What it was worth; of the bound, only its accuracy. */
  readonly score: Score | null;
  /** Mean F1; the bound's too. */
  readonly accuracy: number;
  /** Its accuracy as a share of the bound's; `null` where there is no bound. */
  readonly shareOfBound: number | null;
  /** Latencies, milliseconds: the least, then each hundredth up to the greatest. Empty without any. */
  readonly latencyQuantilesMs: readonly number[];
  /** Second by second; `null` of the bound. */
  readonly timeline: Timeline | null;
  /** Frames whose size or quality was not profiled: the nearest findings stand in for theirs. */
  readonly offGrid: number;
}

/** What came of a cell. */
export interface Cell {
  /** The profile's name. */
  readonly video: string;
  /** The network's name. */
  readonly network: string;
  /** Frames a second of the camera. */
  readonly fps: number;
  /** Bytes that could have passed the uplink, second by second. */
  readonly uplink: readonly number[];
  /** In the plan's order. */
  readonly results: readonly Result[];
}

/** What came of a study, or of a shard of it. */
export interface Study {
  /** Of the form of the file: it changes with what it says. */
  readonly form: 1;
  /** What was studied. */
  readonly plan: StudyPlan;
  /** Which part of it this is, from 1 on. */
  readonly shard: { readonly index: number; readonly count: number };
  /** Each by its place among all cells of the plan. */
  readonly cells: readonly (Cell & { readonly at: number })[];
}
