/** What looks at frames before anything is decided about them, and keeps back those that show nothing new. */

import type { Findings } from "../../core/detection.ts";
import type { Frame } from "../../core/frame.ts";

/** What a filter saw in a frame. */
export interface Verdict {
  /** Why the frame need not be inferred, for people, such as `nothing moves`; absent: it is let through. */
  readonly skip?: string;
  /** Nothing at all moves since the last frame that was let through: what was found stays where it is. */
  readonly still: boolean;
}

/** What came of a frame that was inferred. */
export interface Result {
  /** The model that inferred it. */
  readonly model: string;
  /** In pixels of the frame. */
  readonly findings: Findings;
}

/** Looks at the frames of one run. */
export interface FrameFilter {
  /**
   * Looks at a captured frame, in order of capture, before the policy is asked. A frame whose picture
   * cannot be read is let through: whoever infers it tells.
   *
   * @returns what it saw and, where the frame needs no inference, why: it is then settled as `filtered`.
   */
  look(frame: Frame): Promise<Verdict>;
  /**
   * A frame that it let through has its outcome.
   *
   * @param result what came of it; absent where it was not inferred.
   */
  settled(index: number, result?: Result): void;
}
