/** What is to go: a pure function of what there is and of the limits. */

import type { RetentionLimits } from "./options.ts";

/** Why something goes. */
export const REASONS = ["age", "size", "free"] as const;

/** `age`: it is too old; `size`: there is too much; `free`: the disk has too little room. */
export type Reason = typeof REASONS[number];

/** What there is, told apart. */
export const HELD_KINDS = ["lines", "pictures", "video", "events", "other"] as const;

/** The kind of a file. */
export type HeldKind = typeof HELD_KINDS[number];

/** A file that may go. */
export interface Candidate {
  /** Where it is. */
  readonly path: string;
  /** Bytes that it takes. */
  readonly bytes: number;
  /** When what is in it ended, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** What it is. */
  readonly kind: HeldKind;
  /** Of files of one time, those that tell whose the others are go last. */
  readonly isLast: boolean;
  /** Number of its disk. */
  readonly disk: number;
}

/** All that there is. */
export interface Inventory {
  /** Those that may go, in any order; where there are too many to be known at once, the oldest. */
  readonly candidates: readonly Candidate[];
  /** Bytes of all files, those that may not go among them. */
  readonly bytes: number;
  /** Bytes that each disk has too few, by its number; 0 or less: none. */
  readonly shortBytes: readonly number[];
}

/** One that goes, and why. */
export interface Going extends Candidate {
  /** Why. */
  readonly why: Reason;
}

/** What goes. */
export interface Plan {
  /** In the order in which it goes: the oldest first, events that are kept longer behind all else. */
  readonly going: readonly Going[];
  /** Bytes that there are too many all the same. */
  readonly excessBytes: number;
}

/** Decides what goes. @param nowMs milliseconds since the Unix epoch */
export function planDeletion(
  { candidates, bytes, shortBytes }: Inventory,
  limits: RetentionLimits,
  nowMs: number,
): Plan {
  const { ageMs = Infinity, bytesMax = Infinity } = limits;
  const short = [...shortBytes];
  const going: Going[] = [];
  let held = bytes;
  for (const one of [...candidates].sort(firstToGo(limits, nowMs))) {
    const isTooOld = one.atMs < nowMs - ageMs && !isKeptLonger(one, limits, nowMs);
    const why: Reason | undefined = isTooOld
      ? "age"
      : held > bytesMax
      ? "size"
      : (short[one.disk] ?? 0) > 0
      ? "free"
      : undefined;
    if (why === undefined) continue;
    going.push({ ...one, why });
    held -= one.bytes;
    short[one.disk] = (short[one.disk] ?? 0) - one.bytes;
  }
  return { going, excessBytes: Math.max(0, held - bytesMax) };
}

/** The order in which files go: for `Array.sort`. */
export function firstToGo(
  limits: RetentionLimits,
  nowMs: number,
): (a: Candidate, b: Candidate) => number {
  const rank = (one: Candidate) => isKeptLonger(one, limits, nowMs) ? 1 : 0;
  return (a, b) =>
    rank(a) - rank(b) || a.atMs - b.atMs || Number(a.isLast) - Number(b.isLast) ||
    (a.path < b.path ? -1 : Number(a.path > b.path));
}

function isKeptLonger(
  { kind, atMs }: Candidate,
  { eventsAgeMs = 0 }: RetentionLimits,
  nowMs: number,
): boolean {
  return kind === "events" && atMs >= nowMs - eventsAgeMs;
}

/** Keeps the first of many that go: however many there are, only so many are held at once. */
export class FirstToGo {
  #held: Candidate[] = [];
  #isFull = false;

  /** Holds none yet. @param max how many there are at the end; twice as many on the way */
  constructor(
    private readonly order: (a: Candidate, b: Candidate) => number,
    private readonly max: number,
  ) {}

  /** Takes one more. */
  add(one: Candidate): void {
    this.#held.push(one);
    if (this.#held.length >= 2 * this.max) this.#cut();
  }

  /** Those that were kept, in order. */
  taken(): readonly Candidate[] {
    this.#cut();
    return this.#held;
  }

  /** Whether some were left out. */
  get isPartial(): boolean {
    return this.#isFull;
  }

  #cut(): void {
    this.#held.sort(this.order);
    if (this.#held.length > this.max) this.#isFull = true;
    this.#held.length = Math.min(this.#held.length, this.max);
  }
}
