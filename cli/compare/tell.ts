/** What a comparison has come to, as files and as a table. */

import { join } from "node:path";
import { writeWhole } from "../../edge/sink/write.ts";
import { type Comparison, notesOn } from "../../lab/live/comparison.ts";
import { framesCsv, summaryCsv } from "../../lab/live/csv.ts";
import { comparisonHtml } from "../../lab/live/page.ts";
import { comparisonPlots, type Shown } from "../../lab/live/plots.ts";
import type { PictureRow } from "../../lab/live/side_by_side.ts";
import { stylesOf } from "../../lab/report/legend.ts";
import { svgFile } from "../../lab/report/svg_file.ts";
import { byteSize, table } from "../table.ts";

/** What the page of a comparison is called. */
export const HTML_FILE = "compare.html";

/** Writes all files of a comparison. @throws {SmarteyeError} when one cannot be written. */
export async function writeComparison(
  out: string,
  comparison: Comparison,
  shown: readonly Shown[],
  pictures: readonly PictureRow[],
): Promise<void> {
  const all = stylesOf(comparison.contestants.map(({ name }) => name));
  const styles = new Map([...all].filter(([name]) => shown.some((one) => one.name === name)));
  const plots = comparisonPlots(comparison, shown, styles);
  const drawn = {
    "latency.svg": plots.latency,
    "accuracy_bytes.svg": plots.accuracyBytes,
    "accuracy_time.svg": plots.accuracyTime,
    "latency_time.svg": plots.latencyTime,
  };
  const files: Record<string, string> = {
    "frames.csv": framesCsv(shown),
    "summary.csv": summaryCsv(comparison),
    ...Object.fromEntries(
      Object.entries(drawn).flatMap(([name, svg]) =>
        svg === undefined ? [] : [[name, svgFile(svg, styles)]]
      ),
    ),
    [HTML_FILE]: comparisonHtml(comparison, shown, pictures),
    "compare.json": `${JSON.stringify(comparison, null, 2)}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeWhole(join(out, name), new TextEncoder().encode(text));
  }
}

/** A comparison for people; below it, why some could not be compared, and what is to be known of it. */
export function comparisonTable(comparison: Comparison): string {
  const { contestants, deadlineMs } = comparison;
  const rows = contestants.map(({ name, result }): string[] => {
    const score = result?.score;
    if (!score) return [name, "failed", ...Array<string>(8).fill("")];
    const { accuracy, streaming, frames, misses, latencyMs, bytesUp } = score;
    const ms = (value: number | undefined) => value === undefined ? "–" : value.toFixed(0);
    return [
      ...[name, accuracy.mean.toFixed(3), `${accuracy.low.toFixed(3)}–${accuracy.high.toFixed(3)}`],
      streaming.mean.toFixed(3),
      `${(100 * misses / Math.max(1, frames.captured)).toFixed(1)} %`,
      ...[ms(latencyMs?.p50), ms(latencyMs?.p95), ms(latencyMs?.p99)],
      [frames.here, frames.cloud, frames.filtered, frames.dropped, frames.failed].join("/"),
      byteSize(bytesUp),
    ];
  });
  const told = table([
    ["", "left"],
    [`F1 after ${deadlineMs} ms`, "right"],
    ["95 %", "right"],
    ["streaming", "right"],
    ["missed", "right"],
    ["p50 ms", "right"],
    ["p95 ms", "right"],
    ["p99 ms", "right"],
    ["here/cloud/filtered/dropped/failed", "right"],
    ["sent", "right"],
  ], rows);
  const failures = contestants.flatMap(({ name, failure }) =>
    failure === null ? [] : [`${name} failed: ${failure}`]
  );
  return [told, ...failures, ...notesOn(comparison)].join("\n");
}
