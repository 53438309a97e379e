/** The rendered street as a source of frames: what there is to look at where there is nothing else. */

import { SmarteyeError } from "../../../core/errors.ts";
import type { CapturedPicture } from "../../../core/frame.ts";
import { PixelPicture } from "../../../core/image.ts";
import type { FrameSource } from "../source.ts";
import { SCENE_LIMITS, type SceneOptions, StreetScene } from "./scene.ts";

/** What a synthetic source is made from. */
export interface SyntheticOptions extends SceneOptions {
  /** How many frames it has. */
  readonly frames: number;
}

/** Bounds of the options, both ends included. */
export const SYNTHETIC_LIMITS: Readonly<
  Record<keyof SyntheticOptions, readonly [min: number, max: number]>
> = { ...SCENE_LIMITS, frames: [1, 10_000_000] };

/** What `synthetic:` alone stands for. */
export const SYNTHETIC_DEFAULTS: SyntheticOptions = {
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
 * number or one that is out of {@link SYNTHETIC_LIMITS}.
 */
export function parseSynthetic(name: string): SyntheticOptions {
  const refuse = (found: string, wanted: string) =>
    new SmarteyeError("invalid_argument", `Cannot read "${name}": ${found}, ${wanted}`);
  const query = /^synthetic:(?:\?(.*))?$/.exec(name);
  if (query === null) {
    throw refuse("it is not of this form", `"synthetic:" or "synthetic:?width=640&…" is wanted`);
  }
  const options = { ...SYNTHETIC_DEFAULTS };
  const given = new Set<string>();
  for (const [key, value] of new URLSearchParams(query[1] ?? "")) {
    if (!Object.hasOwn(SYNTHETIC_LIMITS, key)) {
      throw refuse(
        `there is no option "${key}"`,
        `the options are ${Object.keys(SYNTHETIC_DEFAULTS).join(", ")}`,
      );
    }
    if (given.has(key)) throw refuse(`${key} is given twice`, "each option once is wanted");
    given.add(key);
    const option = key as keyof SyntheticOptions;
    const [min, max] = SYNTHETIC_LIMITS[option];
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

/** A street scene as a source that waits for whoever reads it. */
export class SyntheticSource implements FrameSource {
  readonly description: string;
  readonly live = false;
  readonly frameCount: number;
  readonly fps: number;

  private constructor(private readonly scene: StreetScene, options: SyntheticOptions) {
    const { width, height, fps, frames, seed } = options;
    this.description = `synthetic street, ${width}×${height}, ${fps} fps, seed ${seed}`;
    this.frameCount = frames;
    this.fps = fps;
  }

  /**
   * Opens a source by its name (see {@link parseSynthetic}) or from options.
   *
   * @throws {SmarteyeError} `invalid_argument` when an option is unknown or out of bounds.
   */
  static async open(from: string | SyntheticOptions): Promise<SyntheticSource> {
    const options = typeof from === "string" ? parseSynthetic(from) : from;
    return new SyntheticSource(await StreetScene.create(options), options);
  }

  /** The frames in order, until there are no more or `signal` aborts. */
  async *pictures(signal: AbortSignal): AsyncGenerator<CapturedPicture> {
    for (let index = 0; index < this.frameCount && !signal.aborted; index++) {
      const { pixels } = await this.scene.render(index);
      yield new PixelPicture(pixels, index * 1000 / this.fps);
    }
  }

  /** Nothing is held that would have to be given back. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
