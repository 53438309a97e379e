/** Numbers as they stand in a report: with their unit, and no more digits than they are good for. */

import type { Estimate } from "../simulation/score.ts";

/** What stands where there is nothing to tell. */
export const NOTHING = "–";

/** F1 and its like: `0.873`. */
export function f1(value: number): string {
  return value.toFixed(3);
}

/** Between which values a mean lies: `0.861–0.885`. */
export function interval({ low, high }: Pick<Estimate, "low" | "high">): string {
  return `${f1(low)}–${f1(high)}`;
}

/** A share: `87.3 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Milliseconds without their unit: `8.4`, `132`. */
export function milliseconds(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  return value.toFixed(value < 9.95 ? 1 : 0);
}

/** Bytes with a unit that people read: `1.64 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value.toFixed(0)} B`;
  if (value < 1e6) return `${significant(value / 1e3)} kB`;
  return value < 1e9 ? `${significant(value / 1e6)} MB` : `${significant(value / 1e9)} GB`;
}

/** Three digits that count: `0`, `1.64`, `16.4`, `164`. */
export function significant(value: number): string {
  if (value === 0) return "0";
  const digits = 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(3, Math.max(0, digits)));
}

/** The least round number that four steps reach `value` with: 4, 8, 10, 16, 20, 40 and so on. */
export function fourSteps(value: number): number {
  if (!(value > 0)) return 4;
  const power = 10 ** Math.floor(Math.log10(value / 4));
  const step = [1, 2, 2.5, 4, 5, 8, 10].find((one) => one * power * 4 >= value * (1 - 1e-9)) ?? 10;
  return 4 * step * power;
}
