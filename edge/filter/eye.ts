/**
 * What a filter sees of the frames of one source: small grey pictures, what moves between them beyond
 * noise, and how large the change is. Filters that go by the same frames may share one.
 */

import { type CapturedPicture, type Frame, scaledToHeight, type Size } from "../../core/frame.ts";
import { isOtherScene, type SceneRule } from "../scene/other_scene.ts";
import { areaChange, edgeChange, pixelChange } from "./features.ts";
import { outsideOf, type Polygon } from "./mask.ts";
import { type Changed, Movement } from "./movement.ts";

/** Lines of the pictures that are compared: what has 2 % of the height is more than three lines high. */
const LINES = 180;

/** Pixels that a side has at least: less cannot be compared. */
const SIDE_MIN = 8;

/** Milliseconds between two pictures by which noise is learned, and how many of them are kept. */
const NOISE_LOOKS = { everyMs: 1000, kept: 10 };

/** Sizes of a change, after Reducto (Li et al., SIGCOMM 2020). */
export const SIZES = ["pixel", "edge", "area"] as const;

/** One of them. */
export type ChangeSize = typeof SIZES[number];

/** How it looks. */
export interface EyeOptions extends SceneRule {
  /** Where nothing counts. */
  readonly mask: readonly Polygon[];
  /** 1; 2 notices a change half as strong. */
  readonly sensitivity: number;
}

/** A frame as it was seen. */
export interface Looked {
  /** Its number in the run. */
  readonly index: number;
  /** Its time in the source, and its own size. */
  readonly picture: Pick<CapturedPicture, "ptsMs" | "width" | "height" | "file">;
  /** Brightness, row by row, at the size that all of its scene have. */
  readonly grey: Uint8Array;
  /** Number of its scene: frames of another cannot be held against it. */
  readonly scene: number;
}

/** Looks at frames in order of capture. */
export class Eye {
  #scene = 0;
  #size: Size = { width: SIDE_MIN, height: SIDE_MIN };
  #movement: Movement | undefined;
  /** Pictures by which noise is learned, the oldest first. */
  #noiseLooks: Looked[] = [];
  #before: Looked["picture"] | undefined;
  #index = 0;
  #now: Looked | undefined;
  /** What is known of the frame that was looked at last, by the number of the one it was held against. */
  readonly #changed = new Map<number, Changed>();
  readonly #sizes = new Map<string, number>();

  /** Has seen nothing yet. */
  constructor(private readonly options: EyeOptions) {}

  /** Looks at a frame, once. @returns `undefined` when its picture cannot be read. */
  async look({ index, picture }: Frame): Promise<Looked | undefined> {
    if (index === this.#index) return this.#now;
    this.#index = index;
    this.#now = undefined;
    this.#changed.clear();
    this.#sizes.clear();
    const { ptsMs, width, height, file } = picture;
    const seen = { ptsMs, width, height, ...(file === undefined ? {} : { file }) };
    if (!this.#before || isOtherScene(seen, this.#before, this.options)) this.#begin(seen);
    const grey = await picture.grey(this.#size).catch(() => undefined);
    if (!grey) return undefined;
    this.#before = seen;
    this.#now = { index, picture: seen, grey, scene: this.#scene };
    this.#learnNoise(this.#now);
    return this.#now;
  }

  /** What has changed in the frame that was looked at last since an earlier one of its scene. */
  changedSince({ index, grey }: Looked): Changed {
    let changed = this.#changed.get(index);
    if (!changed) {
      changed = this.#movement!.between(this.#now!.grey, grey);
      this.#changed.set(index, changed);
    }
    return changed;
  }

  /** How large that change is, 0 to 1. */
  sizeOf(size: ChangeSize, { index, grey }: Looked): number {
    const key = `${size} ${index}`;
    const known = this.#sizes.get(key);
    if (known !== undefined) return known;
    const found = changeOf(size, this.#now!.grey, grey, this.#size);
    this.#sizes.set(key, found);
    return found;
  }

  #learnNoise(now: Looked): void {
    const looks = this.#noiseLooks;
    const [oldest, last] = [looks[0], looks.at(-1)];
    const sinceMs = now.picture.ptsMs - (last?.picture.ptsMs ?? -Infinity);
    if (sinceMs >= 0 && sinceMs < NOISE_LOOKS.everyMs) return;
    if (oldest) this.#movement!.learn(now.grey, oldest.grey);
    looks.push(now);
    if (looks.length > NOISE_LOOKS.kept) looks.shift();
  }

  #begin(captured: Size): void {
    const { mask, sensitivity } = this.options;
    this.#scene++;
    this.#size = comparedSize(captured);
    this.#movement = new Movement(this.#size, (windows) => outsideOf(mask, windows), sensitivity);
    this.#noiseLooks = [];
  }
}

/** How large a change between two pictures of a size is, 0 to 1. */
export function changeOf(
  size: ChangeSize,
  now: Uint8Array,
  before: Uint8Array,
  pixels: Size,
): number {
  switch (size) {
    case "pixel":
      return pixelChange(now, before);
    case "edge":
      return edgeChange(now, before, pixels);
    case "area":
      return areaChange(now, before);
    default:
      return size satisfies never;
  }
}

/** The size at which frames of a size are compared: in their proportions, and of few pixels. */
export function comparedSize(captured: Size): Size {
  const { width, height } = scaledToHeight(captured, LINES);
  const even = (side: number) => Math.max(SIDE_MIN, Math.floor(side / 2) * 2);
  return { width: even(Math.min(width, 4 * LINES)), height: even(height) };
}
