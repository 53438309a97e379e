/** Contestants that were played on the same video, and what came of each. */

import type { Detection } from "../../core/detection.ts";
import type { TruthSource } from "../profile/profile.ts";
import { accuracies, isMissed, knownOf } from "../simulation/score.ts";
import type { SimulatedFrame } from "../simulation/simulate.ts";
import { resultOfRun } from "../study/result_of_run.ts";
import type { Result } from "../study/study.ts";
import { dueFrames, FOUND, type LiveRun } from "./live_frames.ts";

/** A policy, a model, or both, that is compared with others. */
export interface Contestant {
  /** Tells it from the others: also the name of its directory. */
  readonly name: string;
  /** A registered name, or the path of a module. */
  readonly policy: string;
  /** The model that infers wherever a frame is inferred; `null`: the policy chooses. */
  readonly model: string | null;
}

/** What is compared in a comparison, and by what. */
export interface ComparisonHead {
  /** When the first contestant was started, ISO 8601. */
  readonly began: string;
  /** The version of this program. */
  readonly smarteye: string;
  /** What was played. */
  readonly video: {
    /** Without its directory. */
    readonly name: string;
    /** Pixels. */
    readonly width: number;
    /** Pixels. */
    readonly height: number;
    /** Frames a second. */
    readonly fps: number;
    /** How many were played. */
    readonly frames: number;
  };
  /** The emulated network as it was named; `null`: the link as it was. */
  readonly network: string | null;
  /** The forwarder that was asked; `null`: one that was started for it, with one server. */
  readonly forwarder: string | null;
  /** Milliseconds after which a result is of no use. */
  readonly deadlineMs: number;
  /** Least milliseconds between two frames; 0: every frame of the video is to be inferred. */
  readonly intervalMs: number;
  /** Of all that was left to chance. */
  readonly seed: number;
  /** What is taken for true. */
  readonly truth: TruthSource;
  /** Labels that count. */
  readonly labels: readonly string[];
  /** Things that are taken for true, over all frames, by their label. */
  readonly things: Readonly<Record<string, number>>;
  /** Bytes that could have passed the uplink, second by second; empty where it was not emulated. */
  readonly uplink: readonly number[];
}

/** What came of a contestant, but for its frames. */
export interface ContestantResult extends Contestant {
  /** What it was worth; `null` when it could not be played to its end. */
  readonly result: Result | null;
  /** Why it could not. */
  readonly failure: string | null;
  /** Frames by the model that inferred them. */
  readonly models: Readonly<Record<string, number>>;
}

/** A comparison: `compare.json`. */
export interface Comparison extends ComparisonHead {
  /** Of the form of the file: it changes with what it says. */
  readonly form: 1;
  /** In the order in which they were named. */
  readonly contestants: readonly ContestantResult[];
}

/** A frame of the video under a contestant. */
export interface ComparedFrame {
  /** Its number in the video, from 1 on. */
  readonly number: number;
  /** Presentation time, milliseconds. */
  readonly ptsMs: number;
  /** Whether it was to be taken: others lie within the interval, and are not counted. */
  readonly isDue: boolean;
  /** How it ended. */
  readonly outcome: SimulatedFrame["outcome"];
  /** The model that inferred it; `null` when none did. */
  readonly model: string | null;
  /** Milliseconds from capture to its own result; `null` without one. */
  readonly latencyMs: number | null;
  /** Whether that was within the deadline. */
  readonly isInTime: boolean;
  /** Bytes that were sent for it. */
  readonly bytesUp: number;
  /** F1 of what is known of it at its deadline. */
  readonly f1: number;
  /** What is known of it then: its own result, or the latest of an earlier frame. */
  readonly known: readonly Detection[];
  /** The number of the frame whose result that is; `null` when nothing is known. */
  readonly knownFrom: number | null;
}

/** What came of a contestant that was played to its end. */
export interface Played {
  /** What it was worth. */
  readonly result: Result;
  /** Frames by the model that inferred them, over those that count. */
  readonly models: Readonly<Record<string, number>>;
  /** Every frame of the video, in order. */
  readonly frames: readonly ComparedFrame[];
}

/** Scores a live run as a simulation is scored. */
export function playedOf(
  name: string,
  { frames, records, recording }: LiveRun,
  { deadlineMs, intervalMs, seed }: Pick<ComparisonHead, "deadlineMs" | "intervalMs" | "seed">,
): Played {
  const due = dueFrames(frames, intervalMs);
  const isDue = new Set(due.map(({ place }) => place));
  const f1 = accuracies(recording, frames, deadlineMs);
  const known = knownOf(frames, deadlineMs);
  const compared = frames.map((frame, place): ComparedFrame => {
    const { index, ptsMs } = recording.frame(place);
    const { outcome, point, capturedAtMs, endedAtMs, bytesUp } = frame;
    const of = known[place];
    return {
      ...{ number: index, ptsMs, outcome, bytesUp, f1: f1[place]!, isDue: isDue.has(place) },
      model: records[place]?.model ?? null,
      latencyMs: point === undefined ? null : Number((endedAtMs - capturedAtMs).toFixed(2)),
      isInTime: point !== undefined && !isMissed(frame, deadlineMs),
      known: of ? recording.answer(of.place, FOUND).detections : [],
      knownFrom: of ? recording.frame(of.place).index : null,
    };
  });
  const models: Record<string, number> = {};
  for (const { model } of compared) if (model) models[model] = (models[model] ?? 0) + 1;
  const run = { edges: [due], serverSeconds: 0 };
  return {
    result: resultOfRun(name, recording, run, { deadlineMs, seed }),
    ...{ models, frames: compared },
  };
}

/** What whoever reads a comparison should know to not take it for more than it is. */
export function notesOn({ truth, contestants }: Comparison): readonly string[] {
  if (truth.kind === "labels") return [];
  const own = contestants.filter(({ models }) => Object.hasOwn(models, truth.model));
  if (own.length === 0) return [];
  const whose = own.length === contestants.length ? "all" : own.map(({ name }) => name).join(", ");
  return [
    `${truth.model} is what is taken for true, and it inferred frames of ${whose} as well: their F1 ` +
    "tells what late results and smaller pictures cost, not how good that model is.",
  ];
}
