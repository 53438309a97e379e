/** What a summary says of a run beside its frames. */

import type { RunFacts } from "../../edge/statistics.ts";

/** A run of two seconds, with two outages of the cloud. */
export const RUN_FACTS: Omit<RunFacts, "ledger"> = {
  source: "a",
  input: "clips/a.mp4",
  policy: "p",
  seed: 7,
  wallMs: 2000,
  totals: {
    passed_over: 3,
    left_out: { "damaged packets": 1 },
    interruptions: { count: 1, seconds: 2.5 },
  },
  scene: { tracks: 3, lines: { gate: { in: 2, out: 1 } }, events_left_out: 0, rules: {} },
  sinks: [{ name: "db", written: 3, dropped: 1, failed: 0 }],
  clips: { written: 0, failed: 0 },
  outages: { count: 2, totalMs: 1500.4 },
};
