/** How annotated images are written, resolved and checked. */

import type { ImagesRule } from "../../../options.ts";

/** What is said of them. */
export interface ImagesOptions {
  /** Of which frames there are images. */
  readonly rule: Exclude<ImagesRule, "none">;
  /** Height in pixels that pictures are scaled down to at most; `Infinity`: as they are. */
  readonly heightMax: number;
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
}

/** What there is where nothing is said. */
export const IMAGES_DEFAULTS: ImagesOptions = { rule: "all", heightMax: Infinity, quality: 88 };
