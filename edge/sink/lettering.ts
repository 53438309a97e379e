/** Text as outlines: labels look the same on every machine, with or without fonts of its own. */

import { createRequire } from "node:module";
import opentype from "opentype.js";

const FONT = "@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff";

/** Outlines that are kept: some sizes of all that labels are made of. */
const OUTLINES_MAX = 2000;

/** Digits after the point of an outline's coordinates, in pixels. */
const DIGITS = 1;

/** An outlined text, its baseline starting at the origin. */
export interface Lettering {
  /** SVG `path` elements, one a glyph that can be seen. */
  readonly svg: string;
  /** Pixels from the start of the text to where more text would start. */
  readonly width: number;
}

interface Outline {
  /** Path data of SVG, the glyph's origin at (0, 0). */
  readonly path: string;
  /** Pixels to the next glyph's origin. */
  readonly advance: number;
}

/** Sets short texts in one typeface. */
export class Typesetter {
  readonly #outlines = new Map<string, Outline>();

  private constructor(private readonly font: opentype.Font) {}

  /** Reads the typeface, DejaVu Sans Bold (Bitstream Vera licence). */
  static async open(): Promise<Typesetter> {
    const bytes = await Deno.readFile(createRequire(import.meta.url).resolve(FONT));
    return new Typesetter(opentype.parse(bytes.buffer));
  }

  /** Outlines `text`, `sizePx` high. Glyph by glyph: nothing that labels say needs shaping. */
  set(text: string, sizePx: number): Lettering {
    let width = 0;
    let svg = "";
    for (const character of text) {
      const { path, advance } = this.#outline(character, sizePx);
      if (path !== "") svg += `<path transform="translate(${width.toFixed(1)})" d="${path}"/>`;
      width += advance;
    }
    return { svg, width };
  }

  /** Outlining takes far longer than drawing, and few glyphs come again and again. */
  #outline(character: string, sizePx: number): Outline {
    const key = `${sizePx} ${character}`;
    const known = this.#outlines.get(key);
    if (known) return known;
    const glyph = this.font.charToGlyph(character);
    const path = glyph.getPath(0, 0, sizePx);
    // opentype.js 2.0 leaves no space before a number that is below 0 but rounds to it: -0.04.
    for (const command of path.commands) {
      for (const [name, value] of Object.entries(command)) {
        if (typeof value !== "number") continue;
        Object.assign(command, { [name]: Number(value.toFixed(DIGITS)) + 0 });
      }
    }
    const outline = {
      path: path.toPathData(DIGITS),
      advance: (glyph.advanceWidth ?? 0) * sizePx / this.font.unitsPerEm,
    };
    if (this.#outlines.size >= OUTLINES_MAX) this.#outlines.clear();
    this.#outlines.set(key, outline);
    return outline;
  }
}
