import assert from "node:assert/strict";
import { type Categories, commonCategories, ownCategories } from "./categories.ts";

const CLASSES = ["biker", "ambulance", "motorbike", "people", "dog"];

/** Which categories there are, and what of a model's labels is in which. */
const told = ({ list, ofClass, ofLabel }: Categories) => ({
  list: list.map(({ label, classes }) => `${label}: ${classes.join()}`),
  ofClass,
  ofLabel: [...ofLabel],
});

Deno.test("what one model takes for one is one for all, and what one does not know is none", () => {
  const fine = { name: "fine", labels: ["ambulance", "motorbike", "biker", "people", "train"] };
  const coarse = { name: "coarse", labels: ["dog", "person", "motorcycle"] };
  assert.deepEqual(told(ownCategories(fine, CLASSES)), {
    list: ["biker: biker", "ambulance: ambulance", "motorbike: motorbike", "people: people"],
    ofClass: [0, 1, 2, 3, undefined],
    ofLabel: [[2, 0], [0, 1], [1, 2], [3, 3]],
  });
  const [ofFine, ofCoarse] = commonCategories([fine, coarse], CLASSES).map(told);
  const same = {
    list: ["biker: biker,motorbike", "people: people"],
    ofClass: [0, undefined, 0, 1, undefined],
  };
  assert.deepEqual(ofFine, { ...same, ofLabel: [[2, 0], [1, 0], [3, 1]] });
  assert.deepEqual(ofCoarse, { ...same, ofLabel: [[2, 0], [1, 1]] });
});

Deno.test("a model that knows none of the classes cannot be evaluated", () => {
  assert.throws(
    () => ownCategories({ name: "cats", labels: ["cat"] }, CLASSES),
    {
      code: "invalid_argument",
      message: 'Cannot evaluate the model "cats": it knows none of the data set\'s classes ' +
        "biker, ambulance, motorbike, people, dog; its labels are cat, " +
        "at least one class in common is wanted",
    },
  );
});
