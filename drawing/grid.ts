/** A grid over a picture, from which places can be read in shares of the frame. */

import type { Canvas, Rgb } from "./canvas.ts";
import type { Typesetter } from "./lettering.ts";
import { drawTag } from "./tag.ts";
import { letteringOf } from "./zones.ts";

const PAPER: Rgb = [0x10, 0x15, 0x1a];
const INK: Rgb = [0xff, 0xff, 0xff];

/** Parts that a side is divided into. */
const PARTS = 10;

/** Draws the grid's lines. */
export function drawGrid(canvas: Canvas): void {
  const { width, height } = canvas;
  const line = Math.max(1, Math.round(Math.min(width, height) / 720));
  for (let part = 1; part < PARTS; part++) {
    const isMiddle = part === PARTS / 2;
    const [x, y] = [Math.round(width * part / PARTS), Math.round(height * part / PARTS)];
    for (
      const [shift, color, opacity] of [[line, PAPER, 0.4], [0, INK, isMiddle ? 0.8 : 0.5]] as const
    ) {
      canvas.fill({ x: x + shift, y: 0, width: line, height }, color, opacity);
      canvas.fill({ x: 0, y: y + shift, width, height: line }, color, opacity);
    }
  }
}

/** Draws the grid's numbers along all four edges. */
export function drawGridNumbers(canvas: Canvas, type: Typesetter): void {
  const { width, height } = canvas;
  const sizePx = Math.max(9, Math.round(letteringOf(canvas) * 0.85));
  const look = { sizePx, paper: PAPER, ink: INK, opacity: 0.7 };
  const margin = sizePx * 0.9;
  for (let part = 1; part < PARTS; part++) {
    const text = `0.${part}`;
    const [x, y] = [width * part / PARTS, height * part / PARTS];
    for (const edge of [margin, height - margin]) drawTag(canvas, type, text, [x, edge], look);
    for (const edge of [0, width]) drawTag(canvas, type, text, [edge, y], look);
  }
}
