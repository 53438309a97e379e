/** How near a server comes to what nothing on this machine can exceed. */

import type { CpuUse } from "./job.ts";
import type { Summary } from "./summary.ts";

/** What a server's speed is compared by. */
type Speed = Pick<Summary, "throughput"> & CpuUse;

/** Cores that a part of the machine's load kept busy on average. */
export function coresOf(cpuSec: number, { windowSec }: Pick<CpuUse, "windowSec">): number {
  return cpuSec / windowSec;
}

/**
 * The throughput as a share of the limit: `throughput / ((cores − generator's cores) / limit seconds)`.
 *
 * @param limitMs CPU milliseconds that a request cannot do without.
 */
export function shareOfLimit(speed: Speed, limitMs: number, cores: number): number {
  return shareOf(speed, limitMs, cores - coresOf(speed.generatorSec, speed));
}

/** The same where what other programs used of the cores is taken off as well. */
export function shareUndisturbed(speed: Speed, limitMs: number, cores: number): number {
  const { generatorSec, othersSec } = speed;
  return shareOf(speed, limitMs, cores - coresOf(generatorSec + othersSec, speed));
}

/** CPU milliseconds that each answer took, of what used so many seconds. */
export function cpuMsEach(cpuSec: number, { throughput, windowSec }: Speed): number {
  return cpuSec * 1000 / (throughput * windowSec);
}

function shareOf({ throughput }: Speed, limitMs: number, cores: number): number {
  return throughput * limitMs / (cores * 1000);
}
