/** Text as outlines: labels look the same on every machine, with or without fonts of its own. */

import { createRequire } from "node:module";
import opentype from "opentype.js";

const FONT = "@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff";

/** An outlined text. */
export interface Lettering {
  /** Path data of SVG, baseline at `y`. */
  readonly path: string;
  /** Width in pixels. */
  readonly width: number;
}

/** Sets short texts in one typeface. */
export class Typesetter {
  private constructor(private readonly font: opentype.Font) {}

  /** Reads the typeface, DejaVu Sans Bold (Bitstream Vera licence). */
  static async open(): Promise<Typesetter> {
    const bytes = await Deno.readFile(createRequire(import.meta.url).resolve(FONT));
    return new Typesetter(opentype.parse(bytes.buffer));
  }

  /** Outlines `text`, its baseline starting at `(x, y)`, `sizePx` high. */
  set(text: string, x: number, y: number, sizePx: number): Lettering {
    const scale = sizePx / this.font.unitsPerEm;
    let at = x;
    let path = "";
    for (const character of text) {
      const glyph = this.font.charToGlyph(character);
      path += glyph.getPath(at, y, sizePx).toPathData(1);
      at += (glyph.advanceWidth ?? 0) * scale;
    }
    return { path, width: at - x };
  }
}
