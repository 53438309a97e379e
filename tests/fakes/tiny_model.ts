/** A model directory with hand-made models in it. */

import { createHash } from "node:crypto";
import type { CatalogueEntry } from "../../models/catalogue.ts";
import type { Manifest } from "../../models/manifest.ts";
import { briefReference } from "../../core/reference.ts";
import type { Folder } from "./folder.ts";
import { input, manifest } from "./models.ts";
import { tinyYolox } from "./onnx.ts";

/** Side of the tiny model's input: the least that its three grids divide. */
export const SIDE = 32;

/** What the tiny model sees in every picture, in pixels of its input. */
export const CAR = { classId: 1, box: [4, 8, 20, 24] } as const;

/** Weights that see a car in every bright picture. */
export const WEIGHTS = tinyYolox({
  input: { width: SIDE, height: SIDE },
  classes: 3,
  objects: [CAR],
});

/** Puts a model into a folder: a manifest, and weights that it is true of. */
export function addModel(
  folder: Folder,
  said: Partial<Manifest> = {},
  weights: Uint8Array = WEIGHTS,
): CatalogueEntry {
  const sha256 = createHash("sha256").update(weights).digest("hex");
  const made = manifest({ input: input({ width: SIDE, height: SIDE }), sha256, ...said });
  folder.write(`${briefReference(made)}.json`, JSON.stringify(made));
  const path = folder.write(made.file, weights);
  return { manifest: made, path, present: true, bundled: false, stamp: sha256 };
}
