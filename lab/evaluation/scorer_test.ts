import assert from "node:assert/strict";
import { ownCategories } from "./categories.ts";
import { cocoResults, cocoTruth } from "./coco_files.ts";
import type { LabelledImage, LabelledObject } from "./labelled_image.ts";
import { Scorer } from "./scorer.ts";

const LABELS = ["person", "bicycle", "car", "motorcycle", "cat"];
const SIZE = { width: 200, height: 100 };

const image = (name: string, ...objects: LabelledObject[]): LabelledImage => ({
  name,
  path: name,
  unit: { width: 1, height: 1 },
  objects,
});
/** An object of a tenth of the picture, so many tenths from the left. */
const object = (classId: number, tenths: number, ignored = false): LabelledObject => ({
  classId,
  box: [tenths / 10, 0, (tenths + 1) / 10, 0.1],
  ignored,
});
const found = (class_id: number, tenths: number, score: number) => ({
  class_id,
  label: LABELS[class_id]!,
  box: [20 * tenths, 0, 20 * (tenths + 1), 10] as const,
  score,
});

/** Classes of the data set: two are one label, one is not known. */
const CLASSES = ["Pedestrian", "biker", "motorbike", "ambulance", "car", "cyclist"];

function scored(): Scorer {
  const scorer = new Scorer(ownCategories({ name: "m", labels: LABELS }, CLASSES), CLASSES);
  scorer.add(image("a.jpg", object(0, 0), object(1, 2), object(3, 4)), SIZE, [
    found(0, 0, 0.9),
    found(3, 2, 0.8),
    found(2, 4, 0.9), // in the ambulance
    found(4, 6, 0.9), // the data set has no cats
    found(1, 8, 0.95), // it names cyclists, and has no box of one
  ]);
  scorer.add(image("b.jpg", object(2, 1), object(4, 5)), SIZE, [
    found(3, 8, 0.7),
    found(2, 5, 0.6),
  ]);
  return scorer;
}

Deno.test("a model is held against the classes that it knows", () => {
  const { map50, map, labels, unknown, absent, objects, images } = scored().score();
  const near = (value: number) => Number(value.toFixed(5));
  assert.deepEqual(
    labels.map((one) => [one.label, one.classes, one.objects, one.images, near(one.ap50)]),
    [
      ["person", ["Pedestrian"], 1, 1, 1],
      ["motorcycle", ["biker", "motorbike"], 2, 2, near(51 / 101)],
      ["car", ["car"], 1, 1, 1],
    ],
  );
  assert.deepEqual(unknown, [{ name: "ambulance", objects: 1, images: 1 }]);
  assert.deepEqual([absent, objects, images], [["cyclist"], 4, 2]);
  assert.equal(near(map50!), near((2 + 51 / 101) / 3));
  assert.equal(near(map!), near(map50!));
});

Deno.test("truth and detections are written as COCO's files are", () => {
  const scorer = scored();
  const { images, categories, annotations } = cocoTruth(scorer);
  assert.deepEqual(images.map(({ id, file_name }) => [id, file_name]), [[1, "a.jpg"], [
    2,
    "b.jpg",
  ]]);
  assert.deepEqual(categories, [
    { id: 1, name: "person" },
    { id: 2, name: "motorcycle" },
    { id: 3, name: "car" },
    { id: 4, name: "bicycle" },
  ]);
  const crowd = annotations.filter(({ iscrowd }) => iscrowd === 1);
  assert.deepEqual(crowd.map(({ image_id, category_id }) => [image_id, category_id]), [
    [1, 1],
    [1, 2],
    [1, 3],
    [1, 4],
  ]);
  assert.deepEqual(annotations.map(({ id }) => id), annotations.map((_, i) => i + 1));
  const { bbox, area } = annotations[0]!;
  assert.deepEqual([bbox, area], [[0, 0, 20, 10], 200]);
  assert.deepEqual(
    cocoResults(scorer).map(({ image_id, category_id, score }) => [image_id, category_id, score]),
    [[1, 1, 0.9], [1, 2, 0.8], [1, 3, 0.9], [1, 4, 0.95], [2, 2, 0.7], [2, 3, 0.6]],
  );
});
