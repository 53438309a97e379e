/** Which street is rendered, and how much of it: the defaults, the bounds, and the `synthetic:` form. */

import { SmarteyeError } from "../core/errors.ts";

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
}

/** Bounds of the options, both ends included. */
export const SCENE_LIMITS: Readonly<
  Record<keyof SceneOptions, readonly [min: number, max: number]>
> = {
  width: [64, 3840],
  height: [64, 2160],
  fps: [1, 120],
  seed: [0, 2147483647],
};

/** A scene, and how many of its frames. */
export interface StreetOptions extends SceneOptions {
  /** How many frames it has. */
  readonly frames: number;
}

/** Bounds of the options, both ends included. */
export const STREET_LIMITS: Readonly<
  Record<keyof StreetOptions, readonly [min: number, max: number]>
> = { ...SCENE_LIMITS, frames: [1, 10_000_000] };

/** What `synthetic:` alone stands for, and what `sample` and `demo` render: ten seconds. */
export const STREET_DEFAULTS: StreetOptions = {
  width: 640,
  height: 360,
  fps: 25,
  frames: 250,
  seed: 1,
};

/**
 * Options from a source's name: `synthetic:`, or `synthetic:?width=640&height=360&fps=25&frames=250&seed=1`
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
    const [min, max] = STREET_LIMITS[option];
    const kind = option === "fps" ? "a number" : "a whole number";
    const form = option === "fps" ? /^\d{1,10}(\.\d{1,10})?$/ : /^\d{1,10}$/;
    const number = form.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) {
      throw refuse(`${key} is "${value}"`, `${kind} from ${min} to ${max} is wanted`);
    }
    options[option] = number;
  }
  return options;
}
