/** What the offloads of a node take, one by one: those under way, and the latest that ended. */

import type { Clock } from "../core/clock.ts";
import type { OffloadUnderWay, RecentOffload } from "../policies/offload/policy.ts";

/** Offloads that are remembered. */
const RECENT_MAX = 20;

/** An offload from when its frame is encoded until it ends. */
export interface Offloading {
  /** It was answered, `latencyMs` after its capture, of which the network took `networkMs`. */
  answered(latencyMs: number, networkMs: number): void;
  /** It failed, `latencyMs` after its capture. */
  failed(latencyMs: number): void;
  /** It was not sent. */
  withdrawn(): void;
}

interface Ended extends Omit<RecentOffload, "agoMs"> {
  readonly atMs: number;
}

/** Keeps them. */
export class OffloadLog {
  readonly #underWay = new Set<{ readonly bytes: number; readonly atMs: number }>();
  readonly #ended: Ended[] = [];

  /** Knows of none. @param ageMaxMs milliseconds after which one that ended says nothing any more. */
  constructor(private readonly clock: Clock, private readonly ageMaxMs: number) {}

  /** One begins, with so many bytes, for a model of the cloud. To be ended exactly once. */
  began(bytes: number, model: string): Offloading {
    const underWay = { bytes, atMs: this.clock.nowMs() };
    this.#underWay.add(underWay);
    const end = (latencyMs: number, networkMs: number | undefined) => {
      this.#underWay.delete(underWay);
      this.#ended.push({ model, bytes, latencyMs, networkMs, atMs: this.clock.nowMs() });
      if (this.#ended.length > RECENT_MAX) this.#ended.shift();
    };
    return {
      answered: end,
      failed: (latencyMs) => end(latencyMs, undefined),
      withdrawn: () => void this.#underWay.delete(underWay),
    };
  }

  /** Those under way, in the order in which they began. */
  underWay(): readonly OffloadUnderWay[] {
    const nowMs = this.clock.nowMs();
    return Array.from(this.#underWay, ({ bytes, atMs }) => ({ bytes, sinceMs: nowMs - atMs }));
  }

  /** The latest that ended, the newest last. */
  recent(): readonly RecentOffload[] {
    const nowMs = this.clock.nowMs();
    while (this.#ended[0] && nowMs - this.#ended[0].atMs > this.ageMaxMs) this.#ended.shift();
    return this.#ended.map(({ atMs, ...ended }) => ({ ...ended, agoMs: nowMs - atMs }));
  }
}
