/** What becomes of a frame that the cloud failed on: the edge takes over, or it ends as it is. */

import type { EdgeOptions } from "./options.ts";
import type { Ending } from "./record.ts";
import type { CloudFailure, CloudTask, LocalTask } from "./tasks.ts";

/** What the edge can do. */
export interface Means {
  /** What the user wants where the policy says nothing. */
  readonly onCloudFailure: EdgeOptions["onCloudFailure"];
  /** The model that takes over; `undefined` when the edge has none. */
  readonly model: string | undefined;
  /** Now. */
  readonly hereAtMs: number;
}

/** What is done, and as a clause, what is to be told of it. */
export type Instead =
  | { readonly clause: string; readonly task: LocalTask }
  | { readonly clause: string; readonly ending: Ending };

/** Does nothing yet. */
export function insteadOfCloud(
  { frame, decided, own }: Omit<CloudTask, "pass">,
  { why, traffic }: CloudFailure,
  { onCloudFailure, model, hereAtMs }: Means,
): Instead {
  const cost = traffic ? { traffic } : {};
  if (own) return { clause: "the edge's own results count", ending: { ...own, ...cost } };
  const { decision } = decided;
  const wished = decision.place === "cloud" ? decision.onFailure : undefined;
  if ((wished ?? onCloudFailure) === "drop") {
    const by = wished ? "as the policy says" : "on_cloud_failure = drop";
    const detail = `the cloud failed: ${why}`;
    return {
      clause: `frames are dropped (${by})`,
      ending: { outcome: "dropped", detail, ...cost },
    };
  }
  if (model === undefined) {
    const detail = `the cloud failed: ${why}; no model here`;
    return {
      clause: "and the edge has no model of its own",
      ending: { outcome: "failed", detail, ...cost },
    };
  }
  const by = wished ? "as the policy says" : "on_cloud_failure = local";
  return {
    clause: `frames are inferred here (${by})`,
    task: { frame, decided, model, hereAtMs, fallback: why, ...cost },
  };
}
