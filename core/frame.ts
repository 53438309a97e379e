/** Frames and pictures: what flows through the system, before anything is known about them. */

import type { SmarteyeError } from "./errors.ts";

/** A width and a height in pixels. */
export interface Size {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Decoded pixels: `height × width × 3` bytes, RGB, row by row, no padding. */
export interface Pixels extends Size {
  /** Row 0 is the top one. Owned by whoever holds the pixels: it may be transferred to a Worker. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * Something that can be looked at. Nothing is converted before it is asked for: a frame that is
 * offloaded is never turned into full-size RGB.
 */
export interface Picture extends Size {
  /**
   * The picture's pixels, at its own size. The bytes belong to the caller, who may give them back to
   * `pixelPool`.
   */
  rgb(): Promise<Pixels>;
}

/** A picture as a source delivers it, before the pipeline has numbered it. */
export interface CapturedPicture extends Picture {
  /** Presentation time in the source, in milliseconds; 0 at the start. */
  readonly ptsMs: number;
  /** Where it is on the tape of its source's encoded video, in milliseconds; absent where there is none. */
  readonly tapeMs?: number;
  /** The file that it is of, where a source has several. */
  readonly file?: string;
  /** Why the picture cannot be read, where that is known: it is then settled as failed. */
  readonly unreadable?: SmarteyeError;
  /** As of every picture, scaled to `size` where that is given. */
  rgb(size?: Size): Promise<Pixels>;
  /** The picture as JPEG, scaled to `size`. `quality` is 1 (smallest) to 100 (best). */
  jpeg(size: Size, quality: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The picture in grey, scaled to `size`: `height × width` bytes, row by row, 0 is black. */
  grey(size: Size): Promise<Uint8Array>;
  /** Gives the memory behind the picture back. Called once, when nobody looks at it any more. */
  close(): void;
}

/** A captured frame: a picture with its number in the run (1, 2, 3 …) and its time of capture. */
export interface Frame {
  /** From 1, without gaps: frames that are dropped have a number too. */
  readonly index: number;
  /** Time of capture, milliseconds since the Unix epoch. */
  readonly capturedAtMs: number;
  /** Time of capture on the monotonic clock: latencies count from here. */
  readonly startAtMs: number;
  /** Closed when the frame is settled and no sink looks at it any more; not readable after that. */
  readonly picture: CapturedPicture;
}

/**
 * The size that has the given height (at most the source's own) and the source's proportions, with
 * even sides, as chroma-subsampled encoders want them.
 */
export function scaledToHeight(source: Size, heightMax: number): Size {
  if (heightMax >= source.height) return { width: source.width, height: source.height };
  const even = (value: number) => Math.max(2, Math.round(value / 2) * 2);
  return {
    width: even(source.width * heightMax / source.height),
    height: even(heightMax),
  };
}
