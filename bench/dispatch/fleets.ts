/** Clouds on which dispatch policies are compared. */

import type { Fleet } from "./simulate.ts";

/** Servers from `fastMs` to `slowMs`, each slower than the one before by the same factor. */
function from(fastMs: number, slowMs: number, count: number): number[] {
  const factor = (slowMs / fastMs) ** (1 / (count - 1));
  return Array.from({ length: count }, (_, i) => fastMs * factor ** i);
}

/** Of which every request counts as much: one forwarder, detectors that take nearly the same each time. */
const ALONE = { workers: 1, forwarders: 1, load: 0.7, spread: 0.3, wayMs: 0.5 } as const;

/** By name. */
export const FLEETS: Readonly<Record<string, Fleet>> = {
  "3 servers: 10, 20, 80 ms": { ...ALONE, serviceMs: [10, 20, 80] },
  "3 servers of 20 ms": { ...ALONE, serviceMs: [20, 20, 20] },
  "100 servers: 10 to 80 ms": { ...ALONE, serviceMs: from(10, 80, 100), forwarders: 4 },
  "100 servers of 20 ms, slowed at times": {
    ...ALONE,
    serviceMs: from(20, 20, 100),
    forwarders: 4,
    slowed: { everyMs: 20_000, forMs: 1000, factor: 5 },
  },
  "20 servers: 10 to 80 ms, 4 workers each": {
    ...ALONE,
    serviceMs: from(10, 80, 20),
    workers: 4,
    forwarders: 2,
    load: 0.85,
  },
};
