/** What reports of detectors and of classifiers share. */

import type { Speed } from "../../../lab/evaluation/evaluate.ts";
import type { Column } from "../../table.ts";

/** Headings of a model's speed. */
export const SPEED_COLUMNS: readonly Column[] = [
  ["infer p50", "right"],
  ["infer p95", "right"],
  ["images/s", "right"],
];

/** A model's speed under {@link SPEED_COLUMNS}. */
export function speedCells({ inferMs, imagesPerSecond }: Speed): string[] {
  const { p50, p95 } = inferMs;
  return [`${p50.toFixed(1)} ms`, `${p95.toFixed(1)} ms`, imagesPerSecond.toFixed(1)];
}

/** A model's speed for programs. */
export function speedJson({ inferMs, imagesPerSecond }: Speed) {
  const { p50, p95 } = inferMs;
  return {
    infer_ms: { p50: round(p50, 3), p95: round(p95, 3) },
    images_per_s: round(imagesPerSecond, 3),
  };
}

/** A share in points, 0 to 100, as models' accuracies are given. */
export function points(share: number | undefined): string {
  return share === undefined ? "–" : (100 * share).toFixed(1);
}

/** The same for programs. */
export function rounded(share: number | undefined): number | null {
  return share === undefined ? null : round(100 * share, 4);
}

/** A data set's path as a manifest names it: `street/test`. */
export function shortPath(path: string): string {
  return path.split(/[\\/]/).filter((part) => part !== "").slice(-2).join("/");
}

/** `1 image`, `2 images`. */
export function counted(n: number, what: string, many = `${what}s`): string {
  return `${n} ${n === 1 ? what : many}`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
