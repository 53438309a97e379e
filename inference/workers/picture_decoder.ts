/** Pictures of a Worker's tasks → pixels. */

import { asSmarteyeError } from "../../core/errors.ts";
import type { Pixels } from "../../core/frame.ts";
import { decodedPixels } from "../../core/image.ts";
import { formatOf } from "../../core/image_formats.ts";
import { PixelPool } from "../../core/pixel_pool.ts";
import { Libvips } from "./libvips.ts";
import type { Failed, PictureInput } from "./worker_messages.ts";

/** A picture whose pixels are there. */
export interface Decoded {
  /** At the picture's own size. */
  readonly pixels: Pixels;
  /** Milliseconds that decoding took, beside what the thread was at meanwhile. */
  readonly decodeMs: number;
}

/** A picture that may be decoded already: called when its turn has come. */
export type Decoding = () => Promise<Decoded | { readonly error: Failed }>;

type EncodedInput = Extract<PictureInput, { kind: "encoded" }>;

/**
 * Decodes on the Worker's thread when a picture's turn has come, or beside it as soon as it arrives:
 * where the processors infer, every thread more costs them time; where they do not, time is gained.
 */
export class PictureDecoder {
  /** Milliseconds that networks have blocked this thread. */
  #blockedMs = 0;
  /** Memory for pixels that are decoded on this thread: a camera's pictures are of one size. */
  readonly #pool = new PixelPool({ buffersMax: 8, bytesMax: 32 * 2 ** 20 });
  /** Memory of pixels that were decoded here and are in use, and who has made it. */
  readonly #makers = new WeakMap<ArrayBuffer, "pool" | "sharp">();
  readonly #libvips = Libvips.open();

  /** Begins with what can be done beside this thread; what cannot be decoded is told, not thrown. */
  begin(picture: PictureInput, where: "here" | "beside"): Decoding {
    if (picture.kind === "pixels") {
      return () => Promise.resolve({ pixels: picture.pixels, decodeMs: 0 });
    }
    if (where === "here") return () => this.#decode(picture);
    const decoding = this.#decodeBeside(picture);
    return () => decoding;
  }

  /** Gives the memory of pixels back that were decoded here. Nobody may need them any more. */
  release({ data: { buffer } }: Pixels): void {
    const maker = this.#makers.get(buffer);
    this.#makers.delete(buffer);
    if (maker === "pool") this.#pool.giveBack(buffer);
    // To the collector a megabyte a picture looks like a full heap: it would run all the time.
    if (maker === "sharp") buffer.transfer(0);
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

  #decode(picture: EncodedInput): ReturnType<Decoding> {
    const beganAtMs = performance.now();
    const { pixelsMax, formats } = picture.limits;
    const format = formatOf(picture.bytes);
    if (format === undefined || !(formats?.includes(format) ?? true)) {
      return this.#decodeBeside(picture);
    }
    const memory = (bytes: number) => this.#pool.take(bytes);
    const pixels = this.#libvips?.rgb(format, picture.bytes, { pixelsMax, memory });
    if (!pixels) return this.#decodeBeside(picture);
    this.#makers.set(pixels.data.buffer, "pool");
    return Promise.resolve({ pixels, decodeMs: performance.now() - beganAtMs });
  }

  async #decodeBeside(
    { bytes, limits }: EncodedInput,
  ): Promise<Decoded | { readonly error: Failed }> {
    const beganAtMs = performance.now();
    const blockedMs = this.#blockedMs;
    try {
      const pixels = await decodedPixels(bytes, limits);
      this.#makers.set(pixels.data.buffer, "sharp");
      // While a network blocked this thread, the picture waited for it, decoded or not.
      const waitedMs = this.#blockedMs - blockedMs;
      return { pixels, decodeMs: Math.max(0, performance.now() - beganAtMs - waitedMs) };
    } catch (thrown) {
      const { code, message } = asSmarteyeError(thrown, "read the image");
      return { error: { code, message } };
    }
  }
}
