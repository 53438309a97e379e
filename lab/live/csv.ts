/** Comparisons as tables of comma-separated values (RFC 4180), for spreadsheets and statistics. */

import type { ComparedFrame, Comparison } from "./comparison.ts";

/** What may stand in a field; `null` is an empty one. */
export type Field = string | number | boolean | null;

/** Rows under a header, each line ended by CRLF. Fields are quoted where they have to be. */
export function csvText(header: readonly string[], rows: readonly (readonly Field[])[]): string {
  return [header, ...rows].map((row) => `${row.map(fieldText).join(",")}\r\n`).join("");
}

function fieldText(field: Field): string {
  const text = field === null ? "" : String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `frames.csv`: a row for each contestant and frame that counts. */
export function framesCsv(
  contestants: readonly { readonly name: string; readonly frames: readonly ComparedFrame[] }[],
): string {
  const rows = contestants.flatMap(({ name, frames }) =>
    frames.filter(({ isDue }) => isDue).map((frame): Field[] => [
      name,
      frame.number,
      Number(frame.ptsMs.toFixed(3)),
      frame.outcome,
      frame.model,
      frame.latencyMs,
      frame.bytesUp,
      Number(frame.f1.toFixed(4)),
      frame.isInTime,
    ])
  );
  return csvText([
    ...["contestant", "frame", "pts_ms", "outcome", "model", "latency_ms", "bytes_up"],
    ...["f1", "in_time"],
  ], rows);
}

/** `summary.csv`: a row for each contestant; one that failed has no numbers. */
export function summaryCsv({ contestants }: Comparison): string {
  const header = [
    ...["contestant", "policy", "model", "f1", "f1_low", "f1_high"],
    ...["streaming_f1", "streaming_f1_low", "streaming_f1_high"],
    ...["frames", "here", "cloud", "filtered", "dropped", "failed", "missed", "fallbacks"],
    ...["latency_mean_ms", "latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "bytes_up"],
    "failure",
  ];
  const rows = contestants.map(({ name, policy, model, result, failure }): Field[] => {
    const score = result?.score;
    if (!score) return [name, policy, model, ...Array(header.length - 4).fill(null), failure];
    const { accuracy, streaming, frames, misses, fallbacks, latencyMs, bytesUp } = score;
    const estimates = [accuracy, streaming].flatMap(({ mean, low, high }) =>
      [mean, low, high].map((value) => Number(value.toFixed(4)))
    );
    const { mean, p50, p95, p99 } = latencyMs ?? {};
    const latencies = [mean, p50, p95, p99].map((ms) =>
      ms === undefined ? null : Number(ms.toFixed(2))
    );
    return [
      ...[name, policy, model, ...estimates],
      ...[frames.captured, frames.here, frames.cloud, frames.filtered, frames.dropped],
      ...[frames.failed, misses, fallbacks, ...latencies, bytesUp, failure],
    ];
  });
  return csvText(header, rows);
}
