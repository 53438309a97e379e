/**
 * Lets the frames through in which something moves, and those that are due. A frame is held against the
 * last one that was let through, not against the one before: what creeps is found, too.
 */

import { type CapturedPicture, type Frame, scaledToHeight, type Size } from "../../core/frame.ts";
import type { FrameFilter, Result, Verdict } from "./frame_filter.ts";
import { outsideOf, type Polygon } from "./mask.ts";
import { Movement } from "./movement.ts";

/** Lines of the pictures that are compared: what has 2 % of the height is more than three lines high. */
const LINES = 180;

/** Pixels that a side has at least: less cannot be compared. */
const SIDE_MIN = 8;

/** Milliseconds after the last movement at which a frame is let through: things are inferred at rest. */
const REST_MS = 500;

/** Levels, of 255, by which the light as a whole has to change before a frame is let through for it. */
const OTHER_LIGHT = 16;

/** Milliseconds between two pictures by which noise is learned, and how many of them are kept. */
const NOISE_LOOKS = { everyMs: 1000, kept: 10 };

/** Why a frame is kept back in which nothing moves. */
export const NOTHING_MOVES = "nothing moves";

/** How a gate looks. */
export interface GateOptions {
  /** Milliseconds of the source's time after which a frame is let through, whatever there is in it. */
  readonly refreshMs: number;
  /** Where nothing counts. */
  readonly mask: readonly Polygon[];
  /** 1; 2 notices a change half as strong. */
  readonly sensitivity: number;
  /** Whether files one after the other are one scene, as numbered images of a video are; absent: no. */
  readonly isOneScene?: boolean;
}

/** A frame as it is compared. */
export interface Looked {
  /** Its number in the run. */
  readonly index: number;
  /** Its time in the source, and its own size. */
  readonly picture: Pick<CapturedPicture, "ptsMs" | "width" | "height" | "file">;
  /** Brightness, row by row, at the size that all have. */
  readonly grey: Uint8Array;
}

/** What has changed in a frame since the last one that was let through. */
export interface Change {
  /** The frame. */
  readonly now: Looked;
  /** The one that it is held against. */
  readonly reference: Looked;
  /** Pixels of both, as they are compared. */
  readonly size: Size;
  /** Milliseconds since the frame before, of the source's time. */
  readonly spacingMs: number;
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
  #size: Size | undefined;
  #before: Looked["picture"] | undefined;
  #movement: Movement | undefined;
  /** Pictures by which noise is learned, the oldest first. */
  #noiseLooks: Looked[] = [];
  #movedAtMs: number | undefined;
  /** What was let through last came to nothing. */
  #isOwed = false;

  /** Has seen nothing yet. */
  constructor(private readonly options: GateOptions, private readonly tolerance?: Tolerance) {}

  async look({ index, picture }: Frame): Promise<Verdict> {
    const { ptsMs, width, height, file } = picture;
    if (this.#isOtherScene(picture)) this.#begin(picture);
    const grey = await picture.grey(this.#size!).catch(() => undefined);
    if (!grey) return { still: false };
    const seen = { ptsMs, width, height, ...(file === undefined ? {} : { file }) };
    const now = { index, picture: seen, grey };
    this.#learnNoise(now);
    const { skip, still } = this.#judge(now);
    this.#before = seen;
    if (skip !== undefined) return { skip, still };
    this.#isOwed = false;
    this.#underWay.set(index, now);
    this.tolerance?.letThrough(now);
    return { still };
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
    const { moved, brighter } = this.#movement!.between(now.grey, reference.grey);
    const { ptsMs } = now.picture;
    const sinceMs = ptsMs - reference.picture.ptsMs;
    const isDue = this.#isOwed || sinceMs < 0 || sinceMs >= this.options.refreshMs ||
      Math.abs(brighter) >= OTHER_LIGHT;
    if (moved > 0) {
      this.#movedAtMs = ptsMs;
      const spacingMs = Math.max(0, ptsMs - (this.#before?.ptsMs ?? ptsMs));
      const skip = this.tolerance?.look({ now, reference, size: this.#size!, spacingMs });
      return isDue || skip === undefined ? { still: false } : { skip, still: false };
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

  #learnNoise(now: Looked): void {
    const looks = this.#noiseLooks;
    const [oldest, last] = [looks[0], looks.at(-1)];
    const sinceMs = now.picture.ptsMs - (last?.picture.ptsMs ?? -Infinity);
    if (sinceMs >= 0 && sinceMs < NOISE_LOOKS.everyMs) return;
    if (oldest) this.#movement!.learn(now.grey, oldest.grey);
    looks.push(now);
    if (looks.length > NOISE_LOOKS.kept) looks.shift();
  }

  /** Of another size, or of another file. */
  #isOtherScene({ width, height, file }: Looked["picture"]): boolean {
    const before = this.#before;
    if (!before || !this.#movement) return true;
    return width !== before.width || height !== before.height ||
      (file !== before.file && !this.options.isOneScene);
  }

  /** Pictures cannot be held against those before. */
  #begin(captured: Size): void {
    const { mask, sensitivity } = this.options;
    this.#size = comparedSize(captured);
    this.#movement = new Movement(this.#size, (windows) => outsideOf(mask, windows), sensitivity);
    this.#underWay.clear();
    this.#inferred = undefined;
    this.#noiseLooks = [];
    this.#movedAtMs = undefined;
    this.#isOwed = false;
  }
}

/** The size at which frames of a size are compared: in their proportions, and of few pixels. */
export function comparedSize(captured: Size): Size {
  const { width, height } = scaledToHeight(captured, LINES);
  const even = (side: number) => Math.max(SIDE_MIN, Math.floor(side / 2) * 2);
  return { width: even(Math.min(width, 4 * LINES)), height: even(height) };
}
