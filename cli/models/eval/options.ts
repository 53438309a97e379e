/** What an evaluation takes, and what it gives. */

import type { AcceleratorWish } from "../../../inference/accelerator/choose.ts";
import type { Contender, Evaluated } from "../../../lab/evaluation/evaluate.ts";
import type { Accuracy } from "../../../models/manifest.ts";

/** Options of `smarteye models eval`. */
export interface EvalOptions extends AcceleratorWish {
  /** Models; every detector that is here where empty. */
  readonly names: readonly string[];
  /** Paths of the data sets, each once; at least one. */
  readonly data: readonly string[];
  /** The model directory. */
  readonly directory: string;
  /** Least score of a detection that counts. */
  readonly scoreThreshold: number;
  /** Images to look at, evenly spread over each data set; all where absent. */
  readonly imagesMax: number | undefined;
  /** Threads of each model's session. */
  readonly threads: number;
  /** Pixels (width × height) that an image may have. */
  readonly pixelsMax: number;
  /**
   * Directory for detections and truth as COCO's files, of several data sets a
   * directory each; they are not kept where absent.
   */
  readonly save: string | undefined;
  /** Print one object, not tables. */
  readonly json: boolean;
}

/** An outcome, for both kinds of readers. */
export interface Report {
  /** One object, for programs. */
  readonly json: unknown;
  /** Tables, for people. */
  readonly text: string;
  /** Of each model, as its manifest would say it; none of several data sets, or of no objects. */
  readonly accuracies: readonly (Accuracy | undefined)[];
}

/** Infers images with models. */
export type Infer = <Image extends { readonly path: string }>(
  images: readonly Image[],
  contenders: readonly Contender<Image>[],
) => Promise<Evaluated>;

/** So many of the images, at even distances, in their order. */
export function spread<Image>(images: readonly Image[], max: number | undefined): readonly Image[] {
  if (max === undefined || max >= images.length) return images;
  return Array.from({ length: max }, (_, i) => images[Math.floor(i * images.length / max)]!);
}
