/** Figures for people, as tables of Markdown. */

import { percentile } from "../../core/rolling_window.ts";

/** A table; its first column is aligned to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) =>
    Math.max(3, ...[name, ...rows.map((row) => row[i] ?? "")].map(lengthOf))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      widths.map((width, i) => {
        const cell = cells[i] ?? "";
        return i === 0 ? cell.padEnd(width) : cell.padStart(width);
      }).join(" | ")
    } |`;
  const rule = widths.map((width, i) => "-".repeat(width + 1) + (i === 0 ? "-" : ":"));
  return [line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}

/** A number with so many digits after the point; a dash where there is none. */
export function digits(value: number | null | undefined, count: number): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? "–"
    : value.toFixed(count);
}

/** The median, and with several values the least and the greatest: `0.61 (0.58–0.63)`. */
export function spreadOf(values: readonly number[], count: number): string {
  const middle = digits(percentile(values, 50), count);
  if (values.length < 2) return middle;
  return `${middle} (${digits(Math.min(...values), count)}–${digits(Math.max(...values), count)})`;
}

/** A share as percent; one that is below 100 is never shown as 100. */
export function percent(share: number, count: number): string {
  const unit = 10 ** (count + 2);
  return `${digits(Math.floor(share * unit + 1e-9) * 100 / unit, count)} %`;
}

function lengthOf({ length }: string): number {
  return length;
}
