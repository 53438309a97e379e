/**
 * A proven upper bound of what any policy could have done: the Lagrangian relaxation of what the uplink
 * carries and of what local Workers do (Fisher, The Lagrangian Relaxation Method, Management Science
 * 27(1), 1981). For any prices that are not negative it is a bound; prices are moved to where it is low.
 */

import type { Option, Problem } from "./problem.ts";

/** Times that prices are moved. */
const MOVES = 150;

/** Times in a row without a better bound after which steps are halved. */
const PATIENCE = 8;

/** A time between two instants, in which only so much can be done. */
interface Slot {
  readonly fromMs: number;
  readonly toMs: number;
  /** Bytes that can pass, or milliseconds of Workers that there are. */
  readonly capacity: number;
}

/** What a frame's result may be, when it takes over, and what it takes. */
interface Key {
  readonly frame: number;
  readonly option: Option;
  /** First and last slot in which its work may be done. */
  readonly first: number;
  readonly last: number;
}

/** A resource over time, with a price in each slot. */
class Resource {
  readonly prices: Float64Array;
  readonly used: Float64Array;

  constructor(readonly slots: readonly Slot[]) {
    this.prices = new Float64Array(slots.length);
    this.used = new Float64Array(slots.length);
  }

  /** Where work between two slots is cheapest. */
  cheapest(first: number, last: number): number {
    let best = first;
    for (let slot = first + 1; slot <= last; slot++) {
      if (this.prices[slot]! < this.prices[best]!) best = slot;
    }
    return best;
  }

  /** What all that there is of it would cost. */
  get worth(): number {
    return this.slots.reduce((sum, { capacity }, i) => sum + capacity * this.prices[i]!, 0);
  }
}

/**
 * The bound, as a sum over frames.
 *
 * @param reached what some policy has reached: there is no need to come nearer.
 */
export function lagrangianBound(problem: Problem, reached: number): number {
  const relaxed = new Relaxed(problem);
  let best = relaxed.solve();
  let [scale, stale] = [1, 0];
  for (let move = 0; move < MOVES && best > reached + 1e-6; move++) {
    relaxed.move(scale, reached);
    const bound = relaxed.solve();
    if (bound < best - 1e-9) {
      best = bound;
      stale = 0;
    } else if (++stale >= PATIENCE) {
      scale /= 2;
      stale = 0;
    }
  }
  return best;
}

/** The problem with prices in place of limits: what is left is one path through the frames. */
class Relaxed {
  readonly #uplink: Resource;
  readonly #workers: Resource;
  /** By the frame from which on they are known. */
  readonly #keys: readonly (readonly Key[])[];
  /** Worth of a result from its frame on, summed up, by frame and operating point. */
  readonly #sums: readonly (readonly (Float64Array | undefined)[])[];
  readonly #nothing: Float64Array;
  #bound = Infinity;

  constructor(private readonly problem: Problem) {
    const { frames, uplink, workers } = problem;
    const options = frames.flatMap((frame) => frame.options);
    const sent = options.filter(({ bytes }) => bytes > 0);
    const done = options.filter(({ localMs }) => localMs > 0);
    this.#uplink = new Resource(
      slotsBetween(sent, (fromMs, toMs) => uplink.bytesUntil(toMs) - uplink.bytesUntil(fromMs)),
    );
    this.#workers = new Resource(slotsBetween(done, (fromMs, toMs) => workers * (toMs - fromMs)));
    this.#keys = this.#keysByFrame();
    this.#sums = frames.map((_, from) => this.#sumsFrom(from));
    this.#nothing = cumulated(frames.length, problem.nothing);
  }

  /** The best path at these prices, and with that a bound; notes what it uses. */
  solve(): number {
    const { frames } = this.problem;
    const count = frames.length;
    // The best from a frame on, when some key takes over there; and how.
    const value = new Float64Array(count + 1);
    const chosen: ({ readonly key: Key; readonly next: number } | undefined)[] = [];
    for (let at = count - 1; at >= 0; at--) {
      value[at] = -Infinity;
      for (const key of this.#keys[at]!) {
        const sums = this.#sums[key.frame]![key.option.point]!;
        const before = sums[at - key.frame]!;
        let [best, next] = [-Infinity, count];
        for (let end = at + 1; end <= count; end++) {
          const worth = sums[end - key.frame]! - before + value[end]!;
          if (worth > best) [best, next] = [worth, end];
        }
        best -= this.#cost(key);
        if (best > value[at]!) {
          value[at] = best;
          chosen[at] = { key, next };
        }
      }
    }
    let [best, first] = [this.#nothing[count]!, count];
    for (let at = 0; at < count; at++) {
      const worth = this.#nothing[at]! + value[at]!;
      if (worth > best) [best, first] = [worth, at];
    }
    this.#use(chosen, first);
    this.#bound = best + this.#uplink.worth + this.#workers.worth;
    return this.#bound;
  }

  /** Makes what was used too much dearer, and what was not used up cheaper: a subgradient step (Polyak). */
  move(scale: number, reached: number): void {
    const resources = [this.#uplink, this.#workers];
    let square = 0;
    for (const { slots, used, prices } of resources) {
      for (const [i, { capacity }] of slots.entries()) {
        const over = used[i]! - capacity;
        if (over > 0 || prices[i]! > 0) square += (over / unitOf(capacity)) ** 2;
      }
    }
    if (square === 0) return;
    const step = scale * (this.#bound - reached) / square;
    for (const { slots, used, prices } of resources) {
      for (const [i, { capacity }] of slots.entries()) {
        const over = (used[i]! - capacity) / unitOf(capacity);
        prices[i] = Math.max(0, prices[i]! + step * over / unitOf(capacity));
      }
    }
  }

  #cost({ option: { bytes, localMs }, first, last }: Key): number {
    const resource = bytes > 0 ? this.#uplink : this.#workers;
    return (bytes + localMs) * resource.prices[resource.cheapest(first, last)]!;
  }

  #use(
    chosen: readonly ({ readonly key: Key; readonly next: number } | undefined)[],
    first: number,
  ) {
    this.#uplink.used.fill(0);
    this.#workers.used.fill(0);
    for (let at = first; at < this.problem.frames.length;) {
      const { key, next } = chosen[at]!;
      const { bytes, localMs } = key.option;
      spread(bytes > 0 ? this.#uplink : this.#workers, key, bytes + localMs);
      at = next;
    }
  }

  #keysByFrame(): Key[][] {
    const { frames } = this.problem;
    const keys: Key[][] = frames.map(() => []);
    for (const [frame, { options }] of frames.entries()) {
      for (const option of options) {
        const at = frame + option.lag;
        if (at >= frames.length) continue;
        const { slots } = option.bytes > 0 ? this.#uplink : this.#workers;
        const { releaseMs, throughByMs } = option;
        const first = slots.findIndex(({ toMs }) => toMs > releaseMs);
        const last = slots.findLastIndex(({ fromMs }) => fromMs < throughByMs);
        keys[at]!.push({ frame, option, first, last });
      }
    }
    return keys;
  }

  #sumsFrom(from: number): (Float64Array | undefined)[] {
    const { frames, worth } = this.problem;
    const sums: (Float64Array | undefined)[] = [];
    for (const { point } of frames[from]!.options) {
      sums[point] ??= cumulated(frames.length - from, (i) => worth(from, point, from + i));
    }
    return sums;
  }
}

/** Work that is done where it is cheapest: among slots that cost the same, where there is room. */
function spread({ prices, used, slots }: Resource, key: Key, work: number): void {
  let least = Infinity;
  for (let slot = key.first; slot <= key.last; slot++) least = Math.min(least, prices[slot]!);
  let left = work;
  let lastAt = key.first;
  for (let slot = key.first; slot <= key.last && left > 0; slot++) {
    if (prices[slot]! > least) continue;
    lastAt = slot;
    const room = Math.max(0, Math.min(left, slots[slot]!.capacity - used[slot]!));
    used[slot]! += room;
    left -= room;
  }
  used[lastAt]! += left;
}

/** Prices of slots of little capacity move in larger steps. */
function unitOf(capacity: number): number {
  return Math.max(1, capacity);
}

/** Slots between all instants at which work may begin or has to be done. */
function slotsBetween(
  options: readonly Option[],
  capacity: (fromMs: number, toMs: number) => number,
): readonly Slot[] {
  const instants = new Set<number>();
  for (const { releaseMs, throughByMs } of options) {
    instants.add(grid(releaseMs, Math.floor));
    instants.add(grid(throughByMs, Math.ceil));
  }
  const sorted = [...instants].sort((a, b) => a - b);
  return sorted.slice(1).map((toMs, i) => (
    { fromMs: sorted[i]!, toMs, capacity: capacity(sorted[i]!, toMs) }
  ));
}

/** Milliseconds between instants: work may begin a little earlier and end a little later than it may. */
const GRID_MS = 10;

function grid(ms: number, round: (value: number) => number): number {
  return round(ms / GRID_MS) * GRID_MS;
}

/** Sums of the first 0, 1, 2 … values. */
function cumulated(count: number, value: (i: number) => number): Float64Array {
  const sums = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) sums[i + 1] = sums[i]! + value(i);
  return sums;
}
