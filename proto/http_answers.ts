/** forwarder → senders that speak others' words: DeepStack's API, the original SmartEye's form. */

import { z } from "zod";
import type { Schema } from "./http_codec.ts";

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

/** Answer to the original's form: the frame with its boxes drawn on it, or the likeliest class. */
export type OriginalAnswer =
  | { readonly frame_shape: string; readonly result: string; readonly process_time: number }
  | { readonly prediction: string; readonly process_time: number };

const pixel = z.int().min(0);

/** Reads it from JSON. */
export const VisionAnswer: Schema<VisionAnswer> = z.object({
  success: z.literal(true),
  code: z.literal(200),
  message: z.string(),
  predictions: z.array(z.object({
    label: z.string(),
    confidence: z.number().min(0).max(1),
    ...{ x_min: pixel, y_min: pixel, x_max: pixel, y_max: pixel },
  })),
  count: z.int().min(0),
  inferenceMs: z.int().min(0),
  processMs: z.int().min(0),
  duration: z.literal(0),
});

/** Reads it from JSON. */
export const VisionError: Schema<VisionError> = z.object({
  success: z.literal(false),
  code: z.int(),
  error: z.string(),
  request_id: z.string().optional(),
});

/** Reads it from JSON. */
export const OriginalAnswer: Schema<OriginalAnswer> = z.union([
  z.object({ frame_shape: z.string(), result: z.string(), process_time: z.number() }),
  z.object({ prediction: z.string(), process_time: z.number() }),
]);
