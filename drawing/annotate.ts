/** Findings drawn on a frame: boxes with labels. */

import type { Classification, Detection } from "../core/detection.ts";
import type { Pixels } from "../core/frame.ts";
import { Canvas, type Rgb } from "./canvas.ts";
import type { Typesetter } from "./lettering.ts";

/** Colours that stay apart from each other and from most scenes (Okabe & Ito, 2008, brightened). */
const COLORS: readonly Rgb[] = [
  [0xff, 0x5c, 0x39],
  [0x00, 0xc2, 0xff],
  [0xff, 0xd0, 0x00],
  [0x2e, 0xe6, 0x8a],
  [0xff, 0x6a, 0xd5],
  [0xb0, 0x8c, 0xff],
  [0xff, 0x9f, 0x1c],
  [0x4d, 0xd6, 0xc1],
];

const INK: Rgb = [0x10, 0x15, 0x1a];

const PAPER: Rgb = [0xff, 0xff, 0xff];

/** Radius of a box's corners, in pixels. */
const CORNER = 2;

/** How much thinner the box of a thing is drawn that was not seen but moved on. */
const CARRIED = 0.5;

/** What is drawn: findings, detections also with the number of their track. */
export type Drawn =
  | { readonly detections: readonly (Detection & { readonly track_id?: number })[] }
  | { readonly classifications: readonly Classification[] };

/**
 * Draws what a frame shows into its pixels, and a caption, if there is one, in the lower left corner.
 *
 * @param isCarried it was found in an earlier frame: boxes are thin, and have no score.
 */
export function annotate(
  pixels: Pixels,
  findings: Drawn,
  caption: string,
  type: Typesetter,
  isCarried = false,
): void {
  const canvas = new Canvas(pixels);
  const px = Math.max(10, Math.round(canvas.height / 32));
  const stroke = Math.max(1.5, px / 8) * (isCarried ? CARRIED : 1);
  const tag = (text: string, x: number, y: number, sizePx: number, color: Rgb) => {
    const height = sizePx * 1.35;
    const width = type.widthOf(text, sizePx) + sizePx * 0.6;
    // Moved so that it lies within the frame.
    const left = Math.max(0, Math.min(x, canvas.width - width));
    const top = Math.max(0, Math.min(y, canvas.height) - height);
    canvas.fill({ x: left, y: top, width, height }, color, 0.85);
    type.draw(canvas, text, sizePx, [left + sizePx * 0.3, top + sizePx], INK);
  };
  if ("detections" in findings) {
    for (const detection of [...findings.detections].reverse()) { // the surest on top
      const { label, class_id, score, box, mask, track_id } = detection;
      const color = colorOf(class_id);
      const [x1, y1, x2, y2] = box;
      if (mask) canvas.tint(mask, color, 0.45);
      canvas.outline({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 }, color, stroke, CORNER);
      const words = [label, track_id === undefined ? "" : `#${track_id}`];
      if (!isCarried) words.push(score.toFixed(2));
      tag(words.filter((word) => word !== "").join(" "), x1, y1 - stroke / 2, px, color);
    }
  } else {
    findings.classifications.forEach(({ label, class_id, score }, row) =>
      tag(`${label} ${score.toFixed(2)}`, 4, (row + 1) * px * 1.6, px, colorOf(class_id))
    );
  }
  if (caption !== "") tag(caption, 0, canvas.height, px * 0.8, PAPER);
}

function colorOf(classId: number): Rgb {
  return COLORS[classId % COLORS.length]!;
}
