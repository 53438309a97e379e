/** Labels in YOLO's form: a text file for each image, a line for each object. */

import { basename, dirname, join, sep } from "node:path";
import type { Box } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { classNames } from "./class_list.ts";
import { DataProblems } from "./data_problems.ts";
import { IMAGE_FILE } from "../../core/image_formats.ts";
import { filesIn } from "./files_in.ts";
import {
  IMAGES_MAX,
  type LabelledImage,
  type LabelledImages,
  type LabelledObject,
  OBJECTS_MAX,
} from "./labelled_image.ts";

/** Bytes that a label file may have. */
const BYTES_MAX = 4 * 1024 * 1024;

/** How far a box may reach over its image's edge: programs that label round. */
const OVER_MAX = 0.01;

const WANTED =
  "a class and its box: <class> <cx> <cy> <width> <height>, the box as shares of the " +
  "image, or <class> <x1> <y1> <x2> <y2> … of an outline";

/** Reads the labels of a directory. @throws {SmarteyeError} `invalid_argument` with all problems. */
export async function readYolo(path: string): Promise<LabelledImages> {
  const { images, labels, root } = await foldersOf(path);
  const names = await filesIn(images, IMAGE_FILE);
  const refuse = (found: string, wanted: string) =>
    new SmarteyeError(
      "invalid_argument",
      `Cannot read the data set "${path}": ${found}, ${wanted} wanted`,
    );
  if (names.length === 0) {
    throw refuse(
      `there are no images in "${images}"`,
      "images with labels (YOLO's labels/*.txt, or COCO's annotations.json) are",
    );
  }
  if (names.length > IMAGES_MAX) {
    throw refuse(`it has ${names.length} images`, `at most ${IMAGES_MAX} are`);
  }
  const texts = new Set(await filesIn(labels, /\.txt$/));
  const labelled = names.filter((name) => texts.has(labelFileOf(name)));
  if (labelled.length === 0) {
    throw refuse(
      `none of its ${names.length} images has a label file`,
      `files like ${join(labels, labelFileOf(names[0]!))} are`,
    );
  }
  const problems = new DataProblems(path);
  const classes = await classNames([labels, path, root, dirname(root)], problems);
  const read: LabelledImage[] = [];
  for (const name of names) {
    const file = labelFileOf(name);
    const objects = texts.has(file)
      ? await readLabelFile(join(labels, file), classes.length, problems)
      : [];
    read.push({ name, path: join(images, name), unit: { width: 1, height: 1 }, objects });
  }
  problems.throwIfAny();
  return { form: "YOLO", classes, images: read };
}

/** Where images and labels are, and the directory that both are in. */
async function foldersOf(path: string) {
  const inside = join(path, "images");
  if (await isDirectory(inside)) {
    const labels = join(path, "labels");
    return { images: inside, labels: await isDirectory(labels) ? labels : inside, root: path };
  }
  const parts = path.split(sep);
  const at = parts.lastIndexOf("images");
  if (at >= 0) {
    const labels = parts.with(at, "labels").join(sep);
    const root = parts.slice(0, at).join(sep) || (at === 0 ? "." : sep);
    if (await isDirectory(labels)) return { images: path, labels, root };
  }
  return { images: path, labels: path, root: path };
}

async function isDirectory(path: string): Promise<boolean> {
  return await Deno.stat(path).then((stat) => stat.isDirectory, () => false);
}

function labelFileOf(image: string): string {
  return image.replace(/\.[^.]+$/, ".txt");
}

async function readLabelFile(
  path: string,
  classes: number,
  problems: DataProblems,
): Promise<LabelledObject[]> {
  const { size } = await Deno.stat(path);
  if (size > BYTES_MAX) {
    problems.add(path, `${size} bytes`, `at most ${BYTES_MAX}`);
    return [];
  }
  const lines = (await Deno.readTextFile(path)).replace(/^\ufeff/, "").split(/\r?\n/);
  const objects = lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const object = readLine(line, classes);
    if (typeof object !== "string") return [object];
    const where = `${join(basename(dirname(path)), basename(path))}:${index + 1}`;
    problems.add(where, JSON.stringify(line.slice(0, 80)), object);
    return [];
  });
  if (objects.length > OBJECTS_MAX) {
    problems.add(path, `${objects.length} objects`, `at most ${OBJECTS_MAX}`);
  }
  return objects;
}

/** An object, or what is wanted instead of the line. */
function readLine(line: string, classes: number): LabelledObject | string {
  const [classId = NaN, ...shares] = line.trim().split(/\s+/).map(Number);
  const isOutline = shares.length >= 6 && shares.length % 2 === 0;
  if (shares.length !== 4 && !isOutline || !shares.every(Number.isFinite)) return WANTED;
  if (!Number.isInteger(classId) || classId < 0 || classId >= classes) {
    return `a class of 0 to ${classes - 1}`;
  }
  const box = isOutline ? boxAround(shares) : boxOf(shares);
  if (box[2] <= box[0] || box[3] <= box[1]) return "a box with a width and a height";
  if (!box.every((edge) => edge >= -OVER_MAX && edge <= 1 + OVER_MAX)) {
    return "a box inside the image, in shares of its width and height (0 to 1)";
  }
  return { classId, box, ignored: false };
}

function boxOf([cx, cy, width, height]: number[]): Box {
  return [cx! - width! / 2, cy! - height! / 2, cx! + width! / 2, cy! + height! / 2];
}

function boxAround(points: readonly number[]): Box {
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
