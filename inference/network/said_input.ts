/** What a user says of how a network is fed, in one word of terms: `640x384,letterbox,bgr,0-255`. */

import type { Size } from "../../core/frame.ts";
import type { ModelInput } from "../../models/manifest.ts";
import { BYTES, IMAGENET, SHARES } from "../decode/conventions.ts";

type Three = readonly [number, number, number];

/** What a user says of a network's input, as far as he says it. */
export interface SaidInput {
  /** Pixels of the tensor. */
  readonly size?: Size | undefined;
  /** How pictures come into it. */
  readonly fit?: ModelInput["fit"] | undefined;
  /** Value of padded pixels. */
  readonly pad?: number | undefined;
  /** Order of the colours. */
  readonly color?: ModelInput["color"] | undefined;
  /** What is taken from red, green and blue, and what they are divided by then. */
  readonly range?: Pick<ModelInput, "mean" | "std"> | undefined;
}

const FITS: Readonly<Record<string, ModelInput["fit"]>> = {
  stretch: "stretch",
  letterbox: "letterbox_center",
  letterbox_center: "letterbox_center",
  letterbox_top_left: "letterbox_top_left",
  center_crop: "center_crop",
  as_is: "as_is",
};

const HALF: Three = [127.5, 127.5, 127.5];

const RANGES: Readonly<Record<string, NonNullable<SaidInput["range"]>>> = {
  "0-255": BYTES,
  "0-1": SHARES,
  "-1-1": { mean: HALF, std: HALF },
  imagenet: IMAGENET,
};

/** Pixels that a side may have. */
const [SIDE_MIN, SIDE_MAX] = [16, 4096] as const;

/** What terms there are, for messages and help. */
export const INPUT_TERMS: string = "terms with commas between: WxH in pixels, " +
  "stretch, letterbox, letterbox_top_left, center_crop or as_is, pad=0 to pad=255, rgb or bgr, " +
  "0-255, 0-1, -1-1 or imagenet";

/** Reads terms in any order, each kind of them once; a hint where one is none. */
export function parseSaidInput(text: string): { value: SaidInput } | { hint: string } {
  let value: SaidInput = {};
  for (const term of text.split(",").map((one) => one.trim().toLowerCase())) {
    const said = termOf(term);
    if (!said) return { hint: `"${term.slice(0, 40)}" is none of them` };
    const twice = Object.keys(said).find((key) => key in value);
    if (twice) return { hint: `"${term}" says the ${twice} once more` };
    value = { ...value, ...said };
  }
  return { value };
}

function termOf(term: string): SaidInput | undefined {
  if (Object.hasOwn(FITS, term)) return { fit: FITS[term] };
  if (Object.hasOwn(RANGES, term)) return { range: RANGES[term] };
  if (term === "rgb" || term === "bgr") return { color: term };
  const pad = /^pad=(\d{1,3})$/.exec(term);
  if (pad) return Number(pad[1]) <= 255 ? { pad: Number(pad[1]) } : undefined;
  const [width = 0, height = 0] = /^(\d{2,4})x(\d{2,4})$/.exec(term)?.slice(1).map(Number) ?? [];
  const isSize = Math.min(width, height) >= SIDE_MIN && Math.max(width, height) <= SIDE_MAX;
  return isSize ? { size: { width, height } } : undefined;
}

/** An input, fed as the user says, else as it was; of its size and fit only the caller knows. */
export function fedAs<T extends Pick<ModelInput, "color" | "mean" | "std" | "pad">>(
  input: T,
  { color = input.color, range, pad = input.pad }: SaidInput,
): T {
  // The manifest has them in the order of the colours.
  const turned = range ? color === "bgr" : color !== input.color;
  const { mean, std } = range ?? input;
  const ordered = ([a, b, c]: Three): Three => turned ? [c, b, a] : [a, b, c];
  return { ...input, color, pad, mean: ordered(mean), std: ordered(std) };
}
