/** Findings as a drawing: boxes with labels, over the frame. */

import type { Findings } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import type { Typesetter } from "./lettering.ts";

/** Colours that stay apart from each other and from most scenes (Okabe & Ito, 2008, brightened). */
const COLORS = [
  "#ff5c39",
  "#00c2ff",
  "#ffd000",
  "#2ee68a",
  "#ff6ad5",
  "#b08cff",
  "#ff9f1c",
  "#4dd6c1",
];

/** An SVG of the frame's size with the findings drawn on it. */
export function annotationSvg(
  findings: Findings,
  frame: Size,
  caption: string,
  type: Typesetter,
): string {
  const px = Math.max(10, Math.round(frame.height / 32));
  const parts = "detections" in findings
    ? [...findings.detections].reverse().map(({ label, class_id, score, box }) => { // the surest on top
      const color = COLORS[class_id % COLORS.length]!;
      const [x1, y1, x2, y2] = box;
      const stroke = Math.max(1.5, px / 8);
      return `<rect x="${x1.toFixed(1)}" y="${y1.toFixed(1)}" width="${(x2 - x1).toFixed(1)}" ` +
        `height="${
          (y2 - y1).toFixed(1)
        }" rx="2" fill="none" stroke="${color}" stroke-width="${stroke}"/>` +
        tag(`${label} ${score.toFixed(2)}`, x1, y1 - stroke / 2, px, color, frame, type);
    })
    : findings.classifications.map(({ label, class_id, score }, row) =>
      tag(
        `${label} ${score.toFixed(2)}`,
        4,
        (row + 1) * px * 1.6,
        px,
        COLORS[class_id % COLORS.length]!,
        frame,
        type,
      )
    );
  const note = tag(caption, 0, frame.height, px * 0.8, "#ffffff", frame, type);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.width}" height="${frame.height}">` +
    `${parts.join("")}${note}</svg>`;
}

/** A filled tag whose lower left corner is at `(x, y)`, moved so that it lies within the frame. */
function tag(
  text: string,
  x: number,
  y: number,
  px: number,
  color: string,
  frame: Size,
  type: Typesetter,
): string {
  const height = px * 1.35;
  const width = type.set(text, 0, 0, px).width + px * 0.6;
  const left = Math.max(0, Math.min(x, frame.width - width));
  const top = Math.max(0, Math.min(y, frame.height) - height);
  const { path } = type.set(text, left + px * 0.3, top + px, px);
  return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" ` +
    `height="${
      height.toFixed(1)
    }" fill="${color}" fill-opacity="0.85"/><path d="${path}" fill="#10151a"/>`;
}
