/** Which pictures are inferred in one run. */

import type { FittedPicture } from "./picture_writer.ts";

/** A picture among others. */
export interface BatchItem extends FittedPicture {
  /** Its place among those that were given, from 0. */
  readonly index: number;
}

/**
 * Puts pictures that need a tensor of one size together, in their order.
 *
 * @param batchMax pictures that one run takes at most, at least 1.
 */
export function batchesOf(pictures: readonly FittedPicture[], batchMax: number): BatchItem[][] {
  const open = new Map<string, BatchItem[]>();
  const batches: BatchItem[][] = [];
  for (const [index, { pixels, fit }] of pictures.entries()) {
    const size = `${fit.tensor.width}×${fit.tensor.height}`;
    let batch = open.get(size);
    if (!batch || batch.length >= batchMax) {
      batch = [];
      batches.push(batch);
      open.set(size, batch);
    }
    batch.push({ index, pixels, fit });
  }
  return batches;
}
