/** What retention tells Prometheus. */

import { type MetricsRegistry, named, type Reading } from "../../web/metrics.ts";
import { REASONS } from "./plan.ts";
import type { RetentionTotals } from "./retention.ts";

/**
 * Tells what was taken away, and what there is.
 *
 * @param latest the totals as they are when they are asked for; `undefined` before there are any.
 */
export function tellRetention(
  registry: MetricsRegistry,
  latest: () => RetentionTotals | undefined,
): void {
  const totals =
    <Label extends string>(read: (totals: RetentionTotals) => Reading<Label>[]) => () => {
      const told = latest();
      return told ? read(told) : [];
    };
  const gone = (what: "files" | "bytes") =>
    totals(({ gone }) => REASONS.map((reason) => [{ reason }, gone[reason][what]] as const));
  registry.counted(
    named("deleted_files_total", "Files that retention took away, by why", ["reason"]),
    gone("files"),
  );
  registry.counted(
    named("deleted_bytes_total", "Bytes of these files, by why", ["reason"]),
    gone("bytes"),
  );
  registry.counted(
    named("deleted_rows_total", "Rows of databases that retention took away", []),
    totals(({ rows }) => [[{}, rows]]),
  );
  registry.counted(
    named("retention_failures_total", "Sweeps that could not be made", []),
    totals(({ failures }) => [[{}, failures]]),
  );
  registry.gauge(
    named("governed_bytes", "Bytes that retention governs, as of its latest sweep", []),
    totals(({ heldBytes }) => heldBytes === undefined ? [] : [[{}, heldBytes]]),
  );
  registry.gauge(
    named("free_bytes", "Bytes free on the disk with the least, as of the latest sweep", []),
    totals(({ freeBytes }) => freeBytes === undefined ? [] : [[{}, freeBytes]]),
  );
}
