/** A picture of four patches whose colours are known, in whatever form an encoder takes it. */

import type { Size } from "../../core/frame.ts";
import type { Rgb } from "../fakes/pictures.ts";

/** The colours of a picture's quarters. */
export interface Quarters {
  readonly topLeft: Rgb;
  readonly topRight: Rgb;
  readonly bottomLeft: Rgb;
  readonly bottomRight: Rgb;
}

/** How RGB becomes luma and chroma. */
export interface Coloring {
  /** Which matrix: that of small pictures, or that of HD. */
  readonly matrix: "bt601" | "bt709";
  /** Whether black is 0 and white is 255, instead of 16 and 235. */
  readonly isFull: boolean;
}

/** Layouts of pixels that are made here, by FFmpeg's names. */
export type Layout =
  | "yuv420p"
  | "yuv422p"
  | "yuv444p"
  | "yuva420p"
  | "yuv420p10"
  | "yuv422p10"
  | "gray"
  | "rgb24"
  | "rgba";

/** Luma of a colour's parts (ITU-R BT.601-7 and BT.709-6, item 3.2). */
const LUMA = { bt601: [0.299, 0.587, 0.114], bt709: [0.2126, 0.7152, 0.0722] } as const;

/** Samples of chroma in a row and in a column, as a share of luma's. */
const CHROMA: Partial<Record<Layout, readonly [across: number, down: number]>> = {
  yuv420p: [2, 2],
  yuva420p: [2, 2],
  yuv420p10: [2, 2],
  yuv422p: [2, 1],
  yuv422p10: [2, 1],
  yuv444p: [1, 1],
};

/** Grey of the last quarter of frame `index` (0, 1, 2 …): it tells the frames apart. */
export const greyOf = (index: number) => 40 + (index % 24) * 8;

/** The quarters of frame `index`: red, green, blue, and a grey that tells which frame it is. */
export function quartersOf(index: number): Quarters {
  const grey = greyOf(index);
  return {
    topLeft: [200, 50, 50],
    topRight: [50, 170, 70],
    bottomLeft: [50, 70, 200],
    bottomRight: [grey, grey, grey],
  };
}

/** Samples of a picture, row by row without padding: all of a pixel's, or one of them. */
export interface Plane {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly rowBytes: number;
}

/** A picture, plane by plane. */
export function layOut(
  layout: Layout,
  size: Size,
  quarters: Quarters,
  coloring: Coloring,
): readonly Plane[] {
  const { topLeft, topRight, bottomLeft, bottomRight } = quarters;
  const colors = [topLeft, topRight, bottomLeft, bottomRight];
  if (layout === "rgb24" || layout === "rgba") return [packed(size, colors, layout)];
  const deep = layout.endsWith("10");
  const scale = deep ? 4 : 1; // ten bits hold four times as much
  const parts = colors.map((color) => yuv(color, coloring).map((part) => part * scale));
  const planes = [plane(size, parts.map(([y]) => y!), deep)];
  const chroma = CHROMA[layout];
  if (chroma) {
    const { width, height } = size;
    const small = {
      width: Math.ceil(width / chroma[0]),
      height: Math.ceil(height / chroma[1]),
    };
    planes.push(plane(small, parts.map(([, u]) => u!), deep));
    planes.push(plane(small, parts.map(([, , v]) => v!), deep));
  }
  if (layout === "yuva420p") planes.push(plane(size, [255, 255, 255, 128], deep));
  return planes;
}

/** A picture's RGB, row by row. */
export function rgbOf(size: Size, quarters: Quarters): Uint8Array<ArrayBuffer> {
  const { topLeft, topRight, bottomLeft, bottomRight } = quarters;
  return packed(size, [topLeft, topRight, bottomLeft, bottomRight], "rgb24").data;
}

/** Luma and the two chromas of a colour, 0 to 255. */
function yuv([r, g, b]: Rgb, { matrix, isFull }: Coloring): number[] {
  const [kr, kg, kb] = LUMA[matrix];
  const luma = kr * r + kg * g + kb * b;
  const blue = (b - luma) / (2 * (1 - kb));
  const red = (r - luma) / (2 * (1 - kr));
  if (isFull) return [luma, 128 + blue, 128 + red];
  return [16 + luma * 219 / 255, 128 + blue * 224 / 255, 128 + red * 224 / 255];
}

function plane({ width, height }: Size, values: readonly number[], deep: boolean): Plane {
  const samples = deep ? new Uint16Array(width * height) : new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const [left, right] = y < height / 2 ? [values[0]!, values[1]!] : [values[2]!, values[3]!];
    const half = Math.ceil(width / 2);
    samples.fill(Math.round(left), y * width, y * width + half);
    samples.fill(Math.round(right), y * width + half, (y + 1) * width);
  }
  return { data: new Uint8Array(samples.buffer), rowBytes: deep ? 2 * width : width };
}

function packed(
  { width, height }: Size,
  colors: readonly Rgb[],
  layout: "rgb24" | "rgba",
): Plane {
  const bytes = layout === "rgba" ? 4 : 3;
  const data = new Uint8Array(width * height * bytes).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < Math.ceil(width / 2) ? 0 : 1);
      const at = (y * width + x) * bytes;
      data.set(colors[quarter]!, at);
      if (bytes === 4 && quarter === 3) data[at + 3] = 128; // only the grey lets something through
    }
  }
  return { data, rowBytes: width * bytes };
}
