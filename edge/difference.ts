/** How much a frame differs from the last one that was inferred. */

import type { Frame, Size } from "../core/frame.ts";

/** Pixels at which frames are compared: what moves is seen, noise averages out. */
export const COMPARED: Size = { width: 64, height: 36 };

/** Compares the frames of one run. */
export class Differences {
  /** Of frames that have no outcome yet, by their number. */
  readonly #seen = new Map<number, Uint8Array>();
  #inferred: { readonly index: number; readonly grey: Uint8Array } | undefined;

  /**
   * Looks at a frame that is decided about.
   *
   * @returns the mean absolute difference of brightness, 0 to 1; `undefined` before a frame was inferred.
   * @throws what keeps the picture from being read.
   */
  async of({ index, picture }: Frame): Promise<number | undefined> {
    const grey = await picture.grey(COMPARED);
    this.#seen.set(index, grey);
    return this.#inferred && meanDifference(grey, this.#inferred.grey);
  }

  /** Notes that a frame has its outcome; the latest that was inferred is what others are compared to. */
  settled(index: number, wasInferred: boolean): void {
    const grey = this.#seen.get(index);
    this.#seen.delete(index);
    if (grey && wasInferred && index > (this.#inferred?.index ?? 0)) {
      this.#inferred = { index, grey };
    }
  }
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  const sum = a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0);
  return sum / (a.length * 255);
}
