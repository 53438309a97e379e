/** Findings as a drawing: boxes with labels, over the frame. */

import type { Findings, RunLengthMask } from "../../core/detection.ts";
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

const INK = "#10151a";

/** An SVG of the frame's size with the findings drawn on it, and a caption in the lower left corner. */
export function annotationSvg(
  findings: Findings,
  frame: Size,
  caption: string,
  type: Typesetter,
): string {
  const px = Math.max(10, Math.round(frame.height / 32));
  const stroke = Math.max(1.5, px / 8);
  const tag = (text: string, x: number, y: number, sizePx: number, color: string) => {
    const height = sizePx * 1.35;
    const { svg, width } = type.set(text, sizePx);
    const padded = width + sizePx * 0.6;
    // Moved so that it lies within the frame.
    const left = Math.max(0, Math.min(x, frame.width - padded));
    const top = Math.max(0, Math.min(y, frame.height) - height);
    return rect(left, top, padded, height, `fill="${color}" fill-opacity="0.85"`) +
      `<g transform="translate(${fixed(left + sizePx * 0.3)} ${fixed(top + sizePx)})" ` +
      `fill="${INK}">${svg}</g>`;
  };
  const drawn = "detections" in findings
    ? [...findings.detections].reverse().map(({ label, class_id, score, box, mask }) => { // the surest on top
      const color = colorOf(class_id);
      const [x1, y1, x2, y2] = box;
      const style = `rx="2" fill="none" stroke="${color}" stroke-width="${stroke}"`;
      return (mask ? silhouette(mask, frame, color) : "") + rect(x1, y1, x2 - x1, y2 - y1, style) +
        tag(`${label} ${score.toFixed(2)}`, x1, y1 - stroke / 2, px, color);
    })
    : findings.classifications.map(({ label, class_id, score }, row) =>
      tag(`${label} ${score.toFixed(2)}`, 4, (row + 1) * px * 1.6, px, colorOf(class_id))
    );
  const note = tag(caption, 0, frame.height, px * 0.8, "#ffffff");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.width}" height="${frame.height}">` +
    `${drawn.join("")}${note}</svg>`;
}

function rect(x: number, y: number, width: number, height: number, style: string): string {
  return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" ` +
    `height="${fixed(height)}" ${style}/>`;
}

/** The pixels of a mask, a bar each run down a column; a run may go on in the next columns. */
function silhouette({ size: [rows, columns], counts }: RunLengthMask, frame: Size, color: string) {
  let path = "";
  let at = 0;
  counts.forEach((count, i) => {
    for (let from = at, left = i % 2 === 0 ? 0 : count; left > 0;) {
      const y = from % rows;
      const length = Math.min(left, rows - y);
      path += `M${Math.floor(from / rows)} ${y}v${length}h1v-${length}z`;
      from += length;
      left -= length;
    }
    at += count;
  });
  const scale = `scale(${frame.width / columns} ${frame.height / rows})`;
  return `<path transform="${scale}" fill="${color}" fill-opacity="0.45" d="${path}"/>`;
}

function colorOf(classId: number): string {
  return COLORS[classId % COLORS.length]!;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
