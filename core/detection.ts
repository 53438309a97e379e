/** What inference finds in a picture: the one value that flows from decoders to results. */

import type { Size } from "./frame.ts";
import { rounded } from "./number.ts";

/** The kind of question that a model answers about a picture. */
export type Service = "detection" | "classification";

/** Every service, in the order in which help texts name them. */
export const SERVICES: readonly Service[] = ["detection", "classification"];

/** Corners `[x1, y1, x2, y2]` in pixels of a stated picture, `x1 < x2`, `y1 < y2`. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** Which pixels of a picture are an object's, as COCO's uncompressed run lengths. */
export interface RunLengthMask {
  /** Height and width of the mask; it covers the whole picture, whatever the picture's own size. */
  readonly size: readonly [height: number, width: number];
  /** Lengths of the runs, down the columns from the left, of pixels outside and inside in turn. */
  readonly counts: readonly number[];
}

/** One object in a picture. */
export interface Detection {
  /** Name of its class, from the model's labels. */
  readonly label: string;
  /** Place of that class in the model's labels, from 0. */
  readonly class_id: number;
  /** Confidence, 0 to 1. */
  readonly score: number;
  /** In the picture that was asked about, unless whoever hands it on says otherwise. */
  readonly box: Box;
  /** Its outline, of models that tell it. */
  readonly mask?: RunLengthMask | undefined;
}

/** One answer to "what does this picture show?". */
export interface Classification {
  /** Name of the class, from the model's labels. */
  readonly label: string;
  /** Place of the class in the model's labels, from 0. */
  readonly class_id: number;
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** The answer of a model: objects with boxes, or classes of the whole picture. */
export type Findings =
  | { readonly detections: readonly Detection[] }
  | { readonly classifications: readonly Classification[] };

/** The same box in another picture of the same scene: from one size to another. */
export function scaleBox(box: Box, from: Size, to: Size): Box {
  const kx = to.width / from.width;
  const ky = to.height / from.height;
  return [box[0] * kx, box[1] * ky, box[2] * kx, box[3] * ky];
}

/** The same findings in another picture of the same scene. Classifications have no place to move. */
export function scaleFindings(findings: Findings, from: Size, to: Size): Findings {
  if (!("detections" in findings)) return findings;
  if (from.width === to.width && from.height === to.height) return findings;
  return {
    detections: findings.detections.map((d) => ({ ...d, box: scaleBox(d.box, from, to) })),
  };
}

/** Intersection over union of two boxes, 0 to 1. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1]);
  return intersection / (area(a) + area(b) - intersection);
}

/** A box, to hundredths of a pixel. */
export function roundedBox([x1, y1, x2, y2]: Box): Box {
  return [rounded(x1, 2), rounded(y1, 2), rounded(x2, 2), rounded(y2, 2)];
}
