/** Decodes files in a Worker while its thread is at something else. */

import { asSmarteyeError } from "../../core/errors.ts";
import type { Pixels } from "../../core/frame.ts";
import { decodedPixels } from "../../core/image.ts";
import type { Failed, PictureInput } from "./worker_messages.ts";

/** A picture whose pixels are there. */
export interface Decoded {
  /** At the picture's own size. */
  readonly pixels: Pixels;
  /** Milliseconds that decoding took, beside what the thread was at meanwhile. */
  readonly decodeMs: number;
}

/** Decoding begins when a picture arrives, in threads of the decoder's own. */
export class PictureDecoder {
  /** Milliseconds that networks have blocked this thread. */
  #blockedMs = 0;
  /** Memory of pixels that were decoded here, and are in use. */
  readonly #decoded = new WeakSet<ArrayBuffer>();

  /** Begins to decode; what cannot be decoded is told, not thrown. */
  async decode(picture: PictureInput): Promise<Decoded | { readonly error: Failed }> {
    if (picture.kind === "pixels") return { pixels: picture.pixels, decodeMs: 0 };
    const beganAtMs = performance.now();
    const blockedMs = this.#blockedMs;
    try {
      const pixels = await decodedPixels(picture.bytes, picture.limits);
      this.#decoded.add(pixels.data.buffer);
      // While a network blocked this thread, the picture waited for it, decoded or not.
      const waitedMs = this.#blockedMs - blockedMs;
      return { pixels, decodeMs: Math.max(0, performance.now() - beganAtMs - waitedMs) };
    } catch (thrown) {
      const { code, message } = asSmarteyeError(thrown, "read the image");
      return { error: { code, message } };
    }
  }

  /**
   * Gives the memory of pixels back at once that were decoded here. To the collector a megabyte a
   * picture looks like a full heap: it would run all the time.
   */
  release({ data: { buffer } }: Pixels): void {
    if (this.#decoded.delete(buffer)) buffer.transfer(0);
  }

  /** Does what blocks this thread. */
  async blocked<T>(work: () => Promise<T>): Promise<T> {
    const beganAtMs = performance.now();
    try {
      return await work();
    } finally {
      this.#blockedMs += performance.now() - beganAtMs;
    }
  }
}
