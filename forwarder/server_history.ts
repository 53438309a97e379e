/** What became of one server and of its requests: its states and why, and how calls to it ended. */

import type { Clock } from "../core/clock.ts";
import type { ServerChange } from "../proto/http_details.ts";
import { LatencyRing } from "./latency_ring.ts";
import type { LeaseOutcome } from "./lease.ts";
import { MinuteWindow } from "./minute_window.ts";

/** Changes that are remembered. */
const CHANGES_MAX = 20;

/** Characters of why: a server's or a network's word. */
const DETAIL_MAX = 300;

/** Answers of which percentiles are. */
const LATENCIES = 512;

/** Remembers it. */
export class ServerHistory {
  /** Calls of the last minute that ended, and how long those took that were answered. */
  readonly lastMinute: MinuteWindow;
  /** How long the last answers took. */
  readonly latency: LatencyRing;
  /** Calls that ended, by how. */
  readonly #ends = { success: 0, failed: 0, refused: 0, ignored: 0 };
  readonly #answered: MinuteWindow;
  readonly #changes: ServerChange[] = [];
  #ejections = 0;
  #changedAtMs: number;
  #heardAtMs: number | undefined;
  #ejectedUntilMs = -Infinity;

  /** Nothing has happened. */
  constructor(private readonly clock: Clock) {
    this.lastMinute = new MinuteWindow(clock);
    this.#answered = new MinuteWindow(clock);
    this.latency = new LatencyRing(LATENCIES, clock);
    this.#changedAtMs = clock.nowMs();
  }

  /** Calls that ended, by how. */
  get ends(): Readonly<Record<LeaseOutcome, number>> {
    return this.#ends;
  }

  /** Times that it was passed over. */
  get ejections(): number {
    return this.#ejections;
  }

  /** The last changes, the newest first. */
  get changes(): readonly ServerChange[] {
    return this.#changes.toReversed();
  }

  /** Milliseconds since it became what it is. */
  get sinceMs(): number {
    return this.clock.nowMs() - this.#changedAtMs;
  }

  /** Milliseconds since it said how it is; nothing where it never did. */
  get heardAgoMs(): number | undefined {
    return this.#heardAtMs === undefined ? undefined : this.clock.nowMs() - this.#heardAtMs;
  }

  /** Milliseconds for which it is still passed over; 0 where it is not. */
  get ejectedForMs(): number {
    return Math.max(0, this.#ejectedUntilMs - this.clock.nowMs());
  }

  /** How long answers took, second by second of the last minute. */
  seconds(): ReturnType<MinuteWindow["seconds"]> {
    return this.#answered.seconds();
  }

  /** Notes how a call to it ended. */
  ended(outcome: LeaseOutcome, tookMs: number): void {
    this.#ends[outcome]++;
    this.lastMinute.add();
    if (outcome !== "success") return;
    this.#answered.add(tookMs);
    this.latency.add(tookMs);
  }

  /** Notes that it said how it is. */
  heard(): void {
    this.#heardAtMs = this.clock.nowMs();
  }

  /** Notes what it is from now on. */
  changed(kind: "ready" | "draining" | "down", detail: string): void {
    this.#changedAtMs = this.clock.nowMs();
    this.#remember(kind, detail);
  }

  /** Notes that it is passed over until then, on the clock's `nowMs`. */
  ejected(why: string, untilMs: number): void {
    this.#ejections++;
    this.#ejectedUntilMs = untilMs;
    this.#remember("ejected", why);
  }

  #remember(kind: ServerChange["kind"], detail: string): void {
    const at = new Date(this.clock.epochMs()).toISOString();
    this.#changes.push({ at, kind, detail: detail.slice(0, DETAIL_MAX) });
    if (this.#changes.length > CHANGES_MAX) this.#changes.shift();
  }
}
