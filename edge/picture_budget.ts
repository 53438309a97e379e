/** How many pictures may be open at a node at once: by their pixels, as a few large ones fill the memory. */

import type { Size } from "../core/frame.ts";

/**
 * Pixels of the pictures that may be open in all runs of a node: 64 pictures of 1080p, which are 200 MB
 * as a decoder keeps them, 16 of 4K, or 576 of 360p. They last for 2 s of a cloud that does not answer
 * while 30, or 280, frames a second are inferred here.
 */
export const PIXELS_MAX = 64 * 1920 * 1080;

/** Pictures that each run may have open, whatever others have: none waits for another's end. */
const OWN_MIN = 2;

/** Counts the pixels of open pictures. */
export class PictureBudget {
  readonly #waiting = new Set<() => void>();
  #pixels = 0;

  /** With nothing open. */
  constructor(readonly pixelsMax: number = PIXELS_MAX) {}

  /** Pixels of the pictures that are open. */
  get pixels(): number {
    return this.#pixels;
  }

  /** A part of it, for one run. */
  share(): PictureShare {
    return new PictureShare(this);
  }

  /** For a share: so many more, or fewer. */
  change(pixels: number): void {
    this.#pixels += pixels;
    if (pixels < 0) { for (const wake of this.#waiting) wake(); }
  }

  /** For a share: has `wake` called when there may be more room; returns what ends that. */
  onRoom(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => void this.#waiting.delete(wake);
  }
}

/** The pictures of one run. */
export class PictureShare {
  #open = 0;

  /** Made by {@link PictureBudget.share}. */
  constructor(private readonly budget: PictureBudget) {}

  /** Whether one more may be opened. */
  get hasRoom(): boolean {
    return this.#open < OWN_MIN || this.budget.pixels < this.budget.pixelsMax;
  }

  /** One was opened. */
  opened({ width, height }: Size): void {
    this.#open++;
    this.budget.change(width * height);
  }

  /** One was closed. */
  closed({ width, height }: Size): void {
    this.#open--;
    this.budget.change(-width * height);
  }

  /** Has `wake` called when there may be more room; returns what ends that. */
  onRoom(wake: () => void): () => void {
    return this.budget.onRoom(wake);
  }
}
