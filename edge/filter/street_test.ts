/** The gate on the rendered street: its noise and its light are none of its business, whoever walks is. */

import assert from "node:assert/strict";
import { PixelPicture } from "../../core/image.ts";
import { StreetScene } from "../../street/scene.ts";
import { MotionGate } from "./motion_gate.ts";

const SIZE = { width: 640, height: 360 };
const FPS = 2;
const RESULT = { model: "fast", findings: { detections: [] } };

Deno.test("of an empty street one frame is let through; and the first with something small in it", async () => {
  for (const seed of [301, 302, 303]) {
    const scene = await StreetScene.create({ ...SIZE, fps: FPS, seed, traffic: 0 });
    const gate = new MotionGate({ refreshMs: 60_000, mask: [], sensitivity: 1 });
    const passed: number[] = [];
    const show = async (index: number, left?: number) => {
      const { pixels } = await scene.render(index);
      if (left !== undefined) draw(pixels.data, left, 200 + seed % 7 * 20);
      const picture = new PixelPicture(pixels, index * 1000 / FPS);
      const frame = { index: index + 1, picture, capturedAtMs: 0, startAtMs: 0 };
      const { skip } = await gate.look(frame);
      if (skip !== undefined) return;
      gate.settled(frame.index, RESULT);
      passed.push(index);
    };
    for (let index = 0; index < 40; index++) await show(index);
    assert.deepEqual(passed, [0], `seed ${seed}: still`);
    await show(40, 300);
    await show(41, 302);
    assert.deepEqual(passed, [0, 40, 41], `seed ${seed}: it comes, and takes a step of 2 pixels`);
  }
});

/** Something of 2 % of the picture's height, half as wide, 24 levels darker than what is behind it. */
function draw(rgb: Uint8Array, left: number, top: number): void {
  for (let row = top; row < top + 7; row++) {
    const from = (row * SIZE.width + left) * 3;
    for (let at = from; at < from + 3 * 4; at++) rgb[at] = Math.max(0, rgb[at]! - 24);
  }
}
