/** What happened in a run, as a table. */

import type { Summary } from "../../edge/statistics.ts";
import { byteSize, table } from "../table.ts";

/** A run's summary for people. */
export function summaryTable(summary: Summary): string {
  const { frames, latency_ms, bytes } = summary;
  const ms = (value: number | null) => value === null ? "–" : `${value.toFixed(1)} ms`;
  const { local, cloud } = latency_ms;
  const shown = table([
    ["", "left"],
    ["frames", "right"],
    ["p50", "right"],
    ["p95", "right"],
    ["p99", "right"],
    ["sent", "right"],
    ["received", "right"],
  ], [
    ["here", frames.local, ms(local.p50), ms(local.p95), ms(local.p99), "", ""],
    [
      "in the cloud",
      frames.cloud,
      ms(cloud.p50),
      ms(cloud.p95),
      ms(cloud.p99),
      byteSize(bytes.up),
      byteSize(bytes.down),
    ],
    ["dropped or failed", frames.dropped + frames.failed, "", "", "", "", ""],
    ["all", frames.captured, "", "", "", "", ""],
  ]);
  const models = Object.entries(summary.models).map(([name, n]) => `${name} ${n}`).join(", ");
  return `${shown}\n` +
    `${summary.fps.toFixed(1)} frames/s over ${summary.wall_s.toFixed(1)} s under ` +
    `${summary.policy}; frames by model: ${models || "none"}`;
}
