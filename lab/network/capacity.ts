/** What one direction of a link carries, as a function of time. */

/** Bytes of a packet in traces of Mahimahi's form. */
export const MAHIMAHI_PACKET_BYTES = 1500;

/** How much can pass, from the start on. Time is in milliseconds from when the link began. */
export interface Capacity {
  /** Bytes that could have passed until then; it never falls. */
  bytesUntil(atMs: number): number;
  /** When so many bytes could have passed; `Infinity` when never. */
  whenPassed(bytes: number): number;
}

/** A rate, and from when on it holds. */
export interface RateStep {
  /** Milliseconds from the start. */
  readonly fromMs: number;
  /** Bytes a second; 0 where nothing passes. */
  readonly bytesPerSec: number;
}

/** The same at all times. @throws {RangeError} when it is not above 0. */
export function constantCapacity(bytesPerSec: number): Capacity {
  return steppedCapacity([{ fromMs: 0, bytesPerSec }], 1000);
}

/**
 * Rates that hold from some time on, again and again.
 *
 * @param steps the first from 0 on, in order of time.
 * @param periodMs after which it begins anew.
 * @throws {RangeError} when there is no such link.
 */
export function steppedCapacity(steps: readonly RateStep[], periodMs: number): Capacity {
  const ends = steps.map((_, i) => steps[i + 1]?.fromMs ?? periodMs);
  const isOrdered = steps[0]?.fromMs === 0 && steps.every(({ fromMs }, i) => fromMs < ends[i]!);
  if (!isOrdered || steps.some(({ bytesPerSec }) => !(bytesPerSec >= 0))) {
    throw new RangeError("Cannot shape a link: rates from 0 ms on, in order of time, are wanted");
  }
  const before = [0];
  for (const [i, { fromMs, bytesPerSec }] of steps.entries()) {
    before.push(before[i]! + (ends[i]! - fromMs) * bytesPerSec / 1000);
  }
  const perPeriod = before.at(-1)!;
  if (perPeriod <= 0) throw new RangeError("Cannot shape a link: nothing would ever pass it");
  return {
    bytesUntil(atMs) {
      const periods = Math.floor(atMs / periodMs);
      const within = atMs - periods * periodMs;
      const i = lastAtMost(steps.length, (at) => steps[at]!.fromMs, within);
      const { fromMs, bytesPerSec } = steps[i]!;
      return periods * perPeriod + before[i]! + (within - fromMs) * bytesPerSec / 1000;
    },
    whenPassed(bytes) {
      if (bytes <= 0) return 0;
      // What has passed at the very end of a period passed in it, and not at the start of the next.
      const periods = Math.ceil(bytes / perPeriod) - 1;
      const within = bytes - periods * perPeriod;
      const i = firstAtLeast(steps.length, (at) => before[at + 1]!, within);
      const { fromMs, bytesPerSec } = steps[i]!;
      return periods * periodMs + fromMs + (within - before[i]!) * 1000 / bytesPerSec;
    },
  };
}

/**
 * A trace of Mahimahi's form (Netravali et al., USENIX ATC 2015): the milliseconds at which a packet of
 * 1500 bytes may leave; it begins anew after the last. A chance that nobody takes is lost.
 *
 * @throws {RangeError} when it is not in order, or lets nothing pass.
 */
export function tracedCapacity(leavesAtMs: readonly number[]): Capacity {
  const periodMs = leavesAtMs.at(-1) ?? 0;
  const isOrdered = leavesAtMs.every((atMs, i) => atMs >= (leavesAtMs[i - 1] ?? 0));
  if (!isOrdered || !(periodMs > 0)) {
    throw new RangeError("Cannot shape a link: milliseconds in order, above 0, are wanted");
  }
  const count = leavesAtMs.length;
  return {
    bytesUntil(atMs) {
      const periods = Math.floor(atMs / periodMs);
      const within = atMs - periods * periodMs;
      const passed = lastAtMost(count, (at) => leavesAtMs[at]!, within) + 1;
      return (periods * count + passed) * MAHIMAHI_PACKET_BYTES;
    },
    whenPassed(bytes) {
      if (bytes <= 0) return 0;
      const packet = Math.ceil(bytes / MAHIMAHI_PACKET_BYTES - 1e-9) - 1;
      const periods = Math.floor(packet / count);
      return periods * periodMs + leavesAtMs[packet - periods * count]!;
    },
  };
}

/** The same capacity from some time on, which is its start. */
export function startingAt({ bytesUntil, whenPassed }: Capacity, startMs: number): Capacity {
  const before = bytesUntil(startMs);
  return {
    bytesUntil: (atMs) => bytesUntil(startMs + atMs) - before,
    whenPassed: (bytes) => bytes <= 0 ? 0 : Math.max(0, whenPassed(before + bytes) - startMs),
  };
}

/** A time in which nothing passes, milliseconds from the start. */
export interface Cut {
  /** When it begins. */
  readonly fromMs: number;
  /** When it ends. */
  readonly toMs: number;
}

/** The same capacity but for cuts: what could have passed in them is lost. @param cuts in order of time. */
export function cutCapacity({ bytesUntil, whenPassed }: Capacity, cuts: readonly Cut[]): Capacity {
  const lost = cuts.map(({ fromMs, toMs }) => bytesUntil(toMs) - bytesUntil(fromMs));
  return {
    bytesUntil: (atMs) =>
      cuts.reduce((bytes, { fromMs, toMs }, i) => {
        if (atMs >= toMs) return bytes - lost[i]!;
        return atMs > fromMs ? bytes - (bytesUntil(atMs) - bytesUntil(fromMs)) : bytes;
      }, bytesUntil(atMs)),
    whenPassed(bytes) {
      let through = bytes;
      for (const [i, { fromMs }] of cuts.entries()) {
        if (whenPassed(through) <= fromMs) break;
        through += lost[i]!;
      }
      return whenPassed(through);
    },
  };
}

/** The last of `count` ascending values that is at most `value`; -1 when none is. */
function lastAtMost(count: number, at: (i: number) => number, value: number): number {
  let [low, high] = [-1, count - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(middle) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first of `count` ascending values that is at least `value`; the last when none is. */
function firstAtLeast(count: number, at: (i: number) => number, value: number): number {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
