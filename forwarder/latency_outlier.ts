/** Tells a server that has become slow from one that always was, and from one that has much to do. */

import type { RecentLatency } from "./recent_latency.ts";

/** Times as long as before that its answers take. */
const TIMES_BEFORE = 5;

/** Times as much longer than before as those of the others: where all are slow, none is passed over. */
const TIMES_OTHERS = 3;

/** Milliseconds by which they take longer than at others: below that nobody is helped. */
const FLOOR_MS = 100;

/** Other servers without which there is nothing to compare it with. */
const OTHERS_MIN = 2;

/** What is known of a server's answers for one model. */
export type LatencySeen = Pick<RecentLatency, "nowMs" | "slower">;

/**
 * Why a server's answers for a model take too long; nothing where they do not. A machine that is slower
 * than others is none that has become slow: each is compared with itself before, how much slower it has
 * become with how much the others have, and only then how long it takes with how long they do.
 */
export function slowness(
  { nowMs, slower }: LatencySeen,
  others: () => readonly LatencySeen[],
): string | undefined {
  // The others are looked through only when it may be one: there may be many.
  if (nowMs === undefined || slower === undefined) return undefined;
  if (nowMs < FLOOR_MS || slower < TIMES_BEFORE) return undefined;
  const known = others().flatMap(({ nowMs, slower }) =>
    nowMs === undefined || slower === undefined ? [] : [{ nowMs, slower }]
  );
  if (known.length < OTHERS_MIN) return undefined;
  const elsewhereMs = middle(known.map(({ nowMs }) => nowMs));
  if (nowMs < elsewhereMs + FLOOR_MS) return undefined;
  if (slower < TIMES_OTHERS * middle(known.map(({ slower }) => slower))) return undefined;
  const [now, there] = [nowMs, elsewhereMs].map((ms) => Math.round(ms));
  return `half of its answers take ${now} ms or more, ${
    Math.round(slower)
  } times as long as before ` +
    `and not ${there} ms as elsewhere`;
}

/** Of two the greater. */
function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
