import assert from "node:assert/strict";
import coco80 from "../../models/labels/coco80.json" with { type: "json" };
import { labelsOfClasses, SYNONYMS } from "./class_names.ts";

/** The labels that classes turn out to be. */
const labelled = (classes: string[], labels: string[]) =>
  labelsOfClasses(classes, labels).map((place) => place === undefined ? "–" : labels[place]);

Deno.test("classes of other data sets are found among COCO's labels", () => {
  const cases: readonly (readonly [classes: string[], labels: string[]])[] = [
    [["bus", "car", "motorbike", "person", "truck"], [
      "bus",
      "car",
      "motorcycle",
      "person",
      "truck",
    ]],
    [["biker", "car", "cyclist", "people"], ["motorcycle", "car", "bicycle", "person"]],
    [["ambulance", "Bus", "Pedestrian"], ["–", "bus", "person"]],
    [["aeroplane", "sofa", "tvmonitor", "pottedplant", "diningtable"], [
      "airplane",
      "couch",
      "tv",
      "potted plant",
      "dining table",
    ]],
    [["Traffic_Light", "fire-hydrant", "cellphone", "Hair Dryer"], [
      "traffic light",
      "fire hydrant",
      "cell phone",
      "hair drier",
    ]],
  ];
  for (const [classes, labels] of cases) assert.deepEqual(labelled(classes, coco80), labels);
});

Deno.test("the same name comes before a synonym, whichever side has it", () => {
  assert.deepEqual(labelled(["cyclist", "bicycle"], ["bicycle", "cyclist"]), [
    "cyclist",
    "bicycle",
  ]);
  assert.deepEqual(labelled(["motorcycle", "biker"], ["Motorbike"]), ["Motorbike", "Motorbike"]);
});

Deno.test("no name is a synonym of two, and COCO's own names are left alone", () => {
  const all = Object.values(SYNONYMS).flat();
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual(labelled(coco80, coco80), coco80);
  assert.deepEqual(all.filter((name) => coco80.includes(name)), []);
});
