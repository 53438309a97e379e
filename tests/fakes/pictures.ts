/** Pictures whose pixels are known. */

import assert from "node:assert/strict";
import type { CapturedPicture, Pixels, Size } from "../../core/frame.ts";
import { PixelPicture } from "../../core/image.ts";

/** A colour, 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Pixels of which `color` says each one's. */
export function pixels(size: Size, color: (x: number, y: number) => Rgb): Pixels {
  const { width, height } = size;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(color(x, y), (y * width + x) * 3);
  }
  return { width, height, data };
}

/** Pixels of one colour. */
export function plain(width: number, height: number, color: Rgb = [114, 114, 114]): Pixels {
  return pixels({ width, height }, () => color);
}

/** The colour of one pixel. */
export function at({ width, data }: Pixels, x: number, y: number): Rgb {
  const from = (y * width + x) * 3;
  return [data[from]!, data[from + 1]!, data[from + 2]!];
}

/** Holds a colour against the wanted one, within what lossy encoding may do. */
export function assertColor(found: Rgb, wanted: Rgb, tolerance = 6): void {
  const near = found.every((value, i) => Math.abs(value - wanted[i]!) <= tolerance);
  assert.ok(near, `the colour is [${found}], about [${wanted}] is wanted`);
}

/** A picture that counts how often it is closed. */
export class CountedPicture extends PixelPicture implements CapturedPicture {
  closed = 0;

  constructor(ptsMs = 0, size: Size = { width: 64, height: 48 }) {
    super(plain(size.width, size.height), ptsMs);
  }

  override close(): void {
    this.closed++;
  }
}
