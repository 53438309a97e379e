/**
 * Lets the frames through in which something moves, and those that are due. A frame is held against the
 * last one that was let through, not against the one before: what creeps is found, too.
 */

import type { Frame } from "../../core/frame.ts";
import { type ChangeSize, Eye, type EyeOptions, type Looked } from "./eye.ts";
import type { FrameFilter, Result, Verdict } from "./frame_filter.ts";

/** Milliseconds after the last movement at which a frame is let through: things are inferred at rest. */
const REST_MS = 500;

/** Levels, of 255, by which the light as a whole has to change before a frame is let through for it. */
const OTHER_LIGHT = 16;

/** Why a frame is kept back in which nothing moves. */
export const NOTHING_MOVES = "nothing moves";

/** How a gate looks, and how often. */
export interface GateOptions extends EyeOptions {
  /** Milliseconds of the source's time after which a frame is let through, whatever there is in it. */
  readonly refreshMs: number;
}

/** A change in a frame since the last one that was let through. */
export interface Change {
  /** Milliseconds since the frame before, of the source's time. */
  readonly spacingMs: number;
  /** How large it is, 0 to 1. */
  sizeOf(size: ChangeSize): number;
}

/** Decides which changes may go by. */
export interface Tolerance {
  /** Looks at the change in a frame in which something moves. @returns why it need not be inferred, if so. */
  look(change: Change): string | undefined;
  /** A frame is let through. */
  letThrough(frame: Looked): void;
  /** It has its outcome; see {@link FrameFilter.settled}. */
  settled(frame: Looked, result?: Result): void;
}

/** Tolerates no movement, unless told which. */
export class MotionGate implements FrameFilter {
  /** Frames that were let through and have no outcome yet, by their number. */
  readonly #underWay = new Map<number, Looked>();
  #inferred: Looked | undefined;
  #before: Looked | undefined;
  #movedAtMs: number | undefined;
  /** What was let through last came to nothing. */
  #isOwed = false;

  /** Has seen nothing yet. @param eye another one's that goes by the same frames; absent: its own. */
  constructor(
    private readonly options: GateOptions,
    private readonly tolerance?: Tolerance,
    private readonly eye: Eye = new Eye(options),
  ) {}

  async look(frame: Frame): Promise<Verdict> {
    const now = await this.eye.look(frame);
    if (!now) return { still: false };
    if (now.scene !== this.#before?.scene) this.#begin();
    const verdict = this.#judge(now);
    this.#before = now;
    if (verdict.skip !== undefined) return verdict;
    this.#isOwed = false;
    this.#underWay.set(now.index, now);
    this.tolerance?.letThrough(now);
    return verdict;
  }

  settled(index: number, result?: Result): void {
    const looked = this.#underWay.get(index);
    if (!looked) return;
    if (!result) this.#isOwed ||= looked === this.#reference();
    this.#underWay.delete(index);
    if (result && index > (this.#inferred?.index ?? 0)) this.#inferred = looked;
    this.tolerance?.settled(looked, result);
  }

  #judge(now: Looked): Verdict {
    const reference = this.#reference();
    if (!reference) return { still: false };
    const { moved, brighter } = this.eye.changedSince(reference);
    const { ptsMs } = now.picture;
    const sinceMs = ptsMs - reference.picture.ptsMs;
    const isDue = this.#isOwed || sinceMs < 0 || sinceMs >= this.options.refreshMs ||
      Math.abs(brighter) >= OTHER_LIGHT;
    if (moved > 0) {
      this.#movedAtMs = ptsMs;
      const skip = isDue ? undefined : this.tolerance?.look({
        spacingMs: Math.max(0, ptsMs - this.#before!.picture.ptsMs),
        sizeOf: (size) => this.eye.sizeOf(size, reference),
      });
      return skip === undefined ? { still: false } : { skip, still: false };
    }
    const isAtRest = this.#movedAtMs !== undefined && ptsMs - this.#movedAtMs >= REST_MS;
    if (isAtRest) this.#movedAtMs = undefined;
    return isDue || isAtRest ? { still: true } : { skip: NOTHING_MOVES, still: true };
  }

  /** The newest frame that is inferred, or is about to be: what comes of that, the next frames need not wait for. */
  #reference(): Looked | undefined {
    let newest = this.#inferred;
    for (const looked of this.#underWay.values()) {
      if (looked.index > (newest?.index ?? 0)) newest = looked;
    }
    return newest;
  }

  /** Frames cannot be held against those before. */
  #begin(): void {
    this.#underWay.clear();
    this.#inferred = undefined;
    this.#movedAtMs = undefined;
    this.#isOwed = false;
  }
}
