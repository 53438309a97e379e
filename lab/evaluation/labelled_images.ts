/** A data set: images, and what is in them by people's labels. */

import { basename, join } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { readCoco } from "./coco_labels.ts";
import { filesIn } from "./files_in.ts";
import type { LabelledImages } from "./labelled_image.ts";
import { readYolo } from "./yolo_labels.ts";

/**
 * Reads the labels of a data set; images are only listed. `path` is
 *
 * - a COCO file (`*.json`), or a directory with `annotations.json`, `_annotations.coco.json` or one
 *   `annotations/*.json`; its images lie beside it, in `images/`, or where their names say, or
 * - a directory of images in YOLO's form: `images/` and `labels/`, or both kinds of files in one
 *   directory; or `…/images/NAME`, whose labels are `…/labels/NAME`. The classes are named in
 *   `data.yaml`, `data.yml` or `classes.txt` there or one directory above.
 *
 * @throws {SmarteyeError} `invalid_argument`, with every problem of every file.
 */
export async function openLabelledImages(path: string): Promise<LabelledImages> {
  const stat = await Deno.stat(path).catch((cause) => {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the data set "${path}": ${messageOf(cause)}; a directory or a .json is wanted`,
      { cause },
    );
  });
  if (stat.isFile) return await readCoco(path);
  const annotations = await annotationsIn(path);
  return annotations === undefined ? await readYolo(path) : await readCoco(annotations);
}

async function annotationsIn(directory: string): Promise<string | undefined> {
  const [own] = await filesIn(directory, /^(_annotations\.coco|annotations)\.json$/);
  if (own !== undefined) return join(directory, own);
  const folder = join(directory, "annotations");
  const files = await filesIn(folder, /\.json$/);
  if (files.length <= 1) return files[0] && join(folder, files[0]);
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the data set "${directory}": it has ${files.join(", ")} in ` +
      `${basename(folder)}, the path of one of them is wanted`,
  );
}
