/** Small pictures of numbers. What they show stands beside them in words, too. */

import type { JSX } from "hono/jsx/jsx-runtime";
import type { WindowSecond } from "../minute_window.ts";

/** What a line shows. */
export interface SparkProps {
  /** The last minute, the oldest second first. */
  readonly seconds: readonly WindowSecond[];
  /** How often something happened, or how long it took. */
  readonly of: "count" | "mean";
  /** What it is, for those who do not see it. */
  readonly label: string;
  /** Larger, on a page of its own. */
  readonly isLarge?: boolean;
}

const HEIGHT = 24;

/** Seconds without a value over which the line goes on. */
const GAP_S = 5;

/** The last minute as a line. The second that is not over is left out: it would always seem to fall. */
export function Spark({ seconds, of, label, isLarge = false }: SparkProps): JSX.Element {
  const values = seconds.slice(0, -1).map((second) => second[of]);
  const most = Math.max(...values.map((value) => value ?? 0));
  const top = most > 0 ? most : 1;
  const lines: string[][] = [[]];
  let last = 0;
  values.forEach((value, second) => {
    if (value === undefined) return;
    // Where nothing was answered there is no time that it took.
    if (second - last > GAP_S) lines.push([]);
    last = second;
    lines.at(-1)!.push(`${second},${round(HEIGHT - 2 - (HEIGHT - 4) * value / top)}`);
  });
  return (
    <svg
      class={isLarge ? "spark large" : "spark"}
      viewBox={`0 0 ${values.length - 1} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {lines.filter((points) => points.length > 0).map((points) => (
        <polyline points={(points.length > 1 ? points : [points[0]!, points[0]!]).join(" ")} />
      ))}
    </svg>
  );
}

/** A part of a bar. */
export interface BarPart {
  /** What it is, which its colour goes by. */
  readonly kind: string;
  /** How much of it there is. */
  readonly value: number;
}

/** Parts of a whole, side by side. */
export function Bar({ parts, label, whole }: {
  readonly parts: readonly BarPart[];
  readonly label: string;
  /** What all parts together may be at most; what they are when absent. */
  readonly whole?: number;
}): JSX.Element {
  const all = whole ?? parts.reduce((sum, { value }) => sum + value, 0);
  let from = 0;
  return (
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="rest" x="0" y="0" width="100" height="8" />
      {parts.map(({ kind, value }) => {
        const width = all > 0 ? Math.min(100 - from, 100 * value / all) : 0;
        const rect = <rect class={kind} x={round(from)} y="0" width={round(width)} height="8" />;
        from += width;
        return rect;
      })}
    </svg>
  );
}

/** Enough for a picture, and short. */
function round(value: number): number {
  return Math.round(10 * value) / 10;
}
