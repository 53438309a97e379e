/** Whether something small is seen in the first frame in which it has moved. */

import type { Frame, Pixels, Size } from "../../core/frame.ts";
import { PixelPicture } from "../../core/image.ts";
import { pickIndex, type Rng, seededRng } from "../../core/rng.ts";
import { MotionGate } from "../../edge/filter/motion_gate.ts";
import { StreetScene } from "../../street/scene.ts";
import { frameOf, GATE, NOTHING } from "./frames.ts";

const SIZES: readonly Size[] = [{ width: 640, height: 360 }, { width: 768, height: 432 }];
const SEEDS = 20;
const FPS = 5;

/** Seconds of stillness before: noise is known by then. */
const STILL_S = 30;

/** Levels by which it differs from what is behind it. */
const CONTRASTS = [16, 24, 40];

/** Something upright, 2 % of the picture's height high and half as wide. */
export interface Mover {
  readonly x: number;
  readonly y: number;
  /** Levels that it is brighter than what is behind it. */
  readonly contrast: number;
}

/** Tells for each size and contrast how often it is seen when it comes into view, and when it moves. */
export async function mover(): Promise<void> {
  for (const size of SIZES) {
    const high = highOf(size);
    for (const contrast of CONTRASTS) {
      let [seenToCome, seenToMove, others] = [0, 0, 0];
      for (let seed = 0; seed < SEEDS; seed++) {
        const came = await watched(size, 1000 + seed, contrast);
        seenToCome += came.coming ? 1 : 0;
        seenToMove += came.moving ? 1 : 0;
        others += came.before;
      }
      console.log(
        `${size.width}×${size.height}, ${high} lines high, ${contrast} levels: seen in the first ` +
          `frame with it ${seenToCome} of ${SEEDS}, in the first in which it has moved by ` +
          `${stepOf(size)} pixels ${seenToMove} of ${SEEDS}; ${others} frames let through before`,
      );
    }
  }
}

/** What comes of one that comes into view and stands, and then takes a step. */
async function watched(size: Size, seed: number, contrast: number) {
  const scene = await StreetScene.create({ ...size, fps: FPS, seed, traffic: 0 });
  const gate = new MotionGate(GATE);
  const where = anywhere(seededRng(seed), size, contrast);
  let index = 0;
  const isSeen = async (with_?: Mover) => {
    const { pixels } = await scene.render(index);
    if (with_) draw(pixels, with_);
    const frame: Frame = frameOf(new PixelPicture(pixels, index * 1000 / FPS), ++index);
    const { skip } = await gate.look(frame);
    if (skip === undefined) gate.settled(frame.index, NOTHING);
    return skip === undefined;
  };
  let before = -1; // the first frame is always let through
  while (index < STILL_S * FPS) if (await isSeen()) before++;
  const coming = await isSeen(where);
  for (let i = 0; i < 2 * FPS; i++) await isSeen(where);
  const moving = await isSeen({ ...where, x: where.x + stepOf(size) });
  return { before, coming, moving };
}

/** Somewhere on the ground. */
function anywhere(rng: Rng, { width, height }: Size, contrast: number): Mover {
  return {
    x: 10 + pickIndex(rng, width - 40),
    y: Math.round(0.45 * height) + pickIndex(rng, Math.round(0.5 * height)),
    contrast: rng() < 0.5 ? contrast : -contrast,
  };
}

function highOf({ height }: Size): number {
  return Math.round(0.02 * height);
}

/** A quarter of its height: what somebody who walks does in a quarter of a second or so. */
function stepOf(size: Size): number {
  return Math.round(highOf(size) / 4);
}

/** Draws it into a picture. */
export function draw({ data, ...size }: Pixels, { x, y, contrast }: Mover): void {
  const high = highOf(size);
  for (let row = y; row < Math.min(size.height, y + high); row++) {
    const from = (row * size.width + x) * 3;
    for (let at = from; at < from + 3 * Math.round(high / 2); at++) {
      data[at] = Math.max(0, Math.min(255, data[at]! + contrast));
    }
  }
}
