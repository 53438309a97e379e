/** Sprites: drawings turned into pixels once for each size and pose, and kept within a bound. */

import { renderSvg } from "../core/image.ts";
import type { Drawing } from "./sketch.ts";

/** Pixels with an anchor: RGBA, premultiplied, `height × width × 4` bytes. */
export interface Sprite {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Where the left and the top edge lie, in pixels from the anchor on the ground. */
  readonly left: number;
  /** As `left`; negative above the ground. */
  readonly top: number;
  /** The pixels, row by row. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Pixels that are at least half opaque. */
  readonly solid: number;
}

/** Alpha from which a pixel counts as the thing's own: half opaque. */
export const SOLID_ALPHA = 128;

/** A drawing as pixels, at `pixelsPerCm`, mirrored when it faces left. */
export async function rasterise(
  drawing: Drawing,
  pixelsPerCm: number,
  facing: 1 | -1,
): Promise<Sprite> {
  const { extent } = drawing;
  const [from, to] = facing === 1 ? [extent.left, extent.right] : [-extent.right, -extent.left];
  const left = Math.floor(from * pixelsPerCm) - 1;
  const top = Math.floor(extent.top * pixelsPerCm) - 1;
  const width = Math.ceil(to * pixelsPerCm) + 1 - left;
  const height = Math.ceil(extent.bottom * pixelsPerCm) + 1 - top;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<g transform="translate(${-left} ${-top}) scale(${facing * pixelsPerCm} ${pixelsPerCm})">` +
    `${drawing.body}</g></svg>`;
  const data = await renderSvg(svg, { width, height });
  return cropped(data, width, height, left, top);
}

/** Drops what is fully transparent around the drawing and premultiplies the rest. */
function cropped(
  rgba: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
): Sprite {
  let [x1, y1, x2, y2] = [width, height, 0, 0];
  for (let y = 0, i = 3; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      if (rgba[i] === 0) continue;
      if (x < x1) x1 = x;
      if (x >= x2) x2 = x + 1;
      if (y < y1) y1 = y;
      y2 = y + 1;
    }
  }
  if (x2 === 0) return { width: 0, height: 0, left, top, data: new Uint8Array(0), solid: 0 };
  const data = new Uint8Array((x2 - x1) * (y2 - y1) * 4);
  let solid = 0;
  for (let y = y1, o = 0; y < y2; y++) {
    for (let x = x1, i = (y * width + x1) * 4; x < x2; x++, i += 4, o += 4) {
      const alpha = rgba[i + 3]!;
      if (alpha >= SOLID_ALPHA) solid++;
      data[o] = Math.round(rgba[i]! * alpha / 255);
      data[o + 1] = Math.round(rgba[i + 1]! * alpha / 255);
      data[o + 2] = Math.round(rgba[i + 2]! * alpha / 255);
      data[o + 3] = alpha;
    }
  }
  return { width: x2 - x1, height: y2 - y1, left: left + x1, top: top + y1, data, solid };
}

interface Entry {
  readonly sprite: Promise<Sprite>;
  /** 0 while the sprite is being drawn. */
  bytes: number;
}

/** Sprites by key; the ones longest unused go when there are more than `bytesMax` of pixels. */
export class SpriteCache {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** A cache for that many bytes of pixels. */
  constructor(private readonly bytesMax: number) {}

  /** Bytes of pixels held at present. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The sprite of that key, drawn now if it is not held. */
  get(key: string, draw: () => Promise<Sprite>): Promise<Sprite> {
    const held = this.#entries.get(key);
    if (held !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, held);
      return held.sprite;
    }
    const entry: Entry = {
      bytes: 0,
      sprite: draw().then((sprite) => {
        entry.bytes = sprite.data.length;
        this.#bytes += entry.bytes;
        this.#evict(entry);
        return sprite;
      }, (error) => {
        this.#entries.delete(key);
        throw error;
      }),
    };
    this.#entries.set(key, entry);
    return entry.sprite;
  }

  #evict(newest: Entry): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.bytesMax) return;
      if (entry === newest || entry.bytes === 0) continue;
      this.#entries.delete(key);
      this.#bytes -= entry.bytes;
    }
  }
}
