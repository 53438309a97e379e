/** Drawing straight into RGB bytes, with smooth edges. */

import type { RunLengthMask } from "../core/detection.ts";
import type { Pixels, Size } from "../core/frame.ts";

/** A colour, 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** How much of each pixel a small shape covers. */
export interface Sprite extends Size {
  /** Pixels from the shape's origin to the left column and to the top row. */
  readonly left: number;
  /** See `left`. */
  readonly top: number;
  /** A byte a pixel, row by row: 0 is none of it, 255 all. */
  readonly coverage: Uint8Array;
}

/** An area in pixels of the picture, which may be fractions. */
export interface Area extends Size {
  /** Left edge. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
}

/** Pixels that are drawn on; what lies outside of them is left out. */
export class Canvas implements Size {
  readonly width: number;
  readonly height: number;
  readonly #data: Uint8Array;

  /** Draws into the bytes of `pixels`. */
  constructor(pixels: Pixels) {
    this.width = pixels.width;
    this.height = pixels.height;
    this.#data = pixels.data;
  }

  /** Fills an area; `opacity` is 0 to 1. Pixels that it covers in part get that part of it. */
  fill(area: Area, color: Rgb, opacity: number): void {
    const right = area.x + area.width;
    const bottom = area.y + area.height;
    const { x1, y1, x2, y2 } = this.#within(area, 0);
    for (let y = y1; y < y2; y++) {
      const high = opacity * (Math.min(y + 1, bottom) - Math.max(y, area.y));
      for (let x = x1; x < x2; x++) {
        this.#blend(x, y, color, high * (Math.min(x + 1, right) - Math.max(x, area.x)));
      }
    }
  }

  /** Draws the edges of an area, `stroke` pixels wide and half of that outside, with round corners. */
  outline(area: Area, color: Rgb, stroke: number, radius: number): void {
    const [halfWidth, halfHeight] = [area.width / 2, area.height / 2];
    const round = Math.min(radius, halfWidth, halfHeight);
    const { x1, y1, x2, y2 } = this.#within(area, stroke / 2 + 1);
    // Pixels so far inside lie in no edge and in no corner.
    const deep = round + stroke / 2 + 1;
    const [skipFrom, skipTo] = [Math.ceil(area.x + deep), Math.floor(area.x + area.width - deep)];
    for (let y = y1; y < y2; y++) {
      const down = Math.abs(y + 0.5 - area.y - halfHeight) - halfHeight + round;
      const isInside = y > area.y + deep && y + 1 < area.y + area.height - deep;
      for (let x = x1; x < x2; x++) {
        if (isInside && x >= skipFrom && x < skipTo) x = skipTo;
        const across = Math.abs(x + 0.5 - area.x - halfWidth) - halfWidth + round;
        const corner = across > 0 && down > 0 ? Math.hypot(across, down) : Math.max(across, down);
        const covered = 0.5 + stroke / 2 - Math.abs(corner - round);
        if (x < x2 && covered > 0) this.#blend(x, y, color, Math.min(1, covered));
      }
    }
  }

  /** Draws a shape with its origin at whole pixels; `opacity` is 0 to 1. */
  stamp(sprite: Sprite, x: number, y: number, color: Rgb, opacity = 1): void {
    const [left, top] = [x + sprite.left, y + sprite.top];
    const { x1, y1, x2, y2 } = this.#within({ ...sprite, x: left, y: top }, 0);
    for (let row = y1; row < y2; row++) {
      const from = (row - top) * sprite.width - left;
      for (let column = x1; column < x2; column++) {
        const covered = sprite.coverage[from + column]!;
        if (covered > 0) this.#blend(column, row, color, opacity * covered / 255);
      }
    }
  }

  /** Tints the pixels of a mask, whose grid lies over the whole picture. */
  tint({ size: [rows, columns], counts }: RunLengthMask, color: Rgb, opacity: number): void {
    const cells = new Uint8Array(rows * columns); // column by column
    let [at, first, last] = [0, cells.length, 0];
    counts.forEach((count, i) => {
      if (i % 2 === 1) {
        cells.fill(1, at, at + count);
        [first, last] = [Math.min(first, at), Math.max(last, at + count)];
      }
      at += count;
    });
    const [perColumn, perRow] = [this.width / columns, this.height / rows];
    const x1 = Math.floor(Math.floor(first / rows) * perColumn);
    const x2 = Math.min(this.width, Math.ceil(Math.ceil(last / rows) * perColumn));
    for (let x = x1; x < x2; x++) {
      const column = Math.floor((x + 0.5) / perColumn) * rows;
      for (let y = 0; y < this.height; y++) {
        if (cells[column + Math.floor((y + 0.5) / perRow)]) this.#blend(x, y, color, opacity);
      }
    }
  }

  /** The whole pixels that an area touches, that much widened, as far as they are there. */
  #within({ x, y, width, height }: Area, by: number) {
    return {
      x1: Math.max(0, Math.floor(x - by)),
      y1: Math.max(0, Math.floor(y - by)),
      x2: Math.min(this.width, Math.ceil(x + width + by)),
      y2: Math.min(this.height, Math.ceil(y + height + by)),
    };
  }

  #blend(x: number, y: number, [red, green, blue]: Rgb, opacity: number): void {
    const data = this.#data;
    const at = (y * this.width + x) * 3;
    data[at] = Math.round(data[at]! + (red - data[at]!) * opacity);
    data[at + 1] = Math.round(data[at + 1]! + (green - data[at + 1]!) * opacity);
    data[at + 2] = Math.round(data[at + 2]! + (blue - data[at + 2]!) * opacity);
  }
}
