/** One direction of a link: a bottleneck that all connections share, and the way behind it. */

import { type Clock, OVER } from "../../core/clock.ts";
import { Lane, lengthOf, type Load, PACKET_BYTES_MAX } from "./lane.ts";

/** What one direction of a link is like. */
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

/** Milliseconds that two instants may differ by rounding. */
const ROUNDING_MS = 1e-6;

/** A packet that has begun to pass the bottleneck, or has passed it; `dueAtMs` is when that ends. */
interface Underway {
  readonly lane: Lane;
  readonly load: Load;
  readonly dueAtMs: number;
}

/**
 * A bottleneck, which packets pass one after the other, and a delay behind it. Connections with
 * something to send take turns, a packet each.
 *
 * A packet's time follows from the packet's before, not from when a timer fires: what is sent without a
 * pause goes at exactly the rate, although timers are late. The link has a time of its own, which
 * stands still while it is cut.
 */
export class Bottleneck {
  #shape: LinkShape;
  /** Lanes that have something to send, in turn. */
  readonly #turns: Lane[] = [];
  #passing: Underway | undefined;
  /** In the order of departure: nothing overtakes, also when the delay has become shorter. */
  readonly #flying: Underway[] = [];
  readonly #lanes = new Set<Lane>();
  /** When the bottleneck became free, by the link's time. */
  #freeAtMs = 0;
  #carriedBytes = 0;
  #cutAtMs: number | undefined;
  #stoodStillMs = 0;
  #closed = false;
  #running = false;
  #sleep = new AbortController();

  /** Carries at once. @throws {RangeError} when no link can be like that. */
  constructor(shape: LinkShape, private readonly clock: Clock) {
    this.#shape = checked(shape);
  }

  /** Bytes that have passed the bottleneck. */
  get carriedBytes(): number {
    this.#catchUp();
    return this.#carriedBytes;
  }

  /** Bytes that a lane may hold before its sender waits. */
  get bufferBytes(): number {
    const bytes = this.#shape.bytesPerSec * BUFFER_MS / 1000;
    return Math.min(BUFFER_BYTES.max, Math.max(BUFFER_BYTES.min, bytes));
  }

  /** A way for one more connection; closed when the link is. */
  lane(): Lane {
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
    else this.#lanes.add(lane);
    return lane;
  }

  /**
   * Is like this from now on: what is passing the bottleneck goes on at the new rate, what has passed
   * it keeps its delay. @throws {RangeError} when no link can be like that.
   */
  reshape(shape: Partial<LinkShape>): void {
    const next = checked({ ...this.#shape, ...shape });
    this.#catchUp();
    if (this.#passing) {
      const nowMs = this.#nowMs();
      const leftMs = this.#passing.dueAtMs - nowMs;
      const stretch = this.#shape.bytesPerSec / next.bytesPerSec;
      this.#passing = { ...this.#passing, dueAtMs: nowMs + leftMs * stretch };
    }
    this.#shape = next;
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
    this.#stoodStillMs += this.clock.nowMs() - this.#cutAtMs;
    this.#cutAtMs = undefined;
    this.#stir();
  }

  /** Ends it: all lanes are closed. */
  close(): void {
    this.#catchUp();
    this.#closed = true;
    for (const lane of [...this.#lanes]) lane.close();
    this.#stir();
  }

  /** The link's own time. */
  #nowMs(): number {
    return (this.#cutAtMs ?? this.clock.nowMs()) - this.#stoodStillMs;
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
      await this.clock.sleep(dueAtMs - this.#nowMs(), this.#sleep.signal);
    }
    this.#running = false;
  }

  /** Lets all that is due happen, in the order in which it was due. */
  #catchUp(): void {
    if (this.#closed) return;
    const untilMs = this.#nowMs() + ROUNDING_MS;
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
  #next(): Underway | undefined {
    for (;;) {
      const lane = this.#turns.shift();
      if (!lane) return undefined;
      const packet = lane.take();
      if (!packet) {
        lane.passed();
        continue;
      }
      const { load, readyAtMs } = packet;
      const beginsAtMs = Math.max(this.#freeAtMs, readyAtMs);
      const lastsMs = 1000 * lengthOf(load) / this.#shape.bytesPerSec;
      return { lane, load, dueAtMs: beginsAtMs + lastsMs };
    }
  }

  #depart({ lane, load, dueAtMs }: Underway): void {
    this.#freeAtMs = dueAtMs;
    this.#carriedBytes += lengthOf(load);
    this.#flying.push({ lane, load, dueAtMs: dueAtMs + this.#shape.delayMs });
    lane.passed();
    this.#passing = undefined; // only now, so that the lane's next turn stirs nothing
  }
}

function checked(shape: LinkShape): LinkShape {
  const { bytesPerSec, delayMs } = shape;
  if (!(bytesPerSec >= 1 && bytesPerSec < Infinity)) {
    throw new RangeError(`Cannot shape a link of ${bytesPerSec} bytes/s: at least 1 is wanted`);
  }
  if (!(delayMs >= 0 && delayMs <= DELAY_MS_MAX)) {
    throw new RangeError(
      `Cannot shape a link with a delay of ${delayMs} ms: 0 to ${DELAY_MS_MAX} is wanted`,
    );
  }
  return shape;
}
