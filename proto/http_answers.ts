/** forwarder ↔ senders that speak others' words: DeepStack's API, the original SmartEye's form, probes. */

import { z } from "zod";
import { readNumber } from "../core/number.ts";
import type { Schema } from "./http_schema.ts";

/** What stands beside the image in the form of `POST /v1/vision/detection`. */
export interface VisionFields {
  /** Least confidence of what is told, 0 to 1. */
  readonly min_confidence: number;
  /** A token, where the forwarder wants one. */
  readonly api_key?: string | undefined;
}

/** An object as DeepStack tells it: whole pixels within the image. */
export interface Prediction {
  /** What it is. */
  readonly label: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Left. */
  readonly x_min: number;
  /** Top. */
  readonly y_min: number;
  /** Right. */
  readonly x_max: number;
  /** Bottom. */
  readonly y_max: number;
}

/** Answer to `POST /v1/vision/detection`. */
export interface VisionAnswer {
  /** That it is one. */
  readonly success: true;
  /** Of HTTP. */
  readonly code: 200;
  /** What was found, in words. */
  readonly message: string;
  /** The surest first. */
  readonly predictions: readonly Prediction[];
  /** How many those are. */
  readonly count: number;
  /** Milliseconds of the network. */
  readonly inferenceMs: number;
  /** Milliseconds from the last byte of the request to the answer. */
  readonly processMs: number;
  /** Always 0, as in DeepStack. */
  readonly duration: 0;
}

/** An error as DeepStack tells it. */
export interface VisionError {
  /** That it is one. */
  readonly success: false;
  /** Of HTTP. */
  readonly code: number;
  /** A sentence for people. */
  readonly error: string;
  /** What the request is called in logs. */
  readonly request_id?: string | undefined;
}

/** Answer to `GET /v1/vision/custom/list`. */
export interface VisionModels {
  /** That it is one. */
  readonly success: true;
  /** Names of the models that detect. */
  readonly models: readonly string[];
  /** How many those are. */
  readonly count: number;
}

/** Answer to `GET /v1/status/ping`. */
export interface VisionPing {
  /** That somebody is there. */
  readonly success: true;
}

/** Answer to `GET /healthz` and `GET /readyz`, where it is so. */
export interface ProbeAnswer {
  /** Which of the two was asked. */
  readonly status: "alive" | "ready";
}

/** The form of the original SmartEye's edge. */
export interface OriginalFields {
  /** Name of the model. */
  readonly selected_model: string;
  /** `(height, width, 3)`. */
  readonly frame_shape: string;
  /** Base64 of blue, green and red, row by row. */
  readonly frame: string;
}

/** Answer to the original's form: the frame with its boxes drawn on it, or the likeliest class. */
export type OriginalAnswer =
  | { readonly frame_shape: string; readonly result: string; readonly process_time: number }
  | { readonly prediction: string; readonly process_time: number };

const pixel = z.int().min(0);
const count = z.int().min(0);
const inMs = z.int().min(0);
const isSuccess = z.literal(true).describe("That it is an answer.");

/** Reads them from the texts of a form. */
export const VisionFields: Schema<VisionFields> = z.object({
  min_confidence: z.preprocess(
    (text) => typeof text === "string" ? readNumber(text, { min: 0, max: 1 }) : text,
    z.number().min(0).max(1),
  ).default(0.4).describe("Least confidence of what is told."),
  api_key: z.string().optional().describe("A token, where the forwarder wants one."),
});

/** Reads it from JSON. */
export const VisionAnswer: Schema<VisionAnswer> = z.object({
  success: isSuccess,
  code: z.literal(200).describe("Of HTTP."),
  message: z.string().describe("What was found, in words."),
  predictions: z.array(z.object({
    label: z.string().describe("What it is."),
    confidence: z.number().min(0).max(1).describe("How sure that is."),
    x_min: pixel.describe("Left, in whole pixels within the image."),
    y_min: pixel.describe("Top."),
    x_max: pixel.describe("Right."),
    y_max: pixel.describe("Bottom."),
  })).describe("The surest first."),
  count: count.describe("How many those are."),
  inferenceMs: inMs.describe("Milliseconds of the network."),
  processMs: inMs.describe("Milliseconds from the last byte of the request to the answer."),
  duration: z.literal(0).describe("Always 0, as in DeepStack."),
});

/** Reads it from JSON. */
export const VisionError: Schema<VisionError> = z.object({
  success: z.literal(false).describe("That it is an error."),
  code: z.int().describe("Of HTTP."),
  error: z.string().describe("A sentence for people."),
  request_id: z.string().optional().describe("What the request is called in logs."),
});

/** Reads it from JSON. */
export const VisionModels: Schema<VisionModels> = z.object({
  success: isSuccess,
  models: z.array(z.string()).describe("Names of the models that detect."),
  count: count.describe("How many those are."),
});

/** Reads it from JSON. */
export const VisionPing: Schema<VisionPing> = z.object({ success: isSuccess });

/** Reads it from JSON. */
export const ProbeAnswer: Schema<ProbeAnswer> = z.object({
  status: z.enum(["alive", "ready"]).describe("Which of the two was asked."),
});

const text = z.string().min(1);

/** Reads them from a form. */
export const OriginalFields: Schema<OriginalFields> = z.object({
  selected_model: text.describe("Name of the model."),
  frame_shape: text.describe("As NumPy writes it: (height, width, 3)."),
  frame: text.describe("Base64 of blue, green and red, row by row."),
});

const process_time = z.number().describe(
  "Seconds from the last byte of the request to the answer.",
);

/** Reads it from JSON. */
export const OriginalAnswer: Schema<OriginalAnswer> = z.union([
  z.object({
    frame_shape: z.string().describe("As in the request."),
    result: z.string().describe("The frame with its boxes drawn on it, as it was sent."),
    process_time,
  }),
  z.object({ prediction: z.string().describe("The likeliest class."), process_time }),
]);
