/** What is known of a recorded video: what each model finds in it, however it is sent, and what that costs. */

import type { Detection } from "../../core/detection.ts";

/** How a frame is encoded before it is sent. */
export interface Encoding {
  /** Pixels, as decided: the width follows from the frame's proportions. */
  readonly height: number;
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
}

/** One way to have a frame inferred: a model, and how the frame comes to it. */
export interface OperatingPoint {
  /** Name of the model. */
  readonly model: string;
  /** Absent: the whole frame as it is, as where it was captured. */
  readonly encoding: Encoding | undefined;
}

/** A model, as it was measured. */
export interface ProfiledModel {
  /** Its name. */
  readonly name: string;
  /** Published accuracy that ranks it, 0 to 100, if known. */
  readonly accuracy: number | undefined;
  /** Milliseconds at a Worker for the whole frame, median. */
  readonly serviceMs: number;
}

/** What one operating point gives for one frame. */
export interface Answer {
  /** Of the JPEG; 0 where none was made. */
  readonly bytes: number;
  /** Milliseconds that it took to scale and encode it; 0 where none was made. */
  readonly encodeMs: number;
  /**
   * Milliseconds that a Worker is taken up: the frame's way there and back, decoding, preprocessing, the
   * network, decoding of its outputs.
   */
  readonly serviceMs: number;
  /** Against the frame's truth. */
  readonly f1: number;
  /** In pixels of the captured frame; only labels that count. */
  readonly detections: readonly Detection[];
}

/** A frame, what is cheaply seen of it, and what is in it. */
export interface ProfiledFrame {
  /** Its number in the video: 1, 2, 3 … */
  readonly index: number;
  /** Presentation time in the video, milliseconds. */
  readonly ptsMs: number;
  /** Mean difference in brightness from the profiled frame before, 0 to 1; 0 for the first. */
  readonly difference: number;
  /** Mean step in brightness from a pixel to its neighbours at 64×36, 0 to 1. */
  readonly edges: number;
  /** Share of its pixels, at 64×36, that differ by more than noise from the profiled frame before. */
  readonly area: number;
  /** Its brightness at 64×36, row by row, 0 is black: what policies that look at frames compare. */
  readonly grey: Uint8Array;
  /** What is there, in pixels of the captured frame; scores are 1 where people labelled it. */
  readonly truth: readonly Detection[];
  /** One for each of the profile's operating points, in their order. */
  readonly answers: readonly Answer[];
}

/** Where the truth comes from: the findings of a model in whole frames, or labels. */
export type TruthSource =
  | { readonly kind: "model"; readonly model: string }
  | { readonly kind: "labels"; readonly file: string };

/** What a profile was made of. */
export interface ProfileHead {
  /** Tells it from other profiles in tables: the video's name without its ending. */
  readonly name: string;
  /** The video, without its directory. */
  readonly video: string;
  /** SHA-256 of the video, where it is one file. */
  readonly sha256: string | undefined;
  /** Pixels of a captured frame. */
  readonly width: number;
  /** Pixels of a captured frame. */
  readonly height: number;
  /** Frames a second, of those that were profiled. */
  readonly fps: number;
  /** Each how manieth frame of the video was profiled. */
  readonly every: number;
  /** Labels that count: those that every model knows. */
  readonly labels: readonly string[];
  /** What is taken for true. */
  readonly truth: TruthSource;
  /** Least score of a detection. */
  readonly scoreThreshold: number;
  /** The processor that service times were measured on. */
  readonly processor: string;
  /** Models, in the order in which they were named. */
  readonly models: readonly ProfiledModel[];
  /** Whole frames first, then every height and quality. */
  readonly points: readonly OperatingPoint[];
}

/** A recorded video, profiled. */
export interface Profile {
  /** What it was made of. */
  readonly head: ProfileHead;
  /** In order of time. */
  readonly frames: readonly ProfiledFrame[];
}

/** An operating point, for people: `yolox_nano 480p q85`. */
export function pointName({ model, encoding }: OperatingPoint): string {
  return encoding ? `${model} ${encoding.height}p q${encoding.quality}` : model;
}
