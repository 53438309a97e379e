/** What people are told of servers beside what edges need: shares, latencies, and what became of them. */

import type { ServerDetails } from "../proto/http_details.ts";
import type { Server } from "./server.ts";

/** Of each of some servers, in their order: shares are of all of them. */
export function detailsOfAll(servers: readonly Pick<Server, "history">[]): ServerDetails[] {
  const counts = servers.map(({ history: { ends, lastMinute } }) => ({
    total: Object.values(ends).reduce((sum, count) => sum + count, 0),
    minute: lastMinute.count,
  }));
  const all = counts.reduce(
    (sum, { total, minute }) => ({ total: sum.total + total, minute: sum.minute + minute }),
    { total: 0, minute: 0 },
  );
  return servers.map(({ history }, i) => {
    const { total, minute } = counts[i]!;
    const latency = history.latency.percentiles([50, 95, 99]);
    const { heardAgoMs, ejectedForMs } = history;
    return {
      since_s: seconds(history.sinceMs),
      ...(heardAgoMs === undefined ? {} : { heard_ago_s: seconds(heardAgoMs) }),
      calls: {
        ...{ total, minute, ...history.ends },
        ...(all.total > 0 ? { share: total / all.total } : {}),
        ...(all.minute > 0 ? { share_minute: minute / all.minute } : {}),
      },
      ...(latency ? { latency_ms: latency } : {}),
      ejections: history.ejections,
      ...(ejectedForMs > 0 ? { ejected_for_s: seconds(ejectedForMs) } : {}),
      changes: history.changes,
    };
  });
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
