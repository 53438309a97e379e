/** Text as shapes: labels look the same on every machine, with or without fonts of its own. */

import { createRequire } from "node:module";
import opentype from "opentype.js";
import type { Canvas, Rgb, Sprite } from "./canvas.ts";
import { along, type Point, rasterise } from "./rasterise.ts";

const FONT = "@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff";

/** What is used of a typeface that `opentype.js` has read; it brings no types. */
interface Font {
  readonly unitsPerEm: number;
  charToGlyph(character: string): {
    readonly advanceWidth?: number;
    getPath(x: number, y: number, sizePx: number): Path;
  };
}

interface Path {
  readonly commands: readonly (
    | { type: "M" | "L"; x: number; y: number }
    | { type: "Q"; x1: number; y1: number; x: number; y: number }
    | { type: "C"; x1: number; y1: number; x2: number; y2: number; x: number; y: number }
    | { type: "Z" }
  )[];
}

/** Glyphs that are kept: some sizes of all that labels are made of, a kilobyte each. */
const GLYPHS_MAX = 4000;

/** Places within a pixel at which a glyph may begin: between them, no eye sees a difference. */
const PHASES = 4;

interface Glyph {
  /** What is seen of it, a phase each. */
  readonly sprites: (Sprite | undefined)[];
  /** Its outline, its origin at (0, 0). */
  readonly outlines: readonly (readonly Point[])[];
  /** Pixels to the next glyph's origin. */
  readonly advance: number;
}

/** Sets short texts in one typeface. */
export class Typesetter {
  readonly #glyphs = new Map<string, Glyph>();

  private constructor(private readonly font: Font) {}

  /** Reads the typeface, DejaVu Sans Bold (Bitstream Vera licence). */
  static async open(): Promise<Typesetter> {
    const bytes = await Deno.readFile(createRequire(import.meta.url).resolve(FONT));
    return new Typesetter(opentype.parse(bytes.buffer) as Font);
  }

  /** Pixels from the start of a text, `sizePx` high, to where more text would start. */
  widthOf(text: string, sizePx: number): number {
    let width = 0;
    for (const character of text) width += this.#glyph(character, sizePx).advance;
    return width;
  }

  /**
   * Draws a text, its baseline beginning at (x, y), in the whole row of pixels next to y. Glyph by
   * glyph: nothing that labels say needs shaping.
   */
  draw(canvas: Canvas, text: string, sizePx: number, [x, y]: Point, color: Rgb): void {
    for (const character of text) {
      const glyph = this.#glyph(character, sizePx);
      const steps = Math.round(x * PHASES);
      const whole = Math.floor(steps / PHASES);
      canvas.stamp(spriteOf(glyph, steps - whole * PHASES), whole, Math.round(y), color);
      x += glyph.advance;
    }
  }

  /** Outlining takes far longer than drawing, and few glyphs come again and again. */
  #glyph(character: string, sizePx: number): Glyph {
    const key = `${sizePx} ${character}`;
    const known = this.#glyphs.get(key);
    if (known) return known;
    const found = this.font.charToGlyph(character);
    const glyph = {
      sprites: [],
      outlines: outlinesOf(found.getPath(0, 0, sizePx)),
      advance: (found.advanceWidth ?? 0) * sizePx / this.font.unitsPerEm,
    };
    if (this.#glyphs.size >= GLYPHS_MAX) this.#glyphs.clear();
    this.#glyphs.set(key, glyph);
    return glyph;
  }
}

function spriteOf({ sprites, outlines }: Glyph, phase: number): Sprite {
  return sprites[phase] ??= rasterise(
    outlines.map((outline) => outline.map(([x, y]) => [x + phase / PHASES, y])),
  );
}

function outlinesOf({ commands }: Path): Point[][] {
  const outlines: Point[][] = [];
  let outline: Point[] = [];
  for (const command of commands) {
    if (command.type === "M") outlines.push(outline = []);
    const last = outline.at(-1)!;
    switch (command.type) {
      case "M":
      case "L":
        outline.push([command.x, command.y]);
        break;
      case "Q":
        outline.push(...along([last, [command.x1, command.y1], [command.x, command.y]]));
        break;
      case "C":
        outline.push(
          ...along([
            last,
            [command.x1, command.y1],
            [command.x2, command.y2],
            [command.x, command.y],
          ]),
        );
        break;
      case "Z": // outlines are closed anyway
        break;
    }
  }
  return outlines;
}
