/** Short texts on paper of their own, readable on any picture. */

import type { Canvas, Rgb } from "./canvas.ts";
import type { Typesetter } from "./lettering.ts";
import type { Point } from "./rasterise.ts";

/** How a tag looks. */
export interface TagLook {
  /** Height of its letters, pixels. */
  readonly sizePx: number;
  /** Of its paper. */
  readonly paper: Rgb;
  /** Of its letters. */
  readonly ink: Rgb;
  /** Of its paper, 0 to 1. */
  readonly opacity?: number;
  /** Which way from the point it lies beside it, a unit vector; by default its middle is at the point. */
  readonly beside?: Point;
}

/** Draws a tag at a point, moved so that all of it lies within the picture. */
export function drawTag(
  canvas: Canvas,
  type: Typesetter,
  text: string,
  [x, y]: Point,
  { sizePx, paper, ink, opacity = 0.85, beside = [0, 0] }: TagLook,
): void {
  const height = Math.round(sizePx * 1.35);
  const width = type.widthOf(text, sizePx) + sizePx * 0.6;
  const reach = Math.abs(beside[0]) * width / 2 + Math.abs(beside[1]) * height / 2;
  const left = x + beside[0] * reach - width / 2;
  const top = y + beside[1] * reach - height / 2;
  const within = (value: number, most: number) => Math.max(0, Math.min(value, most));
  const at = {
    x: Math.round(within(left, canvas.width - width)),
    y: Math.round(within(top, canvas.height - height)),
  };
  canvas.fill({ ...at, width, height }, paper, opacity);
  type.draw(canvas, text, sizePx, [at.x + sizePx * 0.3, at.y + sizePx * 1.02], ink);
}
