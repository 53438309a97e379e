/** A contact sheet: the pictures of some events, each with what it is, and when and where it was. */

import type { Pixels, Size } from "../../core/frame.ts";
import { decodedPixels, EncodedImage } from "../../core/image.ts";
import { localTime } from "../../core/time_name.ts";
import { Canvas, type Rgb } from "../../drawing/canvas.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import type { FoundEvent } from "./query.ts";

/** Events that a sheet has at most. */
export const CELLS_MAX = 200;

/** Of a picture, pixels. */
const CELL: Size = { width: 320, height: 200 };
const CAPTION_HEIGHT = 44;
const GAP = 12;
const LETTERS_PX = 15;
const COLUMNS_MAX = 6;

const GROUND: Rgb = [0x14, 0x18, 0x1d];
const EMPTY: Rgb = [0x2a, 0x31, 0x3a];
const INK: Rgb = [0xf2, 0xf4, 0xf7];
const FAINT: Rgb = [0xa4, 0xae, 0xba];

/** Pixels that a snapshot may have. */
const PIXELS_MAX = 100_000_000;

const QUALITY = 95;

/** A sheet, and what could not be shown on it. */
export interface Sheet {
  /** The picture. */
  readonly pixels: Pixels;
  /** Events whose picture is not there, or cannot be read. */
  readonly missing: number;
}

/** Draws a sheet of the first events, row by row. */
export async function sheetOf(events: readonly FoundEvent[]): Promise<Sheet> {
  const type = await Typesetter.open();
  const shown = events.slice(0, CELLS_MAX);
  const columns = Math.min(COLUMNS_MAX, Math.ceil(Math.sqrt(shown.length)));
  const rows = Math.ceil(shown.length / columns);
  const step = { x: CELL.width + GAP, y: CELL.height + CAPTION_HEIGHT + GAP };
  const size = { width: columns * step.x + GAP, height: rows * step.y + GAP };
  const pixels = { ...size, data: new Uint8Array(size.width * size.height * 3) };
  const canvas = new Canvas(pixels);
  canvas.fill({ x: 0, y: 0, ...size }, GROUND, 1);
  let missing = 0;
  for (const [i, event] of shown.entries()) {
    const x = GAP + (i % columns) * step.x;
    const y = GAP + Math.floor(i / columns) * step.y;
    const picture = event.snapshot === undefined ? undefined : await small(event.snapshot);
    if (!picture) missing++;
    canvas.fill({ x, y, ...CELL }, EMPTY, 1);
    if (picture) {
      const left = x + Math.floor((CELL.width - picture.width) / 2);
      paste(pixels, picture, left, y + Math.floor((CELL.height - picture.height) / 2));
    }
    const top = y + CELL.height + LETTERS_PX + 4;
    const line = (text: string, row: number, ink: Rgb) =>
      type.draw(canvas, fitting(type, text), LETTERS_PX, [x, top + row * 20], ink);
    line([event.label, ...event.zones].join(" · "), 0, INK);
    line(`${localTime(new Date(event.startedMs))} · ${event.source}`, 1, FAINT);
  }
  return { pixels, missing };
}

/** A picture, as large as it fits into its cell; `undefined` where there is none that can be read. */
async function small(path: string): Promise<Pixels | undefined> {
  try {
    const image = await EncodedImage.open(await Deno.readFile(path), { pixelsMax: PIXELS_MAX });
    const scale = Math.min(CELL.width / image.width, CELL.height / image.height);
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    const size = { width: side(image.width), height: side(image.height) };
    return await decodedPixels(await image.jpeg(size, QUALITY), { pixelsMax: PIXELS_MAX });
  } catch {
    return undefined; // the sheet has a place without it, and its number is told
  }
}

/** As much of a text as is as wide as a picture. */
function fitting(type: Typesetter, text: string): string {
  if (type.widthOf(text, LETTERS_PX) <= CELL.width) return text;
  let end = text.length;
  while (end > 0 && type.widthOf(`${text.slice(0, end)}…`, LETTERS_PX) > CELL.width) end--;
  return `${text.slice(0, end)}…`;
}

function paste(to: Pixels, from: Pixels, left: number, top: number): void {
  for (let y = 0; y < from.height; y++) {
    const row = from.data.subarray(y * from.width * 3, (y + 1) * from.width * 3);
    to.data.set(row, ((top + y) * to.width + left) * 3);
  }
}
