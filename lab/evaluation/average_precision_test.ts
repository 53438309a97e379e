import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import drawn from "../../tests/parity/average_precision/golden.json" with { type: "json" };
import { classPrecision, meanPrecision } from "./average_precision.ts";

const truth = (x: number, ignored = false) => ({ box: boxAt(x), ignored });
const found = (x: number, score: number) => ({ box: boxAt(x), score });
const boxAt = (x: number): Box => [x, 0, x + 10, 10];

/** Average precision at an overlap of 0.50, to five digits. */
const ap50 = (...pictures: Parameters<typeof classPrecision>[0][]) =>
  Number(classPrecision(pictures.flatMap((some) => [...some])).byThreshold[0]!.toFixed(5));

Deno.test("average precision at 0.50 of cases that can be counted by hand", () => {
  // Nothing to find, everything found, nothing found.
  assert.deepEqual(classPrecision([]), { objects: 0, byThreshold: [] });
  assert.deepEqual(
    classPrecision([{ truth: [], detections: [found(0, 1)] }]),
    { objects: 0, byThreshold: [] },
  );
  assert.equal(ap50([{ truth: [truth(0)], detections: [found(0, 0.1)] }]), 1);
  assert.equal(ap50([{ truth: [truth(0)], detections: [] }]), 0);
  assert.equal(ap50([{ truth: [truth(0)], detections: [found(50, 0.1)] }]), 0);
  // One of two found: the levels 0 … 0.50 are reached, 51 of 101.
  assert.equal(ap50([{ truth: [truth(0), truth(50)], detections: [found(0, 0.5)] }]), 0.50495);
  // A surer wrong one halves the precision; a less sure one does nothing.
  assert.equal(ap50([{ truth: [truth(0)], detections: [found(0, 0.5), found(50, 0.9)] }]), 0.5);
  assert.equal(ap50([{ truth: [truth(0)], detections: [found(0, 0.5), found(50, 0.1)] }]), 1);
  // The second on the same object is wrong, and comes before the other picture's right one:
  // 51 levels at 1, 50 at 2/3.
  assert.equal(
    ap50([
      { truth: [truth(0)], detections: [found(0, 0.9), found(1, 0.8)] },
      { truth: [truth(0)], detections: [found(0, 0.7)] },
    ]),
    Number(((51 + 50 * 2 / 3) / 101).toFixed(5)),
  );
});

Deno.test("an overlap of 8/12 counts at 0.50 … 0.65", () => {
  const { byThreshold } = classPrecision([{ truth: [truth(0)], detections: [found(2, 0.5)] }]);
  assert.deepEqual(byThreshold.map((ap) => Number(ap.toFixed(5))), [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
});

Deno.test("what is found in a region to be ignored is neither right nor wrong", () => {
  const ignored = { box: [40, 0, 80, 20] as const, ignored: true };
  const inIt = [found(45, 0.9), found(46, 0.9), found(60, 0.8)];
  assert.equal(ap50([{ truth: [ignored, truth(0)], detections: [...inIt, found(0, 0.1)] }]), 1);
  // Less than half of it inside: wrong.
  assert.equal(
    ap50([{ truth: [ignored, truth(0)], detections: [found(34, 0.9), found(0, 0.1)] }]),
    0.5,
  );
  // An object in the region comes first.
  assert.equal(ap50([{ truth: [ignored, truth(50)], detections: [found(52, 0.9)] }]), 1);
});

Deno.test("the mean is over the classes that have objects", () => {
  const class50 = (byThreshold: number[]) => ({ objects: byThreshold.length, byThreshold });
  assert.deepEqual(meanPrecision([]), { map50: undefined, map: undefined });
  assert.deepEqual(
    meanPrecision([class50([1, 0.5]), class50([]), class50([0.5, 0])]),
    { map50: 0.75, map: 0.5 },
  );
});

for (const { name, images, classes, truth, detections, wanted } of drawn) {
  Deno.test(`pycocotools gives the same: ${name}`, () => {
    const box = ([, , x, y, width, height]: number[]): Box => [x!, y!, x! + width!, y! + height!];
    const of = <T>(rows: number[][], image: number, classId: number, make: (row: number[]) => T) =>
      rows.filter((row) => row[0] === image && row[1] === classId).map(make);
    const found = Array.from({ length: classes }, (_, at) =>
      classPrecision(
        Array.from({ length: images }, (_, image) => ({
          truth: of(truth, image + 1, at + 1, (row) => ({ box: box(row), ignored: row[6] === 1 })),
          detections: of(
            detections,
            image + 1,
            at + 1,
            (row) => ({ box: box(row), score: row[6]! }),
          ),
        })),
      ));
    const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a}, wanted ${b}`);
    for (const [at, byThreshold] of wanted.classes.entries()) {
      assert.equal(found[at]!.byThreshold.length, byThreshold?.length ?? 0);
      byThreshold?.forEach((value, i) => near(found[at]!.byThreshold[i]!, value));
    }
    const { map, map50 } = meanPrecision(found);
    near(map!, wanted.map);
    near(map50!, wanted.map50);
  });
}
