/**
 * The bytes that may go over the link in a calendar period, and who may use how many of them now.
 * What is to be used is reserved before, and settled after with what it was. Reservations come out of
 * claims, which are on disk before they are used: a crash loses what was claimed, and never forgets what
 * was used. Several who share one file of claims do not pass the allowance together.
 */

import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";

/** After what time an allowance begins anew: by the calendar, UTC. */
export type AllowancePeriod = "hour" | "day" | "month";

/** Every period, in the order in which help texts name them. */
export const ALLOWANCE_PERIODS: readonly AllowancePeriod[] = ["hour", "day", "month"];

/** How many bytes, and in what time. */
export interface AllowanceOptions {
  /** Bytes both ways. */
  readonly bytesMax: number;
  /** For so long. */
  readonly period: AllowancePeriod;
}

/** Where claims are kept, so that all who share an allowance see them. */
export interface Claims {
  /**
   * Adds a claim, or gives back a part of one (below 0), and tells all that is claimed then. Not at once
   * with another call of the same object.
   *
   * @param period which one, as {@link periodOf} names it.
   * @throws {Error} when it cannot be kept: then nothing is claimed.
   */
  add(period: string, bytes: number): Promise<number>;
}

/** Bytes that are claimed at once, at least. */
const STEP_BYTES = 100_000;

/** Claims of the least size that the whole allowance makes at most: their file stays small. */
const STEPS_MAX = 4096;

/** Milliseconds for which a claim should last: else the next is larger. */
const CLAIM_LASTS_MS = 1000;

/** Claims until what was claimed is not taken by another request meanwhile. */
const TRIES_MAX = 10;

/** The most that a claim grows to, in steps. */
const STEPS_AT_ONCE_MAX = 64;

/** Which part of what is left is claimed ahead at most. */
const SHARE_OF_LEFT = 16;

/** The period that an instant is in, and when the next one begins. */
export function periodOf(
  epochMs: number,
  period: AllowancePeriod,
): { readonly name: string; readonly nextAtMs: number } {
  const at = new Date(epochMs);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const [day, hour] = [at.getUTCDate(), at.getUTCHours()];
  const text = at.toISOString();
  switch (period) {
    case "hour":
      return { name: text.slice(0, 13), nextAtMs: Date.UTC(year, month, day, hour + 1) };
    case "day":
      return { name: text.slice(0, 10), nextAtMs: Date.UTC(year, month, day + 1) };
    case "month":
      return { name: text.slice(0, 7), nextAtMs: Date.UTC(year, month + 1) };
    default:
      return period satisfies never;
  }
}

/** Bytes that may be used; they are settled once. */
export interface Reservation {
  /** Bytes that are reserved. */
  readonly bytes: number;
  /** Reserves more for the same purpose, if there is as much without a new claim. */
  extend(bytes: number): boolean;
  /** The same, with a new claim if need be. */
  grow(bytes: number): Promise<boolean>;
  /** Gives back what was not used. @throws {Error} when it was settled before. */
  settle(usedBytes: number): void;
}

/** Said once a period, and when it is used up. */
export interface AllowanceListener {
  /** Something did not fit any more. @param why as a clause. */
  usedUp(why: string): void;
}

/** An allowance for one period after the other. */
export class ByteAllowance {
  #period: { readonly name: string; readonly nextAtMs: number };
  /** All that is claimed, as far as is known, by whomever. */
  #claimedBytes = 0;
  /** Of it, what this one has claimed and neither used nor reserved. */
  #freeBytes = 0;
  #reservedBytes = 0;
  /** What did not fit: nothing goes until as much is there. */
  #lackedBytes: number | undefined;
  #trouble: string | undefined;
  #toldFor: string | undefined;
  #claiming: Promise<void> = Promise.resolve();
  #steps = 1;
  #claimedAtMs = -Infinity;
  readonly #stepBytes: number;

  /** Has claimed nothing yet. */
  constructor(
    private readonly options: AllowanceOptions,
    private readonly claims: Claims,
    private readonly clock: Clock,
    private readonly listener: AllowanceListener = { usedUp() {} },
  ) {
    this.#period = periodOf(clock.epochMs(), options.period);
    this.#stepBytes = Math.max(STEP_BYTES, Math.ceil(options.bytesMax / STEPS_MAX));
  }

  /** Bytes both ways that may be used in this period. */
  get bytesMax(): number {
    return this.options.bytesMax;
  }

  /** Bytes of this period that are used or claimed, by this and by others: the rest is free for all. */
  get usedBytes(): number {
    this.#turn();
    return this.#claimedBytes - this.#freeBytes - this.#reservedBytes;
  }

  /** Why nothing may be sent, as a clause that says when it may be; empty when it may. */
  get why(): string {
    this.#turn();
    if (this.#trouble !== undefined) return `its byte allowance cannot be kept, ${this.#trouble}`;
    if (this.#lackedBytes === undefined || this.#reaches(this.#lackedBytes)) return "";
    const { bytesMax, period } = this.options;
    const next = new Date(this.#period.nextAtMs).toISOString().replace(":00.000Z", "Z");
    const megabytes = bytesMax / 1_000_000;
    return `its allowance of ${megabytes} MB each ${period} is used up until ${next}`;
  }

  /**
   * Reserves bytes.
   *
   * @returns `undefined` when they do not fit, and from then on until as many are there again.
   */
  async reserve(bytes: number): Promise<Reservation | undefined> {
    this.#turn();
    const wanted = Math.max(bytes, this.#lackedBytes ?? 0); // no small ones instead of one that waits
    if (await this.#obtains(wanted)) {
      this.#lackedBytes = undefined;
      return this.#take(bytes);
    }
    if (this.#trouble === undefined) {
      // What is reserved may come back: then it is not used up.
      if (this.#reaches(wanted - this.#reservedBytes)) return undefined;
      this.#lackedBytes = wanted;
    }
    if (this.#toldFor !== this.#period.name) {
      this.#toldFor = this.#period.name;
      this.listener.usedUp(this.why);
    }
    return undefined;
  }

  /** Gives back what was claimed and not used. Nothing may be reserved after that. */
  async close(): Promise<void> {
    await this.#claiming;
    this.#turn();
    const bytes = this.#freeBytes;
    this.#freeBytes = 0;
    if (bytes === 0) return;
    // What cannot be given back counts as used.
    await this.claims.add(this.#period.name, -bytes).then(
      (claimed) => this.#claimedBytes = claimed,
      () => {},
    );
  }

  /** Claims until there are as many. */
  async #obtains(wanted: number): Promise<boolean> {
    for (let tries = 0; this.#freeBytes < wanted && tries < TRIES_MAX; tries++) {
      this.#claiming = this.#claiming.then(() => this.#claim(wanted));
      await this.#claiming;
      this.#turn();
      if (this.#trouble !== undefined || !this.#reaches(wanted)) break;
    }
    return this.#freeBytes >= wanted;
  }

  /** Whether as many may be had, as far as is known. */
  #reaches(bytes: number): boolean {
    return this.#freeBytes + Math.max(0, this.bytesMax - this.#claimedBytes) >= bytes;
  }

  #take(bytes: number): Reservation {
    const period = this.#period;
    let reserved = 0;
    let isSettled = false;
    const extend = (more: number): boolean => {
      this.#turn();
      if (isSettled || period !== this.#period || this.#freeBytes < more) return false;
      this.#freeBytes -= more;
      this.#reservedBytes += more;
      reserved += more;
      return true;
    };
    extend(bytes);
    return {
      get bytes() {
        return reserved;
      },
      extend,
      grow: async (more) => {
        await this.#obtains(more);
        return extend(more);
      },
      settle: (usedBytes) => {
        if (isSettled) throw new Error("a reservation was settled twice");
        isSettled = true;
        this.#turn();
        if (period !== this.#period) return; // it was of a period that is over
        this.#reservedBytes -= reserved;
        this.#freeBytes += reserved - usedBytes; // below 0, it is taken from what comes
      },
    };
  }

  /** Claims what is lacked, and ahead, if the allowance reaches. Never rejects. */
  async #claim(wanted: number): Promise<void> {
    this.#turn();
    const period = this.#period;
    const lack = wanted - this.#freeBytes;
    if (lack <= 0) return;
    const isOver = (): boolean => (this.#turn(), period !== this.#period);
    try {
      this.#claimedBytes = await this.#added(period.name, 0);
      const left = this.bytesMax - this.#claimedBytes;
      this.#trouble = undefined;
      if (isOver() || left < lack) return;
      const bytes = Math.min(left, Math.max(lack, this.#aheadBytes(left)));
      const claimed = await this.#added(period.name, bytes);
      if (claimed > this.bytesMax) { // another was faster
        this.#claimedBytes = await this.#added(period.name, -bytes);
      } else if (!isOver()) {
        this.#claimedBytes = claimed;
        this.#freeBytes += bytes;
      }
    } catch (error) {
      this.#trouble = messageOf(error);
    }
  }

  async #added(period: string, bytes: number): Promise<number> {
    const claimed = await this.claims.add(period, bytes);
    // A period may have begun meanwhile: what is known of the other is not about this one.
    return period === this.#period.name ? claimed : this.#claimedBytes;
  }

  /**
   * Larger ones while they do not last: then the disk is written to about once a second. Towards the end
   * smaller ones, for others may need what is left, and a crash loses what was claimed.
   */
  #aheadBytes(left: number): number {
    const nowMs = this.clock.nowMs();
    const lasted = nowMs - this.#claimedAtMs >= CLAIM_LASTS_MS;
    this.#claimedAtMs = nowMs;
    this.#steps = lasted
      ? Math.max(1, this.#steps / 2)
      : Math.min(STEPS_AT_ONCE_MAX, this.#steps * 2);
    const most = Math.max(this.#stepBytes, Math.floor(left / SHARE_OF_LEFT));
    return Math.min(most, Math.ceil(this.#steps * this.#stepBytes));
  }

  /** Begins anew when a period is over. */
  #turn(): void {
    const epochMs = this.clock.epochMs();
    const now = periodOf(epochMs, this.options.period);
    if (now.name === this.#period.name) return;
    this.#period = now;
    this.#claimedBytes = 0;
    this.#freeBytes = 0;
    this.#reservedBytes = 0;
    this.#lackedBytes = undefined;
    this.#trouble = undefined;
  }
}
