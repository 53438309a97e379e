/** Events of an imagined door. */

import type { EventEnd } from "../../edge/events/event_record.ts";

/** An event that is over, as a scene tells it. @param n seconds after a time at which it began, and its track */
export function ended(n: number, parts: Partial<EventEnd> = {}): EventEnd {
  const at = new Date(Date.UTC(2026, 0, 31, 12, 0, n)).toISOString();
  return {
    ...{ event: "close", id: `${at.replace(/[-:.]/g, "")}-door-${n}`, source: "door", track_id: n },
    ...{
      label: "car",
      started_at: at,
      at,
      pts_ms: 0,
      frame: n,
      box: [0, 0, 1, 1],
      labels: { car: 1 },
    },
    ...{
      zones: [],
      best: { frame: n, at, score: 1, box: [0, 0, 1, 1] },
      reason: "gone",
      ended_at: at,
    },
    ...{
      duration_s: 2.5,
      places: { local: 1, cloud: 0, carried: 0 },
      frames: 1,
      seen: [],
      path: [],
    },
    ...parts,
  };
}
