/** Resizing that smooths before it reduces: what classifiers were trained on. */

import type { Pixels, Size } from "../../core/frame.ts";

/** Bits after the point of a weight, as in Pillow. */
const PRECISION_BITS = 32 - 8 - 2;

/**
 * Pillow's `resize(…, BILINEAR)` (python-pillow/Pillow, `src/libImaging/Resample.c`): a triangle as
 * wide as the reduction, columns first, then rows, rounded to bytes after each. torchvision's
 * transforms go this way.
 *
 * @returns the picture itself where it has that size already.
 */
export function antialiased(pixels: Pixels, to: Size): Pixels {
  if (pixels.width === to.width && pixels.height === to.height) return pixels;
  const narrowed = alongColumns(pixels, to.width);
  return alongRows(narrowed, to.height);
}

/** Which sources make up each target of an axis: `count` of them from `first` on, with their weights. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `countMax` a target. */
  readonly weights: Int32Array;
  readonly countMax: number;
}

function taps(from: number, to: number): Taps {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const countMax = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * countMax);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(from, Math.trunc(center + support + 0.5));
    const shares = Array.from(
      { length: end - begin },
      (_, k) => Math.max(0, 1 - Math.abs((begin + k - center + 0.5) / support)),
    );
    const sum = shares.reduce((a, b) => a + b, 0);
    first[i] = begin;
    count[i] = end - begin;
    shares.forEach((share, k) => {
      weights[i * countMax + k] = Math.round(share / sum * (1 << PRECISION_BITS));
    });
  }
  return { first, count, weights, countMax };
}

function alongColumns({ width, height, data }: Pixels, to: number): Pixels {
  if (width === to) return { width, height, data };
  const { first, count, weights, countMax } = taps(width, to);
  const out = new Uint8ClampedArray(to * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < to; x++) {
      sum(data, (y * width + first[x]!) * 3, 3, count[x]!, weights, x * countMax, out, at);
      at += 3;
    }
  }
  return { width: to, height, data: new Uint8Array(out.buffer) };
}

function alongRows({ width, height, data }: Pixels, to: number): Pixels {
  if (height === to) return { width, height, data };
  const { first, count, weights, countMax } = taps(height, to);
  const out = new Uint8ClampedArray(width * to * 3);
  const stride = width * 3;
  for (let y = 0, at = 0; y < to; y++) {
    for (let x = 0; x < width; x++) {
      sum(data, first[y]! * stride + x * 3, stride, count[y]!, weights, y * countMax, out, at);
      at += 3;
    }
  }
  return { width, height: to, data: new Uint8Array(out.buffer) };
}

/** One pixel: `count` source pixels, `step` bytes apart, by their weights. */
function sum(
  data: Uint8Array,
  from: number,
  step: number,
  count: number,
  weights: Int32Array,
  weightsFrom: number,
  out: Uint8ClampedArray,
  at: number,
): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let k = 0; k < count; k++, from += step) {
    const weight = weights[weightsFrom + k]!;
    red += data[from]! * weight;
    green += data[from + 1]! * weight;
    blue += data[from + 2]! * weight;
  }
  const half = 1 << (PRECISION_BITS - 1);
  out[at] = Math.floor((red + half) / (1 << PRECISION_BITS));
  out[at + 1] = Math.floor((green + half) / (1 << PRECISION_BITS));
  out[at + 2] = Math.floor((blue + half) / (1 << PRECISION_BITS));
}
