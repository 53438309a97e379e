/** Labels in COCO's form: one JSON file for all images (https://cocodataset.org/#format-data). */

import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { DataProblems } from "./data_problems.ts";
import {
  IMAGES_MAX,
  type LabelledImage,
  type LabelledImages,
  type LabelledObject,
  OBJECTS_MAX,
} from "./labelled_image.ts";

/** Bytes that a file may have: COCO's own largest has 470 MB. */
const BYTES_MAX = 500e6;

const Id = z.union([z.number(), z.string()]);
const File = z.object({
  images: z.array(z.unknown()).min(1).max(IMAGES_MAX),
  categories: z.array(z.unknown()).min(1),
  annotations: z.array(z.unknown()),
});
const Image = z.object({
  id: Id,
  file_name: z.string().min(1),
  width: z.number().positive(),
  height: z.number().positive(),
});
const Category = z.object({ id: Id, name: z.string().min(1) });
const Size = z.number().nonnegative();
const Annotation = z.object({
  image_id: Id,
  category_id: Id,
  bbox: z.tuple([z.number(), z.number(), Size, Size]),
  iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).optional(),
});

/** Reads the labels of a file. @throws {SmarteyeError} `invalid_argument` with all problems. */
export async function readCoco(path: string): Promise<LabelledImages> {
  const problems = new DataProblems(path);
  const file = File.safeParse(await jsonOf(path));
  if (!file.success) {
    for (const issue of file.error.issues) {
      problems.add(issue.path.join("."), issue.message, "COCO's images, categories, annotations");
    }
    problems.throwIfAny();
  }
  const { images, categories, annotations } = file.data!;
  const known = Array.from(checked("images", images, Image, problems), ([, image]) => image);
  const classes = Array.from(checked("categories", categories, Category, problems), ([, c]) => c);
  const classIds = new Map(classes.map(({ id }, place) => [id, place]));
  const objects = new Map(known.map(({ id }) => [id, [] as LabelledObject[]]));
  for (const [where, annotation] of checked("annotations", annotations, Annotation, problems)) {
    const { image_id, category_id, bbox: [x, y, width, height], iscrowd } = annotation;
    const classId = classIds.get(category_id);
    const ofImage = objects.get(image_id);
    if (classId === undefined) {
      problems.add(where, `category_id ${category_id}`, "the id of a category");
    } else if (ofImage === undefined) {
      problems.add(where, `image_id ${image_id}`, "the id of an image");
    } else if (ofImage.length === OBJECTS_MAX) {
      problems.add(where, `more than ${OBJECTS_MAX} objects in one image`, "fewer");
    } else {
      ofImage.push({ classId, box: [x, y, x + width, y + height], ignored: Boolean(iscrowd) });
    }
  }
  problems.throwIfAny();
  const folder = await folderOf(path, known[0]!.file_name);
  return {
    form: "COCO",
    classes: classes.map(({ name }) => name),
    images: known.map(({ id, file_name, width, height }): LabelledImage => ({
      name: file_name,
      path: join(folder, file_name),
      unit: { width, height },
      objects: objects.get(id)!,
    })),
  };
}

async function jsonOf(path: string): Promise<unknown> {
  const refuse = (found: string, cause?: unknown) =>
    new SmarteyeError(
      "invalid_argument",
      `Cannot read the labels "${path}": ${found}, a COCO file in JSON is wanted`,
      { cause },
    );
  try {
    const { size } = await Deno.stat(path);
    if (size > BYTES_MAX) throw refuse(`it has ${size} bytes, more than ${BYTES_MAX}`);
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw cause instanceof SmarteyeError ? cause : refuse(messageOf(cause), cause);
  }
}

/** What is of the wanted form, and where it stands; the rest is added to the problems. */
function* checked<T>(
  list: string,
  values: readonly unknown[],
  form: z.ZodType<T>,
  problems: DataProblems,
): Generator<[where: string, value: T]> {
  for (const [place, value] of values.entries()) {
    const where = `${list}[${place}]`;
    const result = form.safeParse(value);
    if (result.success) {
      yield [where, result.data];
      continue;
    }
    const [issue] = result.error.issues;
    const found = JSON.stringify(value)?.slice(0, 80) ?? "nothing";
    problems.add(
      where,
      found,
      `${issue!.path.join(".") || "an object"} to be right: ${issue!.message}`,
    );
  }
}

/** The directory that the names of images start from: the first of the usual ones that has one. */
async function folderOf(path: string, image: string): Promise<string> {
  const beside = dirname(path);
  const above = dirname(beside);
  const split = basename(path).replace(/^(instances|person_keypoints)_/, "").replace(/\.json$/, "");
  const folders = [
    beside,
    join(beside, "images"),
    join(above, "images"),
    above,
    join(above, split),
    join(above, "images", split),
  ];
  for (const folder of folders) {
    if (await Deno.stat(join(folder, image)).then(() => true, () => false)) return folder;
  }
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the data set "${path}": its first image "${image}" is in none of ` +
      `${folders.join(", ")}, it is wanted in one of them`,
  );
}
