/** A small compositor: sprites over a background, with a record of what is seen of each. */

import type { Box } from "../core/detection.ts";
import type { Pixels } from "../core/frame.ts";
import { SOLID_ALPHA, type Sprite } from "./sprite.ts";

/** What is seen of a sprite that was put on the canvas. */
export interface Seen {
  /** Share of the sprite's own pixels that are in the frame and not hidden, 0 to 1. */
  readonly share: number;
  /** Bounds of those pixels. */
  readonly box: Box;
}

/** Owner of pixels that belong to no counted thing. */
export const NOBODY = 0;

/** RGB pixels on which sprites are put back to front, and for every pixel whose it is. */
export class Canvas {
  /** What has been put so far. */
  readonly pixels: Pixels;
  readonly #owners: Uint16Array;

  /** Starts from a copy of `background`. */
  constructor(background: Pixels) {
    this.pixels = { ...background, data: background.data.slice() };
    this.#owners = new Uint16Array(background.width * background.height);
  }

  /**
   * Puts a sprite's anchor at (`x`, `y`); `x` may lie between two pixels, so that slow things move
   * smoothly. Pixels at least half covered become `owner`'s, unless that is `undefined` (a shadow).
   */
  put(sprite: Sprite, x: number, y: number, owner: number | undefined): void {
    const whole = Math.floor(x);
    // Each pixel takes `late` (of 256) from the sprite's pixel to its left.
    const late = Math.round((x - whole) * 256) & 255;
    const early = 256 - late;
    const { width: frameWidth, height: frameHeight, data: target } = this.pixels;
    const { data, width } = sprite;
    const left = whole + sprite.left;
    const top = Math.round(y) + sprite.top;
    const fromX = Math.max(0, -left);
    const toX = Math.min(width + (late === 0 ? 0 : 1), frameWidth - left);
    const toY = Math.min(sprite.height, frameHeight - top);
    for (let sy = Math.max(0, -top); sy < toY; sy++) {
      let at = (top + sy) * frameWidth + left + fromX;
      let i = (sy * width + fromX) * 4;
      for (let sx = fromX; sx < toX; sx++, at++, i += 4) {
        let r = 0, g = 0, b = 0, a = 0;
        if (sx < width) {
          a = data[i + 3]! * early;
          if (a !== 0) {
            r = data[i]! * early;
            g = data[i + 1]! * early;
            b = data[i + 2]! * early;
          }
        }
        if (late !== 0 && sx > 0) {
          const before = data[i - 1]!;
          if (before !== 0) {
            r += data[i - 4]! * late;
            g += data[i - 3]! * late;
            b += data[i - 2]! * late;
            a += before * late;
          }
        }
        if (a === 0) continue;
        const o = at * 3;
        // 65280 = 255 × 256: fully opaque.
        const through = 65280 - a;
        target[o] = (r + target[o]! * through / 255) >> 8;
        target[o + 1] = (g + target[o + 1]! * through / 255) >> 8;
        target[o + 2] = (b + target[o + 2]! * through / 255) >> 8;
        if (owner !== undefined && a >= SOLID_ALPHA << 8) this.#owners[at] = owner;
      }
    }
  }

  /**
   * What is seen of the sprite that was put at (`x`, `y`) for `owner`, now that everything in front
   * of it has been put; `undefined` when nothing is.
   */
  seen(sprite: Sprite, x: number, y: number, owner: number): Seen | undefined {
    const { width, height } = this.pixels;
    const left = Math.floor(x) + sprite.left;
    const top = Math.round(y) + sprite.top;
    const toX = Math.min(left + sprite.width + 1, width);
    const toY = Math.min(top + sprite.height, height);
    let [x1, y1, x2, y2, count] = [width, height, 0, 0, 0];
    for (let row = Math.max(0, top); row < toY; row++) {
      for (
        let column = Math.max(0, left), at = row * width + column;
        column < toX;
        column++, at++
      ) {
        if (this.#owners[at] !== owner) continue;
        count++;
        if (column < x1) x1 = column;
        if (column >= x2) x2 = column + 1;
        if (row < y1) y1 = row;
        y2 = row + 1;
      }
    }
    if (count === 0) return undefined;
    return { share: Math.min(1, count / sprite.solid), box: [x1, y1, x2, y2] };
  }
}
