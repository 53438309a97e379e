/** How a stream's pictures are to be turned before they are shown. */

import type { Pixels, Size } from "../../../core/frame.ts";

/**
 * Where a step along a row and a step down a column of the stored picture lead in the shown one: one
 * of the eight ways to lay a rectangle on itself.
 */
export interface Orientation {
  /** A step to the right goes so far right and down. */
  readonly right: readonly [x: -1 | 0 | 1, y: -1 | 0 | 1];
  /** A step down goes so far right and down. */
  readonly down: readonly [x: -1 | 0 | 1, y: -1 | 0 | 1];
}

/** As it is stored. */
export const UPRIGHT: Orientation = { right: [1, 0], down: [0, 1] };

/** Bytes of a display matrix: nine 32-bit numbers. */
const MATRIX_BYTES = 36;

/**
 * What a display matrix asks for (`libavutil/display.h`: `x' = a·x + c·y`, `y' = b·x + d·y`, numbers of
 * 16.16 bits), to the nearest right angle.
 *
 * @param matrix side data of a stream or a frame; without it the picture is upright.
 */
export function orientationOf(matrix: Uint8Array | null | undefined): Orientation {
  if (!matrix || matrix.length < MATRIX_BYTES) return UPRIGHT;
  const view = new DataView(matrix.buffer, matrix.byteOffset, MATRIX_BYTES);
  const [a, b, c, d] = [0, 4, 12, 16].map((at) => view.getInt32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const isLevel = Math.abs(a) + Math.abs(d) >= Math.abs(b) + Math.abs(c);
  const orientation = isLevel
    ? { right: [sign(a), 0], down: [0, sign(d)] } as const
    : { right: [0, sign(b)], down: [sign(c), 0] } as const;
  return isUpright(orientation) ? UPRIGHT : orientation;
}

/** Whether nothing has to be turned. */
export function isUpright({ right, down }: Orientation): boolean {
  return right[0] === 1 && down[1] === 1;
}

/** The size of the shown picture. */
export function turnedSize({ width, height }: Size, { right }: Orientation): Size {
  return right[0] === 0 ? { width: height, height: width } : { width, height };
}

/** Turns RGB pixels. */
export function turned(pixels: Pixels, orientation: Orientation): Pixels {
  if (isUpright(orientation)) return pixels;
  const { right, down } = orientation;
  const { width, height, data } = pixels;
  const size = turnedSize(pixels, orientation);
  const step = ([x, y]: Orientation["right"]) => 3 * (x + y * size.width);
  const across = step(right);
  const along = step(down);
  const begin = Math.max(0, -across * (width - 1)) + Math.max(0, -along * (height - 1));
  const out = new Uint8Array(data.length);
  for (let y = 0, from = 0; y < height; y++) {
    let to = begin + y * along;
    for (let x = 0; x < width; x++, from += 3, to += across) {
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
    }
  }
  return { ...size, data: out };
}

function sign(value: number): -1 | 1 {
  return value < 0 ? -1 : 1;
}
