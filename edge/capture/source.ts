/** Where frames come from: the seam between the world and the pipeline. */

import type { CapturedPicture } from "../../core/frame.ts";

/** An opened source of pictures. */
export interface FrameSource {
  /** What it is, for people; no passwords. */
  readonly description: string;
  /** Whether pictures come in their own time: one that is not taken is missed. */
  readonly live: boolean;
  /** How many pictures there are, if that is known. */
  readonly frameCount: number | undefined;
  /** Pictures a second, if that is known. */
  readonly fps: number | undefined;
  /**
   * The pictures, in order, until the source ends or `signal` aborts. To be iterated once.
   *
   * @throws {SmarteyeError} when the source breaks off.
   */
  pictures(signal: AbortSignal): AsyncIterable<CapturedPicture>;
  /** Gives the source back. */
  close(): Promise<void>;
}
