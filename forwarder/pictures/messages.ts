/** The messages between the forwarder and the Workers that know pictures and tensors. */

import type { Findings, Service } from "../../core/detection.ts";
import type { ErrorCode } from "../../core/errors.ts";
import type { Size } from "../../core/frame.ts";
import type { SentImage } from "../../core/infer.ts";
import type { TensorHead } from "../../proto/open_inference_tensors.ts";

/** A model as a server of the Open Inference Protocol describes it. */
export interface OpenModel {
  /** As the server calls it. */
  readonly name: string;
  /** Which of that name it is; empty where the server does not say. */
  readonly version: string;
  /** What it takes. */
  readonly inputs: readonly TensorHead[];
  /** What it gives. */
  readonly outputs: readonly TensorHead[];
  /** Whether the server takes a whole image file for any model's input, as ours does. */
  readonly takesFiles: boolean;
}

/** How a model is asked: with the image as a file, and its answer is what was found, or with its tensors. */
export type OpenWay = "file" | "tensors";

/** A model that can be asked. */
export interface Described {
  /** What it answers. */
  readonly service: Service;
  /** Published accuracy, 0 to 100, if known. */
  readonly accuracy: number | undefined;
  /** In which ways; the first that fits the image is taken. */
  readonly ways: readonly OpenWay[];
}

/** What is asked of a Worker. */
export type PictureTask =
  /** Whether and how a model can be asked. Fails with why it cannot. */
  | { readonly kind: "describe"; readonly model: OpenModel }
  /** Makes the message that asks it about an image. */
  | {
    readonly kind: "ask";
    readonly model: OpenModel;
    /** Comes back with the answer. */
    readonly id: string;
    readonly image: SentImage;
    /** Least score that is reported, 0 to 1; the model's own when absent. */
    readonly scoreThreshold: number | undefined;
    /** Milliseconds for which the answer is waited for; not told the server when absent. */
    readonly timeoutMs: number | undefined;
    /** Whether others go before. */
    readonly isBackground: boolean;
  }
  /** Reads the message with its answer. */
  | {
    readonly kind: "read";
    readonly model: OpenModel;
    readonly id: string;
    readonly way: OpenWay;
    /** Of the image. */
    readonly size: Size;
    readonly scoreThreshold: number | undefined;
    readonly message: Uint8Array<ArrayBuffer>;
  }
  /** Makes the message that asks an original server about an image. */
  | { readonly kind: "draw"; readonly model: string; readonly image: SentImage };

/** What a Worker answers to each kind of task. */
export interface PictureResults {
  /** How it can be asked. */
  readonly describe: Described;
  /** The message, what it says, and milliseconds of the stages. */
  readonly ask: {
    readonly message: Uint8Array<ArrayBuffer>;
    readonly way: OpenWay;
    readonly size: Size;
    readonly decodeMs: number;
    readonly preprocessMs: number;
  };
  /** In pixels of the image. */
  readonly read: { readonly findings: Findings; readonly postprocessMs: number };
  /** The message. */
  readonly draw: {
    readonly message: Uint8Array<ArrayBuffer>;
    readonly size: Size;
    readonly decodeMs: number;
    readonly preprocessMs: number;
  };
}

/** What every Worker goes by. */
export interface PictureSettings {
  /** Directory with the user's own manifests. */
  readonly directory: string;
  /** Pixels that an image may have. */
  readonly pixelsMax: number;
  /** Least score of a detection where a request names none, 0 to 1; the model's own when absent. */
  readonly scoreThreshold: number | undefined;
}

/** A task with its number, or what comes before the first. */
export type PictureRequest =
  | { readonly settings: PictureSettings }
  | { readonly id: number; readonly task: PictureTask };

/** The answer to the task of that number. */
export type PictureAnswer =
  & { readonly id: number }
  & (
    | { readonly result: PictureResults[keyof PictureResults] }
    | { readonly error: { readonly code: ErrorCode; readonly message: string } }
  );
