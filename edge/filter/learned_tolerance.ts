/**
 * Tolerates changes that cost no more accuracy than may be lost: up to a threshold that was learned, and
 * that is put right as the video goes on. At each inference, what would have been said without it is held
 * against what it says; where that agrees, the threshold rises, where it does not, it falls.
 *
 * Which cheap features tell of a change is Reducto's (Li et al., SIGCOMM 2020). Putting the threshold
 * right is adaptive conformal inference (Gibbs and Candès, NeurIPS 2021): each frame that is kept back
 * may lose so much of its F1; what is lost more or less moves the threshold, so that on average that much
 * is lost, whatever comes.
 */

import { f1 } from "../../core/agreement.ts";
import type { Detection } from "../../core/detection.ts";
import { CarriedResult } from "./carried.ts";
import { type Looked, SIZES } from "./eye.ts";
import type { Result } from "./frame_filter.ts";
import type { Change, Tolerance } from "./motion_gate.ts";

/** What a change is told by: three of Reducto's, and for how long there has been any. */
export const FEATURE_NAMES = [...SIZES, "time"] as const;

/** A feature of a change. */
export type FeatureName = typeof FEATURE_NAMES[number];

/** What was learned of a video. */
export interface Learned {
  /** What a change is told by. */
  readonly feature: FeatureName;
  /**
   * How large a change may be, 0 to 1; of `time`, milliseconds from one inference to the next as long as
   * something moves.
   */
  readonly threshold: number;
  /** Mean F1 that is wanted, of all frames against the result of inferring each, 0 to 1. */
  readonly target: number;
  /**
   * What frames that are kept back lose on average, as a part of what the next inference finds lost: things
   * move on from one to the next, so that it is less.
   */
  readonly within: number;
}

/** Share of what may be lost that is aimed at: videos go on otherwise than they began. */
const AIMED_LOSS = 0.75;

/** How far a frame moves the logarithm of the threshold, for each F1 of 1 that it loses more or less. */
const STEP = 0.2;

/** Frames in a row that one inference speaks for at most. */
const SPOKEN_FOR_MAX = 30;

/** How far a threshold may be from what was learned: a factor down, and one up. */
const CORRECTION = { down: 1 / 8, up: 4 };

/** Why a frame is kept back in which little has changed. */
export const LITTLE_CHANGES = "little has changed";

/** F1 of what is aimed at, for a target: what is lost is a part of what may be. */
export function aimOf(target: number): number {
  return 1 - AIMED_LOSS * (1 - target);
}

/** The tolerance of one run. */
export class LearnedTolerance implements Tolerance {
  /** Frames that were kept back before one that was let through. */
  readonly #keptBackBefore = new WeakMap<Looked, number>();
  readonly #carried = new CarriedResult();
  /** The frame whose result is carried on. */
  #lastIndex = 0;
  /** For how long something has moved since a frame was to be let through. */
  #movingMs = 0;
  /** By how much longer than was meant when one was. */
  #lateMs = 0;
  #keptBack = 0;
  #correction = 1;

  /**
   * Begins with what was learned.
   *
   * @param isFixed leaves the threshold as it was learned.
   */
  constructor(private readonly learned: Learned, private readonly isFixed = false) {}

  /** What the threshold is multiplied by, as things are. */
  get correction(): number {
    return this.#correction;
  }

  look(change: Change): string | undefined {
    if (this.#isBeyond(change)) return undefined;
    this.#keptBack++;
    return LITTLE_CHANGES;
  }

  #isBeyond({ spacingMs, sizeOf }: Change): boolean {
    const { feature } = this.learned;
    const threshold = this.learned.threshold * this.#correction;
    if (feature !== "time") return sizeOf(feature) > threshold;
    this.#movingMs += spacingMs;
    if (this.#movingMs < threshold) return false;
    // Frames do not come when they are due: on average, they are to be as far apart as is meant.
    this.#lateMs = Math.min(spacingMs, this.#movingMs - threshold);
    return true;
  }

  letThrough(frame: Looked): void {
    this.#keptBackBefore.set(frame, this.#keptBack);
    this.#keptBack = 0;
    this.#movingMs = this.#lateMs;
    this.#lateMs = 0;
  }

  settled(frame: Looked, result?: Result): void {
    if (!result || frame.index <= this.#lastIndex) return;
    const found = "detections" in result.findings ? result.findings.detections : [];
    if (this.#lastIndex > 0 && !this.isFixed) this.#compare(found, frame);
    this.#carried.see(found, frame.picture);
    this.#lastIndex = frame.index;
  }

  /** Where there is nothing, and nothing was said to be, nothing is learned. */
  #compare(found: readonly Detection[], frame: Looked): void {
    const said = this.#carried.at(frame.picture, false);
    if (found.length + said.length === 0) return;
    const mayLose = 1 - aimOf(this.learned.target);
    const lost = this.learned.within * (1 - f1(said, found));
    const frames = Math.min(SPOKEN_FOR_MAX, this.#keptBackBefore.get(frame) ?? 0);
    const change = STEP * (frames * (mayLose - lost) + mayLose); // this one itself loses nothing
    const { down, up } = CORRECTION;
    this.#correction = Math.min(up, Math.max(down, this.#correction * Math.exp(change)));
  }
}
