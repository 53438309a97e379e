/** From an outline to how much of each pixel it covers. */

import type { Sprite } from "./canvas.ts";

/** A point, in pixels; y grows downwards. */
export type Point = readonly [x: number, y: number];

/** Lines of an outline's insides that are looked at in a row of pixels. */
const LINES_PER_ROW = 16;

/** Straight pieces that stand for a curve: at the size of labels none is a tenth of a pixel off. */
const PIECES = 8;

/** Points along a curve (Bézier, of any degree) behind its first one. */
export function along(controls: readonly Point[]): Point[] {
  return Array.from({ length: PIECES }, (_, i) => {
    const t = (i + 1) / PIECES;
    let points = controls;
    while (points.length > 1) { // de Casteljau's
      points = points.slice(1).map(([x, y], k) => {
        const [beforeX, beforeY] = points[k]!;
        return [beforeX + (x - beforeX) * t, beforeY + (y - beforeY) * t];
      });
    }
    return points[0]!;
  });
}

/**
 * Fills closed outlines: inside is what they wind around, whichever way. Exact along a row, and by
 * `LINES_PER_ROW` from row to row.
 *
 * @param outlines points in order; the last is joined to the first.
 */
export function rasterise(outlines: readonly (readonly Point[])[]): Sprite {
  const points = outlines.flat();
  if (points.length === 0) {
    return { left: 0, top: 0, width: 0, height: 0, coverage: new Uint8Array() };
  }
  const least = (axis: 0 | 1) => Math.floor(Math.min(...points.map((point) => point[axis])));
  const most = (axis: 0 | 1) => Math.ceil(Math.max(...points.map((point) => point[axis])));
  const [left, top] = [least(0), least(1)];
  const [width, height] = [most(0) - left, most(1) - top];
  const coverage = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const covered = new Float64Array(width);
    for (let line = 0; line < LINES_PER_ROW; line++) {
      const y = top + row + (line + 0.5) / LINES_PER_ROW;
      for (const [from, to] of spans(outlines, y)) cover(covered, from - left, to - left);
    }
    coverage.set(covered.map((sum) => Math.round(sum * 255 / LINES_PER_ROW)), row * width);
  }
  return { left, top, width, height, coverage };
}

/** From where to where a horizontal line is inside of the outlines. */
function spans(outlines: readonly (readonly Point[])[], y: number): [from: number, to: number][] {
  const crossings: { x: number; turn: number }[] = [];
  for (const outline of outlines) {
    outline.forEach(([x2, y2], i) => {
      const [x1, y1] = outline.at(i - 1)!;
      if ((y1 <= y) === (y2 <= y)) return;
      crossings.push({ x: x1 + (x2 - x1) * (y - y1) / (y2 - y1), turn: y1 <= y ? 1 : -1 });
    });
  }
  crossings.sort((a, b) => a.x - b.x);
  const found: [number, number][] = [];
  let winding = 0;
  let from = 0;
  for (const { x, turn } of crossings) {
    if (winding === 0) from = x;
    winding += turn;
    if (winding === 0) found.push([from, x]);
  }
  return found;
}

/** Adds to each pixel of a row how much of it lies between the two. */
function cover(row: Float64Array, from: number, to: number): void {
  for (let x = Math.floor(from); x < Math.min(to, row.length); x++) {
    row[x]! += Math.min(x + 1, to) - Math.max(x, from);
  }
}
