/**
 * Keeps frames away from a cloud that fails, and finds out with one at a time whether it does still: a
 * circuit breaker (Nygard, Release It!, 2007). Closed, frames pass; open, none does; half open, one
 * is under way as a probe. When it closes, frames under way grow again from few to as many as there may be:
 * a slow start (RFC 5681, 3.1), for what has just come back may not bear all of them at once.
 */

import type { Clock } from "../../core/clock.ts";

/** Offloads that fail one after the other until no more are sent. */
export const FAILURES_MAX = 3;

/** Milliseconds until the first probe; each one that fails doubles them, up to the most. */
export const PROBE_MS = { first: 1000, most: 30_000 } as const;

/** What is known of the cloud without sending it a frame. */
export interface Reachable {
  /** Whether a ready server offers a model that may be used. */
  readonly available: boolean;
  /** Why it is not available, as a clause; empty when it is. */
  readonly why: string;
}

/** What a breaker does with frames: all pass, none does, or one is under way as a probe. */
export type BreakerState = "closed" | "open" | "half_open";

/** Every state of a breaker. */
export const BREAKER_STATES: readonly BreakerState[] = ["closed", "open", "half_open"];

/**
 * How an offload ended: `denied` when the cloud does not take frames of this edge, and no other would
 * fare better; `ignored` says nothing about the cloud.
 */
export type PassOutcome = "success" | "failed" | "denied" | "ignored";

/** Told when frames are no longer sent, and when they are again. */
export interface BreakerListener {
  /** No more are sent, since offloads failed; that the cloud is not available is told by who finds it. */
  opened(why: string): void;
  /** They are sent again, `afterMs` later. */
  closed(afterMs: number): void;
}

/** Times that frames would not have been sent. */
export interface Outages {
  /** How many, the one that lasts still among them. */
  readonly count: number;
  /** Milliseconds, all of them together. */
  readonly totalMs: number;
  /** Whether one lasts. */
  readonly isOpen: boolean;
}

/** Outages from one look to the next; one that lasted already at the first is one of them. */
export function outagesSince(before: Outages, now: Outages): Outages {
  const count = now.count - before.count + (before.isOpen ? 1 : 0);
  return { count, totalMs: now.totalMs - before.totalMs, isOpen: now.isOpen };
}

interface Open {
  /** When it opened, moved on by the time in which the cloud was back and no frame was meant for it. */
  sinceMs: number;
  /** When the cloud said that it is back, until a frame tries it. */
  backAtMs: number | undefined;
  why: string;
  /** When a frame may probe. */
  retryAtMs: number;
  /** What is waited after the next probe that fails. */
  backoffMs: number;
  probe: Pass | undefined;
}

/** One for a node: its runs share the cloud. */
export class CircuitBreaker {
  #open: Open | undefined;
  #failuresInARow = 0;
  #wasReachable: boolean;
  #outages = { count: 0, totalMs: 0 };
  /** Passes that were not given back; an outage makes those that were given before it invalid. */
  #valid = new Set<Pass>();
  /** Frames that may have a pass at once after an outage; `undefined` when as many as come. */
  #window: number | undefined;

  /**
   * Closed at first, unless the cloud is not available yet.
   *
   * @param atOnceMax frames that are sent at once at most: when as many were let in, all are again.
   */
  constructor(
    private readonly cloud: Reachable,
    private readonly clock: Clock,
    private readonly listener: BreakerListener = { opened() {}, closed() {} },
    private readonly atOnceMax = 1,
  ) {
    this.#wasReachable = cloud.available;
    if (!cloud.available) this.#openFor(cloud.why, 0);
  }

  /** Whether a frame that is decided for the cloud now would be sent. */
  get admits(): boolean {
    this.#look();
    const open = this.#open;
    if (!open) return this.#window === undefined || this.#valid.size < this.#window;
    return this.cloud.available && !open.probe && this.clock.nowMs() >= open.retryAtMs;
  }

  /** What it does with frames now. */
  get state(): BreakerState {
    this.#look();
    if (!this.#open) return "closed";
    return this.#open.probe ? "half_open" : "open";
  }

  /** Why no frame is sent, as a clause; empty when frames are. */
  get why(): string {
    this.#look();
    if (!this.#open) {
      return this.admits ? "" : `it is back, and ${this.#window} at once try it first`;
    }
    return this.cloud.available ? this.#open.why : this.cloud.why;
  }

  /** Offloads that failed one after the other, up to now. */
  get failuresInARow(): number {
    return this.#failuresInARow;
  }

  /** Times that no frames were sent, up to now. */
  get outages(): Outages {
    this.#look();
    const { count, totalMs } = this.#outages;
    const open = this.#open;
    const lastsMs = open ? (open.backAtMs ?? this.clock.nowMs()) - open.sinceMs : 0;
    const isOpen = open !== undefined && open.backAtMs === undefined;
    return { count, totalMs: totalMs + lastsMs, isOpen };
  }

  /** Lets a frame pass, as a probe when the circuit is open; `undefined` when none may. */
  enter(): Pass | undefined {
    if (!this.admits) return undefined;
    const pass: Pass = new Pass(
      () => {
        this.#look();
        return this.#valid.has(pass);
      },
      (outcome, why) => this.#ended(pass, outcome, why),
    );
    if (this.#open) {
      this.#open.probe = pass;
      this.#leaveOut(this.#open);
    }
    this.#valid.add(pass);
    return pass;
  }

  #ended(pass: Pass, outcome: PassOutcome, why: string): void {
    const open = this.#open;
    const wasProbe = open?.probe === pass;
    const wasValid = this.#valid.delete(pass);
    if (open && wasProbe) open.probe = undefined;
    if (outcome === "ignored") return;
    if (outcome === "success") {
      this.#failuresInARow = 0;
      if (wasProbe && this.cloud.available) this.#close();
      else if (!open && wasValid) this.#widen();
      else if (open) open.retryAtMs = this.clock.nowMs(); // sent before it opened: a reason to probe now
      return;
    }
    this.#failuresInARow++;
    if (this.#window !== undefined) this.#window = 1;
    if (open && wasProbe) {
      if (outcome === "denied") open.backoffMs = PROBE_MS.most;
      open.retryAtMs = this.clock.nowMs() + open.backoffMs;
      open.backoffMs = Math.min(2 * open.backoffMs, PROBE_MS.most);
      open.why = `a frame that tried it failed, ${why}`;
    } else if (!open && outcome === "denied") {
      this.#openAs(why, PROBE_MS.most);
    } else if (!open && this.#failuresInARow >= FAILURES_MAX) {
      this.#openAs(`${FAILURES_MAX} offloads in a row failed, ${why}`, PROBE_MS.first);
    }
  }

  #openAs(found: string, firstProbeMs: number): void {
    this.#openFor(found, firstProbeMs);
    this.listener.opened(found);
  }

  /** One more for each answer: 2, 4, 8 … from one round of answers to the next. */
  #widen(): void {
    if (this.#window === undefined) return;
    this.#window++;
    if (this.#window >= this.atOnceMax) this.#window = undefined;
  }

  /** Notes whether the cloud has gone or come back since the last look. */
  #look(): void {
    const { available, why } = this.cloud;
    if (available === this.#wasReachable) return;
    this.#wasReachable = available;
    const open = this.#open;
    if (!open) {
      if (!available) this.#openFor(why, 0);
    } else if (available) {
      open.retryAtMs = this.clock.nowMs(); // what has come back is tried at once
      open.why = "it is back, and one frame tries it first";
      if (!open.probe) open.backAtMs = open.retryAtMs;
    } else {
      this.#leaveOut(open);
    }
  }

  /** While the cloud was back and a frame would have been sent, there was no outage. */
  #leaveOut(open: Open): void {
    if (open.backAtMs === undefined) return;
    open.sinceMs += this.clock.nowMs() - open.backAtMs;
    open.backAtMs = undefined;
  }

  #openFor(why: string, firstProbeMs: number): void {
    const sinceMs = this.clock.nowMs();
    this.#open = {
      ...{ sinceMs, backAtMs: undefined, why, retryAtMs: sinceMs + firstProbeMs },
      ...{ backoffMs: 2 * PROBE_MS.first, probe: undefined },
    };
    this.#outages.count++;
    this.#valid.clear();
  }

  #close(): void {
    if (!this.#open) return;
    const lastedMs = this.clock.nowMs() - this.#open.sinceMs;
    this.#outages.totalMs += lastedMs;
    this.#open = undefined;
    this.#window = 1;
    this.#widen(); // the probe's answer is the first
    this.listener.closed(lastedMs);
  }
}

/** A frame's leave to be sent; it is given back once. */
export class Pass {
  #ended = false;

  /** Made by {@link CircuitBreaker.enter}. */
  constructor(
    private readonly holdsStill: () => boolean,
    private readonly onEnd: (outcome: PassOutcome, why: string) => void,
  ) {}

  /** Whether the frame may be sent still: the cloud may have failed since it was let in. */
  get holds(): boolean {
    return this.holdsStill();
  }

  /**
   * Gives it back.
   *
   * @param why what failed, as a clause.
   * @throws {Error} when it was given back before.
   */
  end(outcome: PassOutcome, why = ""): void {
    if (this.#ended) throw new Error(`a pass ended twice, now as ${outcome}`);
    this.#ended = true;
    this.onEnd(outcome, why);
  }
}
