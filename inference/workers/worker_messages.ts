/** The messages between the worker pool and its Workers. */

import type { Findings } from "../../core/detection.ts";
import type { ErrorCode } from "../../core/errors.ts";
import type { Pixels, Size } from "../../core/frame.ts";
import type { ImageLimits } from "../../core/image.ts";
import type { InferTimings } from "../../core/infer.ts";
import type { Manifest } from "../../models/manifest.ts";
import type { Inspection } from "../network/inspection.ts";
import type { Measured, MeasureEffort } from "../network/measurement.ts";
import type { Probed } from "../network/recognise.ts";
import type { SaidInput } from "../network/said_input.ts";
import type { SessionOptions } from "../network/session.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { ModelTensors } from "../network/tensors.ts";

/** A picture to infer: pixels at its own size, or a file that the Worker decodes. */
export type PictureInput =
  & {
    /** Least score that is reported, 0 to 1; the manifest's own when absent. */
    readonly scoreThreshold?: number | undefined;
  }
  & (
    | { readonly kind: "pixels"; readonly pixels: Pixels }
    | {
      readonly kind: "encoded";
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly limits: ImageLimits;
    }
  );

/** Tensors as the network has them. */
export interface TensorsInput {
  /** Told from pictures by it. */
  readonly kind: "tensors";
  /** One for each of the network's inputs. */
  readonly tensors: readonly Tensor[];
}

/** What a network is given at once by one caller. */
export type WorkerInput = PictureInput | TensorsInput;

/** Milliseconds of the stages at work; 0 of those that there were not. */
export type WorkedMs = Readonly<Omit<InferTimings, "queue" | "total">>;

/** What came of a picture. */
export interface PictureOutput {
  /** Told from other outcomes by it. */
  readonly kind: "findings";
  /** Boxes are in the picture's pixels. */
  readonly findings: Findings;
  /** Of the picture, in pixels. */
  readonly size: Size;
  /** Pictures that were in the same run of the network, itself among them. */
  readonly together: number;
  /** Those of all that were in the same run of the network count for each of them. */
  readonly workedMs: WorkedMs;
}

/** What came of tensors. */
export interface TensorsOutput {
  /** Told from other outcomes by it. */
  readonly kind: "tensors";
  /** One for each of the network's outputs, in the file's order. */
  readonly tensors: readonly Tensor[];
  /** There is no decoding, and no pre- or postprocessing. */
  readonly workedMs: WorkedMs;
}

/** What came of an input. */
export type OutputOf<Input extends WorkerInput> = Input extends TensorsInput ? TensorsOutput
  : PictureOutput;

/** Why nothing came of something. */
export interface Failed {
  /** What callers branch on. */
  readonly code: ErrorCode;
  /** One sentence for people. */
  readonly message: string;
}

/** How one of several inputs ended: one that fails leaves the others alone. */
export type Outcome =
  | PictureOutput
  | TensorsOutput
  | { readonly kind: "failed"; readonly error: Failed };

/** What a Worker is asked for. Pixels are transferred, not copied, and their memory comes back so. */
export type WorkerTask =
  | {
    readonly kind: "load";
    /** What the other tasks call it; its manifest's name when absent. */
    readonly model?: string | undefined;
    readonly manifest: Manifest;
    readonly path: string;
    /** The bytes of the file at `path`, which are transferred; read there when absent. */
    readonly weights?: Uint8Array<ArrayBuffer> | undefined;
    readonly session: SessionOptions;
  }
  | {
    /**
     * Runs a model that has no manifest yet, on a grey picture and on those that are given, fed as
     * `input` says.
     */
    readonly kind: "probe";
    /** Of its file, for messages. */
    readonly path: string;
    readonly weights: Uint8Array<ArrayBuffer>;
    readonly input: SaidInput | undefined;
    readonly pictures: readonly Pixels[];
    readonly session: SessionOptions;
  }
  | { readonly kind: "unload"; readonly model: string }
  | { readonly kind: "measure"; readonly model: string; readonly effort: MeasureEffort }
  | { readonly kind: "inspect"; readonly model: string; readonly pixels: Pixels }
  | {
    readonly kind: "infer";
    /** Its number among the Worker's inferences. */
    readonly run: number;
    readonly model: string;
    /** Pictures of several callers go through the network together where it takes them. */
    readonly inputs: readonly WorkerInput[];
  }
  /** Gives all memory back, answers, and ends: nothing is asked of it afterwards. */
  | { readonly kind: "end" };

/** What a Worker answers to each kind of task. */
export interface WorkerResults {
  /** The tensors of the network, which is loaded. */
  readonly load: ModelTensors;
  /** What its tensors are. */
  readonly probe: Probed;
  /** Nothing: also for a model that was not loaded. */
  readonly unload: null;
  /** How long inferences took. */
  readonly measure: Measured;
  /** What there was on the way from a picture to findings. */
  readonly inspect: Inspection;
  /** One for each input, in their order. */
  readonly infer: readonly Outcome[];
  /** Nothing. */
  readonly end: null;
}

/** A task with its number. */
export type WorkerRequest = { readonly id: number; readonly task: WorkerTask };

/** Nobody waits any more for the input of that index in an `infer` task: it need not be inferred. */
export interface WorkerNotice {
  /** Which of the inputs, from 0. */
  readonly leaveOut: number;
  /** Number of the inference. */
  readonly run: number;
}

/** The answer to the task of that number. */
export type WorkerReply =
  & {
    readonly id: number;
    /** Memory of the task's pixels, which goes back to be used again. */
    readonly spent: readonly ArrayBuffer[];
    /** When it was sent, in milliseconds since the Unix epoch, finely: both threads have this clock. */
    readonly sentAtMs: number;
  }
  & (
    | { readonly result: WorkerResults[keyof WorkerResults] }
    | { readonly error: Failed }
  );

/** The buffers of an input, which go with it. */
export function buffersOf(input: WorkerInput): ArrayBuffer[] {
  switch (input.kind) {
    case "pixels":
      return [input.pixels.data.buffer];
    case "encoded":
      return [input.bytes.buffer];
    case "tensors":
      return tensorBuffers(input.tensors);
  }
}

/** The buffers of tensors, each once. */
export function tensorBuffers(tensors: readonly Tensor[]): ArrayBuffer[] {
  return [...new Set(tensors.map(({ data }) => data.buffer as ArrayBuffer))];
}
