/** Frames that are only looked at: a ground with noise, and something on it. */

import type { CapturedPicture, Frame, Size } from "../../core/frame.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import { FakePicture } from "./source.ts";

/** What there is to be seen in a frame. */
export interface Look {
  /** Time in the source, milliseconds. */
  readonly atMs: number;
  /** Where something stands, as shares of the picture; absent: nothing does. */
  readonly thing?: readonly [x: number, y: number];
  /** Levels by which everything is brighter. */
  readonly light?: number;
  /** Why it cannot be looked at. */
  readonly error?: Error;
  readonly file?: string;
  readonly size?: Size;
}

/** Its height, as a share of the picture's; it is half as wide. */
const HIGH = 0.03;

class LookedPicture extends FakePicture implements CapturedPicture {
  readonly file?: string;

  constructor(private readonly look: Look, private readonly rng: Rng) {
    super(look.atMs, look.size?.width ?? 640, look.size?.height ?? 360);
    if (look.file !== undefined) this.file = look.file;
  }

  override grey({ width, height }: Size): Promise<Uint8Array> {
    const { thing: [left, top] = [2, 2], light = 0, error } = this.look;
    if (error) return Promise.reject(error);
    const grey = new Uint8Array(width * height);
    for (let at = 0; at < grey.length; at++) {
      const x = at % width / width;
      const y = Math.floor(at / width) / height;
      const wide = HIGH * height / width / 2;
      const isThing = x >= left && x < left + wide && y >= top && y < top + HIGH;
      const ground = 90 + 40 * Math.sin(20 * x) * Math.cos(13 * y) + light;
      grey[at] = ground + (isThing ? 40 : 0) + this.rng() + this.rng();
    }
    return Promise.resolve(grey);
  }
}

/** Makes frames, numbered as they come. */
export function lookedFrames(seed = 1): (look: Look) => Frame {
  const rng = seededRng(seed);
  let index = 0;
  return (look) => {
    const picture = new LookedPicture(look, rng);
    return { index: ++index, picture, capturedAtMs: look.atMs, startAtMs: look.atMs };
  };
}
