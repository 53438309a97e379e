/** Images in a folder for each class, as ImageNet's are: what classifiers are measured on. */

import { basename, join } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { IMAGE_FILE } from "../../core/image_formats.ts";
import { filesIn } from "./files_in.ts";
import { IMAGES_MAX } from "./labelled_image.ts";

/** An image of one class. */
export interface ClassifiedImage {
  /** Its file. */
  readonly path: string;
  /** Place of its class among the data set's. */
  readonly classId: number;
}

/** Images by class. */
export interface ClassifiedImages {
  /** Names of the folders, sorted. */
  readonly classes: readonly string[];
  /** By class, then by name. */
  readonly images: readonly ClassifiedImage[];
}

/**
 * Lists the images of a data set: each folder in `path` is a class.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is no folder with images.
 */
export async function openClassFolders(path: string): Promise<ClassifiedImages> {
  const refuse = (found: string, cause?: unknown) =>
    new SmarteyeError(
      "invalid_argument",
      `Cannot read the data set "${path}": ${found}, a folder of images for each class is wanted`,
      { cause },
    );
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(path));
  } catch (cause) {
    throw refuse(messageOf(cause), cause);
  }
  const classes: string[] = [];
  const images: ClassifiedImage[] = [];
  const folders = entries.filter(({ name }) => !name.startsWith(".")).map(({ name }) => name);
  for (const folder of folders.sort()) {
    const files = await filesIn(join(path, folder), IMAGE_FILE);
    if (files.length === 0) continue;
    const classId = classes.push(folder) - 1;
    images.push(...files.map((name) => ({ path: join(path, folder, name), classId })));
  }
  if (images.length === 0) throw refuse(`no folder in ${basename(path)} has images`);
  if (images.length > IMAGES_MAX) throw refuse(`it has more than ${IMAGES_MAX} images`);
  return { classes, images };
}
