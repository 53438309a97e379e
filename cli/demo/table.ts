/** What happened in a run, as a table. */

import Table from "cli-table3";
import type { Summary } from "../../edge/statistics.ts";

/** A run's summary for people. */
export function summaryTable(summary: Summary): string {
  const { frames, latency_ms, bytes } = summary;
  const ms = (value: number | null) => value === null ? "–" : `${value.toFixed(1)} ms`;
  const table = new Table({
    head: ["", "frames", "p50", "p95", "p99", "sent", "received"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  const { local, cloud } = latency_ms;
  table.push(
    ["here", frames.local, ms(local.p50), ms(local.p95), ms(local.p99), "", ""],
    [
      "in the cloud",
      frames.cloud,
      ms(cloud.p50),
      ms(cloud.p95),
      ms(cloud.p99),
      size(bytes.up),
      size(bytes.down),
    ],
    ["dropped or failed", frames.dropped + frames.failed, "", "", "", "", ""],
    ["all", frames.captured, "", "", "", "", ""],
  );
  const models = Object.entries(summary.models).map(([name, n]) => `${name} ${n}`).join(", ");
  return `${table.toString()}\n` +
    `${summary.fps.toFixed(1)} frames/s over ${summary.wall_s.toFixed(1)} s under ` +
    `${summary.policy}; frames by model: ${models || "none"}`;
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}
