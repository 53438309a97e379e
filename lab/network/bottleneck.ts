/** One direction of a link: a bottleneck that all connections share, and the way behind it. */

import { type Clock, OVER } from "../../core/clock.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import { type Capacity, constantCapacity } from "./capacity.ts";
import { Jitter } from "./jitter.ts";
import { Lane, lengthOf, type Load, PACKET_BYTES_MAX } from "./lane.ts";
import type { Way } from "./shared_way.ts";

/** What one direction of a link is like whose rate is the same at all times. */
export interface LinkShape {
  /** Bytes a second that pass the bottleneck: at least 1. */
  readonly bytesPerSec: number;
  /** Milliseconds from there to the far end; any number of packets are on that way at once. */
  readonly delayMs: number;
}

/** The longest delay that a link may have, milliseconds. */
const DELAY_MS_MAX = 60_000;

/**
 * Milliseconds of the link's time that a lane may hold before the bottleneck. It is how late a timer
 * may be without the bottleneck running dry, which would make the link slower than it is said to be.
 */
const BUFFER_MS = 50;

/** Bytes that a lane may hold before the bottleneck, however slow or fast the link is. */
const BUFFER_BYTES = { min: 2 * PACKET_BYTES_MAX, max: 1024 * 1024 } as const;

/** The longest that a timer waits, milliseconds: of a cut that lasts longer it is asked again. */
const SLEEP_MS_MAX = 2 ** 31 - 1;

/** Milliseconds that two instants may differ by rounding. */
const ROUNDING_MS = 1e-6;

/** What a bottleneck goes by, besides its shape. */
export interface BottleneckWorld {
  /** Of the jitter; the same each time unless said. */
  readonly rng?: Rng;
  /**
   * Milliseconds that the clock's timers are rounded up to; 0, as of virtual time, unless said. What is
   * due within half of that happens at once: it is early as often as late.
   */
  readonly timerMs?: number;
}

/** A packet that is on its way behind the bottleneck. */
interface Flying {
  readonly lane: Lane;
  readonly load: Load;
  /** When it arrives. */
  readonly dueAtMs: number;
}

/** A packet that has begun to pass the bottleneck. */
interface Passing extends Flying {
  /** Since when it could have been carried. */
  readonly readyAtMs: number;
  /** The byte of the capacity with which it has begun. */
  readonly from: number;
  /** The byte of the capacity with which it has passed; when that is, `dueAtMs` says. */
  readonly to: number;
}

/**
 * A bottleneck, which packets pass one after the other, and a delay behind it. Connections with
 * something to send take turns, a packet each.
 *
 * A packet uses up bytes of the capacity: those that are next when it is ready and the packet before it
 * has passed. Those that pass while nobody has anything to send are lost. So its time follows from the
 * packet's before, not from when a timer fires: what is sent without a pause goes at exactly the rate,
 * although timers are late.
 *
 * The link has a time of its own, which the capacity goes by: it begins with the first connection, and
 * stands still while the link is cut.
 */
export class Bottleneck {
  #way: Way;
  /** Lanes that have something to send, in turn. */
  readonly #turns: Lane[] = [];
  #passing: Passing | undefined;
  /** In the order of departure: nothing overtakes, also what is late by less than what is before it. */
  readonly #flying: Flying[] = [];
  readonly #lanes = new Map<Lane, Jitter>();
  /** The byte of the capacity with which the last packet has passed. */
  #usedTo = 0;
  #carriedBytes = 0;
  /** The clock's time at which the link's would have been 0, had it not stood still since. */
  #zeroAtMs: number | undefined;
  #cutAtMs: number | undefined;
  readonly #rng: Rng;
  /** Milliseconds that something may happen before it is due, but for rounding. */
  readonly #earlyMs: number;
  #closed = false;
  #running = false;
  #sleep = new AbortController();

  /**
   * Carries at once.
   *
   * @param shape a rate, or what passes as a function of the link's time.
   * @throws {RangeError} when no link can be like that.
   */
  constructor(
    shape: LinkShape | Way,
    private readonly clock: Clock,
    { rng = seededRng(1), timerMs = 0 }: BottleneckWorld = {},
  ) {
    this.#rng = rng;
    this.#earlyMs = timerMs / 2;
    this.#way = checked(
      "capacity" in shape
        ? shape
        : { capacity: steady(shape.bytesPerSec), delayMs: shape.delayMs, jitterMs: 0 },
    );
  }

  /** Bytes that have passed the bottleneck. */
  get carriedBytes(): number {
    this.#catchUp();
    return this.#carriedBytes;
  }

  /** Bytes that a lane may hold before its sender waits. */
  get bufferBytes(): number {
    const { capacity } = this.#way;
    const nowMs = this.#nowMs();
    const bytes = capacity.bytesUntil(nowMs + BUFFER_MS) - capacity.bytesUntil(nowMs);
    return Math.min(BUFFER_BYTES.max, Math.max(BUFFER_BYTES.min, bytes));
  }

  /** A way for one more connection; closed when the link is. */
  lane(): Lane {
    this.#begin();
    const lane = new Lane({
      nowMs: () => this.#nowMs(),
      bufferBytes: () => this.bufferBytes,
      enlist: () => {
        this.#turns.push(lane);
        // While another packet passes, what is due next stays what it was.
        if (!this.#passing) this.#stir();
      },
      onClose: () => void this.#lanes.delete(lane),
    });
    if (this.#closed) lane.close();
    else this.#lanes.set(lane, new Jitter(this.#rng));
    return lane;
  }

  /**
   * Is like this from now on: what is passing the bottleneck goes on at the new rate, what has passed
   * it keeps its delay. @throws {RangeError} when no link can be like that.
   */
  reshape({ bytesPerSec, delayMs = this.#way.delayMs }: Partial<LinkShape>): void {
    const { capacity: before } = this.#way;
    const after = bytesPerSec === undefined ? before : steady(bytesPerSec);
    const next = checked({ ...this.#way, capacity: after, delayMs });
    this.#catchUp();
    this.#way = next;
    if (after !== before) this.#recount(before, after);
    this.#stir();
  }

  /** Carries nothing until it is mended: like a radio link in a tunnel, what is under way waits. */
  cut(): void {
    this.#catchUp();
    this.#cutAtMs ??= this.clock.nowMs();
    this.#stir();
  }

  /** Goes on where it was cut. */
  mend(): void {
    if (this.#cutAtMs === undefined) return;
    if (this.#zeroAtMs !== undefined) this.#zeroAtMs += this.clock.nowMs() - this.#cutAtMs;
    this.#cutAtMs = undefined;
    this.#stir();
  }

  /** Ends it: all lanes are closed. */
  close(): void {
    this.#catchUp();
    this.#closed = true;
    for (const lane of [...this.#lanes.keys()]) lane.close();
    this.#stir();
  }

  /** Has the link's own time begin, unless it has. */
  #begin(): void {
    if (this.#zeroAtMs !== undefined) return;
    this.#zeroAtMs = this.clock.nowMs();
    if (this.#cutAtMs !== undefined) this.#cutAtMs = this.#zeroAtMs; // it begins when it is mended
  }

  /** The link's own time. */
  #nowMs(): number {
    return this.#zeroAtMs === undefined
      ? 0
      : (this.#cutAtMs ?? this.clock.nowMs()) - this.#zeroAtMs;
  }

  /** What is due next may have changed. */
  #stir(): void {
    if (this.#running) return this.#sleep.abort(OVER);
    this.#running = true;
    void this.#run();
  }

  /** Runs while something is under way. */
  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#catchUp();
      const dueAtMs = Math.min(
        this.#passing?.dueAtMs ?? Infinity,
        this.#flying[0]?.dueAtMs ?? Infinity,
      );
      if (dueAtMs === Infinity || this.#cutAtMs !== undefined) break;
      this.#sleep = new AbortController();
      const leftMs = Math.min(dueAtMs - this.#earlyMs - this.#nowMs(), SLEEP_MS_MAX);
      await this.clock.sleep(leftMs, this.#sleep.signal);
    }
    this.#running = false;
  }

  /** Counts on by another capacity, as if it had been like that from the start. */
  #recount(before: Capacity, after: Capacity): void {
    const nowMs = this.#nowMs();
    const [passed, from] = [before.bytesUntil(nowMs), after.bytesUntil(nowMs)];
    this.#usedTo = from;
    if (!this.#passing) return;
    const to = from + this.#passing.to - Math.max(passed, this.#passing.from);
    this.#passing = { ...this.#passing, from, to, dueAtMs: after.whenPassed(to) };
  }

  /** Lets all that is due happen, in the order in which it was due. */
  #catchUp(): void {
    if (this.#closed) return;
    const untilMs = this.#nowMs() + this.#earlyMs + ROUNDING_MS;
    for (;;) {
      this.#passing ??= this.#next();
      if (!this.#passing || this.#passing.dueAtMs > untilMs) break;
      this.#depart(this.#passing);
    }
    while (this.#flying[0] && this.#flying[0].dueAtMs <= untilMs) {
      const { lane, load } = this.#flying.shift()!;
      lane.arrive(load);
    }
  }

  /** The packet whose turn it is. */
  #next(): Passing | undefined {
    const { capacity } = this.#way;
    for (;;) {
      const lane = this.#turns.shift();
      if (!lane) return undefined;
      const packet = lane.take();
      if (!packet) {
        lane.passed();
        continue;
      }
      const from = Math.max(this.#usedTo, capacity.bytesUntil(packet.readyAtMs));
      const to = from + lengthOf(packet.load);
      // A mark uses up nothing: it has passed when it is ready, and what is before it has.
      const dueAtMs = Math.max(packet.readyAtMs, capacity.whenPassed(to));
      return { ...packet, lane, from, to, dueAtMs };
    }
  }

  #depart({ lane, load, readyAtMs, to, dueAtMs }: Passing): void {
    const { delayMs, jitterMs } = this.#way;
    this.#usedTo = to;
    this.#carriedBytes += lengthOf(load);
    const lateMs = this.#lanes.get(lane)?.lateMs(jitterMs, readyAtMs, dueAtMs) ?? 0;
    this.#flying.push({ lane, load, dueAtMs: dueAtMs + delayMs + lateMs });
    lane.passed();
    this.#passing = undefined; // only now, so that the lane's next turn stirs nothing
  }
}

/** @throws {RangeError} when no link has such a rate. */
function steady(bytesPerSec: number): Capacity {
  if (bytesPerSec >= 1 && bytesPerSec < Infinity) return constantCapacity(bytesPerSec);
  throw new RangeError(`Cannot shape a link of ${bytesPerSec} bytes/s: at least 1 is wanted`);
}

/** @throws {RangeError} when no link has such a delay. */
function checked(way: Way): Way {
  for (const [what, ms] of [["delay", way.delayMs], ["jitter", way.jitterMs]] as const) {
    if (ms >= 0 && ms <= DELAY_MS_MAX) continue;
    throw new RangeError(
      `Cannot shape a link with a ${what} of ${ms} ms: 0 to ${DELAY_MS_MAX} is wanted`,
    );
  }
  return way;
}
