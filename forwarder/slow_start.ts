/** A server that has come up gets a growing share (Envoy's slow start), whatever the policy. */

import type { Rng } from "../core/rng.ts";

/** The share that it has from the beginning (Envoy's `min_weight_percent`). */
const SHARE_MIN = 0.1;

/** Share of its requests that a server gets which has taken them for so long; 1 when it is over. */
export function shareAfter(servingForMs: number, slowStartMs: number): number {
  if (servingForMs >= slowStartMs) return 1;
  return Math.max(SHARE_MIN, servingForMs / slowStartMs);
}

/**
 * Who may be picked: those whose share chance leaves out are not there for this one request, so that no
 * policy needs to know of it. Where that would leave nobody, all may.
 */
export function takePart<Server>(
  servers: readonly Server[],
  shareOf: (server: Server) => number,
  rng: Rng,
): Server[] {
  const part = servers.filter((server) => {
    const share = shareOf(server);
    return share >= 1 || rng() < share;
  });
  return part.length > 0 ? part : [...servers];
}
