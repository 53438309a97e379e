/**
 * What moves between two small grey pictures of one camera: what is more than noise, and no change of
 * light.
 *
 * A picture is looked at in windows of 4 × 4 pixels, each half over the next. What counts of a window is
 * the sum of squared differences, which a small thing that moves raises far more than noise, which is
 * everywhere. How strong noise is each window learns for itself, as it goes.
 */

import type { Size } from "../../core/frame.ts";
import { ToneCurve } from "./tone_curve.ts";

/** How much stronger than its noise a change in a window is at least. */
const BEYOND_NOISE = 16;

/**
 * Noise of a window, as a mean of squared differences. What is below the least is a matter of rounding;
 * what is above the most is no noise: where things move all day, they would count as such.
 */
const NOISE = { least: 0.25, most: 6, atFirst: 1 };

/**
 * By how much one look changes what a window takes for its noise, up and down: it comes to rest where it
 * is too low in one look of three, as coded pictures change little from one to the next, and then much.
 */
const LEARNING = { up: 0.24, down: 0.12 };

/** Pixels along the side of a block; a window is two blocks wide and high. */
const BLOCK = 2;

const WINDOW_PIXELS = (2 * BLOCK) ** 2;

/** Differences are in eighths of a level, squares of them in 64ths. */
const FINE = 8;

/** What has changed between two pictures. */
export interface Changed {
  /** Share of the windows in which something moved, 0 to 1. */
  readonly moved: number;
  /** Levels of brightness, of 255, by which the later one is brighter as a whole. */
  readonly brighter: number;
}

/** Compares pictures of one size. */
export class Movement {
  /** Windows across and down. */
  readonly windows: Size;
  readonly #blocks: Int32Array;
  readonly #blocksAcross: number;
  readonly #tone = new ToneCurve(FINE);
  readonly #noise: Float32Array;
  /** Sums of squares that are more than noise, in 64ths; where nothing counts, more than there can be. */
  readonly #limits: Int32Array;
  readonly #counts: readonly boolean[];
  readonly #beyond: number;
  #isNoiseKnown = false;

  /**
   * Knows nothing of the noise yet.
   *
   * @param size of the pictures, pixels; at least 4 × 4.
   * @param countsOf tells of so many windows which count, row by row.
   * @param sensitivity 2 notices a change half as strong.
   */
  constructor(
    private readonly size: Size,
    countsOf: (windows: Size) => readonly boolean[],
    sensitivity: number,
  ) {
    this.#blocksAcross = Math.floor(size.width / BLOCK);
    const down = Math.floor(size.height / BLOCK);
    this.windows = { width: this.#blocksAcross - 1, height: down - 1 };
    this.#blocks = new Int32Array(this.#blocksAcross * down);
    const windows = this.windows.width * this.windows.height;
    this.#noise = new Float32Array(windows).fill(NOISE.atFirst);
    this.#limits = new Int32Array(windows);
    this.#counts = countsOf(this.windows);
    this.#beyond = BEYOND_NOISE / sensitivity ** 2;
    this.#setLimits();
  }

  /**
   * Compares two pictures.
   *
   * @param now brightness, row by row; `before` likewise.
   */
  between(now: Uint8Array, before: Uint8Array): Changed {
    this.#square(now, before);
    const { width, height } = this.windows;
    const [blocks, limits, across] = [this.#blocks, this.#limits, this.#blocksAcross];
    let moved = 0;
    for (let row = 0, at = 0; row < height; row++) {
      for (let block = row * across, end = block + width; block < end; block++, at++) {
        const below = block + across;
        const sum = blocks[block]! + blocks[block + 1]! + blocks[below]! + blocks[below + 1]!;
        if (sum > limits[at]!) moved++;
      }
    }
    return { moved: moved / this.#limits.length, brighter: this.#tone.overall };
  }

  /**
   * Learns what noise is from two pictures that lie a while apart: in the same place, most of the time
   * nothing moves. Each window follows what it sees, step by step.
   */
  learn(now: Uint8Array, before: Uint8Array): void {
    this.#square(now, before);
    const scale = 1 / (WINDOW_PIXELS * FINE * FINE);
    if (!this.#isNoiseKnown) {
      const sums: number[] = [];
      this.#eachWindow((_, sum) => sums.push(sum));
      const median = sums.sort((a, b) => a - b)[sums.length >> 1]! * scale;
      this.#noise.fill(clamp(median));
      this.#isNoiseKnown = true;
    } else {
      this.#eachWindow((at, sum) => {
        const noise = this.#noise[at]!;
        this.#noise[at] = clamp(
          noise * (sum * scale > noise ? 1 + LEARNING.up : 1 - LEARNING.down),
        );
      });
    }
    this.#setLimits();
  }

  /** Leaves the squared differences of each block in `#blocks`. */
  #square(now: Uint8Array, before: Uint8Array): void {
    const { width } = this.size;
    const tone = this.#tone.between(now, before);
    const across = this.#blocksAcross;
    const blocks = this.#blocks;
    for (let block = 0, row = 0; block < blocks.length; row += BLOCK * width) {
      for (let at = row, end = block + across; block < end; block++, at += BLOCK) {
        const below = at + width;
        const a = now[at]! * FINE - tone[before[at]!]!;
        const b = now[at + 1]! * FINE - tone[before[at + 1]!]!;
        const c = now[below]! * FINE - tone[before[below]!]!;
        const d = now[below + 1]! * FINE - tone[before[below + 1]!]!;
        blocks[block] = a * a + b * b + c * c + d * d;
      }
    }
  }

  #eachWindow(visit: (at: number, sum: number) => void): void {
    const { width, height } = this.windows;
    const across = this.#blocksAcross;
    const blocks = this.#blocks;
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0, block = row * across; column < width; column++, at++, block++) {
        const below = block + across;
        visit(at, blocks[block]! + blocks[block + 1]! + blocks[below]! + blocks[below + 1]!);
      }
    }
  }

  #setLimits(): void {
    const scale = this.#beyond * WINDOW_PIXELS * FINE * FINE;
    for (let at = 0; at < this.#limits.length; at++) {
      const isCounted = this.#counts[at]!;
      this.#limits[at] = isCounted ? Math.min(0x7fffffff, this.#noise[at]! * scale) : 0x7fffffff;
    }
  }
}

function clamp(noise: number): number {
  return Math.min(NOISE.most, Math.max(NOISE.least, noise));
}
