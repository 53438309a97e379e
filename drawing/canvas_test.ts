/** What is drawn, against the same in SVG as libvips renders it. */

import assert from "node:assert/strict";
import { renderSvg } from "../core/image.ts";
import { pickIndex, seededRng } from "../core/rng.ts";
import { at, pixels, plain } from "../tests/fakes/pictures.ts";
import { type Area, Canvas, type Rgb } from "./canvas.ts";

const SIZE = { width: 60, height: 50 };
const GREEN: Rgb = [0, 200, 100];
const rng = seededRng(3);
const tenth = (least: number, most: number) => least + pickIndex(rng, (most - least) * 10) / 10;

/** Areas that lie within, reach out, and are thin. */
const AREAS: readonly Area[] = [
  { x: 10, y: 10, width: 30, height: 20 },
  { x: -3.5, y: 20.2, width: 20, height: 40 },
  { x: 30, y: -100, width: 300, height: 120 },
  { x: 20.3, y: 20.6, width: 0.5, height: 9 },
  ...Array.from({ length: 20 }, () => (
    { x: tenth(-5, 50), y: tenth(-5, 40), width: tenth(3, 40), height: tenth(3, 40) }
  )),
];

/** Holds what `draw` draws on black against the green of an SVG element. */
async function assertLike(draw: (canvas: Canvas) => void, element: string): Promise<void> {
  const black = plain(SIZE.width, SIZE.height, [0, 0, 0]);
  draw(new Canvas(black));
  const { width, height } = SIZE;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `${element}</svg>`;
  const rgba = await renderSvg(svg, SIZE);
  const wanted = pixels(SIZE, (x, y) => {
    const from = (y * width + x) * 4;
    return [0, 1, 2].map((i) => rgba[from + i]! * rgba[from + 3]! / 255) as unknown as Rgb;
  });
  const off = black.data.map((value, i) => Math.abs(value - wanted.data[i]!));
  const worst = off.reduce((a, b) => Math.max(a, b), 0);
  assert.ok(worst <= 60, `${element}: one value is ${worst} off`); // at a corner
  const mean = off.reduce((a, b) => a + b, 0) / off.length;
  assert.ok(mean < 1, `${element}: ${mean.toFixed(2)} off on average`);
}

const said = ({ x, y, width, height }: Area) =>
  `x="${x}" y="${y}" width="${width}" height="${height}"`;

Deno.test("an area is filled as SVG fills it, in part where it covers a pixel in part", async () => {
  for (const area of AREAS) {
    await assertLike(
      (canvas) => canvas.fill(area, GREEN, 0.85),
      `<rect ${said(area)} fill="rgb(${GREEN})" fill-opacity="0.85"/>`,
    );
  }
});

Deno.test("edges are drawn as SVG draws them, with round corners", async () => {
  for (const [i, area] of AREAS.entries()) {
    if (area.width < 3) continue; // edges that run into each other
    const stroke = [1.5, 2, 4.25][i % 3]!;
    await assertLike(
      (canvas) => canvas.outline(area, GREEN, stroke, 2),
      `<rect ${said(area)} rx="2" fill="none" stroke="rgb(${GREEN})" stroke-width="${stroke}"/>`,
    );
  }
});

Deno.test("a sprite covers what it says, and nothing outside of the picture", () => {
  const coverage = Uint8Array.from([0, 255, 51, 255]);
  const sprite = { left: -1, top: -2, width: 2, height: 2, coverage };
  const picture = plain(4, 3, [0, 0, 0]);
  const canvas = new Canvas(picture);
  canvas.stamp(sprite, 2, 2, [250, 0, 5]);
  const seen = [[1, 0], [2, 0], [1, 1], [2, 1]].map(([x, y]) => at(picture, x!, y!));
  assert.deepEqual(seen, [[0, 0, 0], [250, 0, 5], [50, 0, 1], [250, 0, 5]]);
  const before = picture.data.slice();
  for (const [x, y] of [[-5, 1], [9, 1], [1, -5], [1, 9]] as const) {
    canvas.stamp(sprite, x, y, GREEN);
  }
  assert.deepEqual(picture.data, before);
  canvas.stamp(sprite, 0, 1, GREEN); // half of it lies outside, its upper row too
  assert.deepEqual(at(picture, 0, 0), GREEN);
});
