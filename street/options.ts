/** Which street is rendered, and how much of it: the defaults, the bounds, and the `synthetic:` form. */

import { SmarteyeError } from "../core/errors.ts";
import { type NumberRange, readNumber, wantedNumber } from "../core/number.ts";

/** What a scene is made from. */
export interface SceneOptions {
  /** Pixels, within {@link SCENE_LIMITS}. */
  readonly width: number;
  /** Pixels, within {@link SCENE_LIMITS}. */
  readonly height: number;
  /** Frames a second, within {@link SCENE_LIMITS}; need not be whole. */
  readonly fps: number;
  /** A whole number; another seed is another street with other traffic. */
  readonly seed: number;
  /** Share of people and vehicles that there are, 0 to 1: 0 is an empty street; absent: all of them. */
  readonly traffic?: number;
}

/** Bounds of the options. */
export const SCENE_LIMITS: Readonly<Record<keyof SceneOptions, NumberRange>> = {
  width: { min: 64, max: 3840, isWhole: true },
  height: { min: 64, max: 2160, isWhole: true },
  fps: { min: 1, max: 120 },
  seed: { min: 0, max: 2147483647, isWhole: true },
  traffic: { min: 0, max: 1 },
};

/** A scene, and how many of its frames. */
export interface StreetOptions extends SceneOptions {
  /** How many frames it has. */
  readonly frames: number;
}

/** Bounds of the options. */
export const STREET_LIMITS: Readonly<Record<keyof StreetOptions, NumberRange>> = {
  ...SCENE_LIMITS,
  frames: { min: 1, max: 10_000_000, isWhole: true },
};

/** What `synthetic:` alone stands for, and what `sample` and `demo` render: ten seconds. */
export const STREET_DEFAULTS: Required<StreetOptions> = {
  width: 640,
  height: 360,
  fps: 25,
  frames: 250,
  seed: 1,
  traffic: 1,
};

/**
 * Options from a source's name: `synthetic:`, or `synthetic:?width=640&height=360&fps=25&frames=250&seed=1&traffic=1`
 * with any of these left out.
 *
 * @throws {SmarteyeError} `invalid_argument` on an unknown or repeated option, a value that is no
 * number or one that is out of {@link STREET_LIMITS}.
 */
export function parseStreet(name: string): StreetOptions {
  const refuse = (found: string, wanted: string) =>
    new SmarteyeError("invalid_argument", `Cannot read "${name}": ${found}, ${wanted}`);
  const query = /^synthetic:(?:\?(.*))?$/.exec(name);
  if (query === null) {
    throw refuse("it is not of this form", `"synthetic:" or "synthetic:?width=640&…" is wanted`);
  }
  const options = { ...STREET_DEFAULTS };
  const given = new Set<string>();
  for (const [key, value] of new URLSearchParams(query[1] ?? "")) {
    if (!Object.hasOwn(STREET_LIMITS, key)) {
      throw refuse(
        `there is no option "${key}"`,
        `the options are ${Object.keys(STREET_DEFAULTS).join(", ")}`,
      );
    }
    if (given.has(key)) throw refuse(`${key} is given twice`, "each option once is wanted");
    given.add(key);
    const option = key as keyof StreetOptions;
    const number = readNumber(value, STREET_LIMITS[option]);
    if (number === undefined) {
      throw refuse(`${key} is "${value}"`, `${wantedNumber(STREET_LIMITS[option])} is wanted`);
    }
    options[option] = number;
  }
  return options;
}
