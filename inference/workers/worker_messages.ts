/** The messages between the worker pool and its Workers. */

import type { Findings } from "../../core/detection.ts";
import type { ErrorCode } from "../../core/errors.ts";
import type { Pixels, Size } from "../../core/frame.ts";
import type { InferTimings } from "../../core/infer.ts";
import type { Manifest } from "../../models/manifest.ts";
import type { Inspection } from "../network/inspection.ts";
import type { Measured, MeasureEffort } from "../network/measurement.ts";
import type { Probed } from "../network/recognise.ts";
import type { SessionOptions } from "../network/session.ts";

/** What a Worker is asked for. Pixels are transferred, not copied, and their memory comes back so. */
export type WorkerTask =
  | {
    readonly kind: "load";
    readonly manifest: Manifest;
    readonly path: string;
    readonly session: SessionOptions;
  }
  | {
    /** Runs a file that has no manifest yet; `size` where the file takes any. */
    readonly kind: "probe";
    readonly path: string;
    readonly size: Size | undefined;
    readonly session: SessionOptions;
  }
  | { readonly kind: "unload"; readonly model: string }
  | { readonly kind: "measure"; readonly model: string; readonly effort: MeasureEffort }
  | { readonly kind: "inspect"; readonly model: string; readonly pixels: Pixels }
  | {
    readonly kind: "infer";
    readonly model: string;
    /** The picture, at its own size. */
    readonly pixels: Pixels;
    readonly scoreThreshold: number | undefined;
  };

/** What a Worker answers to each kind of task. */
export interface WorkerResults {
  /** Nothing: it is loaded, or an error came instead. */
  readonly load: null;
  /** What its tensors are. */
  readonly probe: Probed;
  /** Nothing: also for a model that was not loaded. */
  readonly unload: null;
  /** How long inferences took. */
  readonly measure: Measured;
  /** What there was on the way from a picture to findings. */
  readonly inspect: Inspection;
  /** Boxes in the pixels of the task; milliseconds of each stage in the Worker. */
  readonly infer: {
    readonly findings: Findings;
    readonly workedMs: Pick<InferTimings, "preprocess" | "infer" | "postprocess">;
  };
}

/** A task with its number. */
export type WorkerRequest = { readonly id: number; readonly task: WorkerTask };

/** The answer to the task of that number. */
export type WorkerReply =
  & {
    readonly id: number;
    /** Memory of the task's pixels, which goes back to be used again. */
    readonly spent: readonly ArrayBuffer[];
  }
  & (
    | { readonly result: WorkerResults[keyof WorkerResults] }
    | { readonly error: { readonly code: ErrorCode; readonly message: string } }
  );
