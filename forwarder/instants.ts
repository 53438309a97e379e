/** Instants that the forwarder tells others: how long a request was on its way is seen by them. */

import type { Clock } from "../core/clock.ts";
import type { Instant } from "../proto/http_codec.ts";

/**
 * What turns a clock's `nowMs` into instants that an edge can compare with one another. They never
 * jump, as those since the epoch do when somebody sets the machine's clock: the two are put together
 * once, and what was found then names this clock.
 */
export function instants(clock: Clock): (atMs: number) => Instant {
  const originMs = clock.epochMs() - clock.nowMs();
  const name = String(originMs);
  return (atMs) => ({ at_ms: originMs + atMs, clock: name });
}
