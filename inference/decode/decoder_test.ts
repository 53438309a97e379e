/** Decoders on tensors whose answer is known, and what every decoder must do. */

import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import { seededRng } from "../../core/rng.ts";
import { refused } from "../../tests/fakes/refused.ts";
import type { DetectorName } from "../../models/manifest.ts";
import { CONTEXT, EMPTY, NO_CLASSES, outputsOf, tensor } from "../../tests/fakes/outputs.ts";
import type { OutputTensor } from "./decoder.ts";
import { FAMILIES } from "./families.ts";

/** One object in a FastestDet output: the planes of one cell. */
function fastestdet(row: number, column: number, planes: number[]): OutputTensor[] {
  return outputsOf(
    "fastestdet",
    ...planes.map((value, plane) => [0, plane * 8 + row * 4 + column, [value]] as const),
  );
}

/** One object in a YOLOX output: the values of one anchor. */
function yolox(anchor: number, values: number[]): OutputTensor[] {
  return outputsOf("yolox", [0, anchor * 8, values]);
}

/** Four bins of a side whose softmax is all in one of them. */
const bin = (at: number) => [0, 1, 2, 3].map((i) => i === at ? 50 : 0);

const DETECTORS = FAMILIES.filter((family) => family.service === "detection");

function decode(family: DetectorName, outputs: OutputTensor[], context = CONTEXT) {
  return DETECTORS.find(({ name }) => name === family)!.decode(outputs, context);
}

function decoded(family: DetectorName, outputs: OutputTensor[]) {
  return decode(family, outputs).map(({ classId, score, box }) => ({
    classId,
    score: Number(score.toFixed(4)),
    box: box.map((side) => Number(side.toFixed(2))),
  }));
}

// In one piece: a table of one scene in the layout of every family.
Deno.test("objects are read where the family puts them", () => {
  const ln = Math.log;
  const half = Math.atanh(0.5);
  const cases: [
    what: string,
    family: DetectorName,
    outputs: OutputTensor[],
    classId: number,
    score: number,
    box: Box,
  ][] = [
    [
      "FastestDet: half a cell right of the cell's corner, a quarter above it",
      "fastestdet",
      fastestdet(1, 2, [0.8, half, Math.atanh(-0.25), 0, 0, 0.1, 0.9, 0.2]),
      1,
      0.8 ** 0.6 * 0.9 ** 0.4,
      [40 - 16, 12 - 8, 40 + 16, 12 + 8],
    ],
    [
      "FastestDet: the centre may lie before the cell",
      "fastestdet",
      fastestdet(1, 2, [1, -half, -half, ln(1 / 3), ln(1 / 3), 0, 0, 1]),
      2,
      1,
      [24 - 8, 8 - 4, 24 + 8, 8 + 4],
    ],
    [
      "YOLOX: stride 8, second row, third column",
      "yolox",
      yolox(8 + 2, [0.5, 0.25, ln(2), ln(1), 0.9, 0.8, 0.1, 0]),
      0,
      0.72,
      [20 - 8, 10 - 4, 20 + 8, 10 + 4],
    ],
    [
      "YOLOX: stride 16, after the 32 cells of stride 8",
      "yolox",
      yolox(32 + 4 + 3, [0, 0, 0, 0, 1, 0, 0.5, 0.4]),
      1,
      0.5,
      [48 - 8, 16 - 8, 48 + 8, 16 + 8],
    ],
    [
      "YOLOX: stride 32, the last anchor",
      "yolox",
      yolox(41, [0, 0.5, 0, ln(0.5), 1, 0, 0, 1]),
      2,
      1,
      [32 - 16, 16 - 8, 32 + 16, 16 + 8],
    ],
    [
      "YOLOv5: centre and size in pixels",
      "yolov5",
      outputsOf("yolov5", [0, 3 * 8, [20, 10, 8, 4, 0.9, 0, 0.1, 0.8]]),
      2,
      0.72,
      [16, 8, 24, 12],
    ],
    [
      "YOLOv8: a row a value, no objectness",
      "yolov8",
      outputsOf(
        "yolov8",
        ...[20, 10, 8, 4, 0.1, 0.8, 0.3].map((value, row) => [0, row * 10 + 7, [value]] as const),
      ),
      1,
      0.8,
      [16, 8, 24, 12],
    ],
    [
      "end to end: corners, score, class",
      "end_to_end",
      outputsOf("end_to_end", [0, 6, [16, 8, 24, 12, 0.7, 2]]),
      2,
      0.7,
      [16, 8, 24, 12],
    ],
    [
      "NanoDet: distances from the middle of a cell, in strides",
      "nanodet",
      outputsOf("nanodet", [1, 5 * 3, [0, 0.6, 0]], [
        4,
        5 * 16,
        [...bin(1), ...bin(0), ...bin(2), ...bin(1)],
      ]),
      1,
      0.6,
      [24 - 16, 24 - 0, 24 + 32, 24 + 16],
    ],
    [
      "NanoDet: a distribution's mean",
      "nanodet",
      outputsOf("nanodet", [0, 0, [0.6]], [3, 0, Array(16).fill(7)]),
      0,
      0.6,
      [4 - 12, 4 - 12, 4 + 12, 4 + 12],
    ],
    [
      "PicoDet: a cell of stride 64 that the input cuts",
      "picodet",
      outputsOf("picodet", [3, 0, [0, 0, 0.5]], [7, 0, [bin(0), bin(0), bin(0), bin(0)].flat()]),
      2,
      0.5,
      [32, 32, 32, 32],
    ],
    [
      "DETR: softmax, shares of the input",
      "detr",
      outputsOf("detr", [0, 8, [0, 0, 9, 9]], [1, 8, [0.5, 0.5, 0.25, 0.5]]),
      2,
      1 / (2 + 2 * Math.exp(-9)),
      [24, 8, 40, 24],
    ],
    [
      "SSD: background first, corners as shares",
      "ssd",
      outputsOf("ssd", [0, 4, [0.1, 0, 0.9, 0]], [1, 4, [0.25, 0.25, 0.5, 0.75]]),
      1,
      0.9,
      [16, 8, 32, 24],
    ],
    [
      "YuNet: root of class and objectness, both at most 1",
      "yunet",
      outputsOf("yunet", ["cls_16", 5, [0.64]], ["obj_16", 5, [1.2]], ["bbox_16", 20, [
        0.5,
        0.5,
        ln(2),
        0,
      ]]),
      0,
      0.8,
      [24 - 16, 24 - 8, 24 + 16, 24 + 8],
    ],
    [
      "torchvision: objects as they are",
      "torchvision",
      outputsOf("torchvision", [0, 8, [1, 2, 3, 4]], [1, 2, [2]], [2, 2, [0.5]]),
      2,
      0.5,
      [1, 2, 3, 4],
    ],
  ];
  for (const [what, family, outputs, classId, score, box] of cases) {
    const wanted = [{ classId, score: Number(score.toFixed(4)), box: [...box] }];
    assert.deepEqual(decoded(family, outputs), wanted, what);
  }
});

Deno.test("an object below the threshold is left out, be it by objectness or by class", () => {
  const cases: [what: string, family: DetectorName, outputs: OutputTensor[], found: number][] = [
    ["no objectness", "yolox", yolox(0, [0, 0, 0, 0, 0.2, 1, 0, 0]), 0],
    ["no class", "yolox", yolox(0, [0, 0, 0, 0, 1, 0.2, 0.2, 0.2]), 0],
    ["their product", "yolox", yolox(0, [0, 0, 0, 0, 0.49, 0.49, 0, 0]), 0],
    ["just enough", "yolox", yolox(0, [0, 0, 0, 0, 0.5, 0.5, 0, 0]), 1],
    ["no objectness", "fastestdet", fastestdet(0, 0, [0.05, 0, 0, 0, 0, 1, 0, 0]), 0],
    ["no class", "fastestdet", fastestdet(0, 0, [1, 0, 0, 0, 0, 0.01, 0, 0]), 0],
    ["enough", "fastestdet", fastestdet(0, 0, [0.5, 0, 0, 0, 0, 0.5, 0, 0]), 1],
  ];
  for (const [what, family, outputs, found] of cases) {
    assert.equal(decoded(family, outputs).length, found, `${family}: ${what}`);
  }
});

for (const { name: family } of DETECTORS) {
  Deno.test(`${family}: an empty scene has no objects`, () => {
    assert.deepEqual(decoded(family, EMPTY[family]()), []);
  });

  Deno.test(`${family}: what is no number is no object`, () => {
    const outputs = EMPTY[family]();
    for (const { data } of outputs) data.fill(NaN);
    assert.deepEqual(decoded(family, outputs), []);
  });

  Deno.test(`${family}: a wild output gives only classes that there are and scores above the threshold`, () => {
    const rng = seededRng(5);
    const outputs = EMPTY[family]();
    for (const { data } of outputs) {
      if (data.length > 1) data.forEach((_, i) => data[i] = rng() * 2 - 0.5); // no number of objects
    }
    const candidates = decode(family, outputs);
    assert.ok(candidates.length > 0);
    for (const { classId, score } of candidates) {
      assert.ok(classId >= 0 && classId < CONTEXT.classes && Number.isInteger(classId));
      assert.ok(score >= CONTEXT.scoreThreshold);
    }
  });

  Deno.test(`${family}: outputs of another family are refused, saying what was found`, async () => {
    const others: [outputs: OutputTensor[], found: string][] = [
      [[], "found none"],
      [[tensor([1, 3, 3])], "found output [1, 3, 3]"],
      [[tensor([1, 3, 3, 1])], "found output [1, 3, 3, 1]"],
      [[tensor([1, 0, 3])], "found output [1, 0, 3]"],
      [[tensor([1, 3, 3]), tensor([2])], "found output [1, 3, 3], output [2]"],
    ];
    for (const [outputs, found] of others) {
      const message = await refused(
        () => decode(family, outputs),
        "failed_precondition",
      );
      assert.ok(message.includes(`${found}, `) && message.endsWith(" is wanted"), message);
    }
    if (NO_CLASSES.includes(family)) return;
    const classes = { ...CONTEXT, classes: 80 };
    await refused(() => decode(family, EMPTY[family](), classes), "failed_precondition");
  });
}

Deno.test("DETR as it is deployed: labels, boxes and scores with a dimension more", () => {
  const outputs = [tensor([1, 4], "labels"), tensor([1, 4, 4], "boxes"), tensor([1, 4], "scores")];
  outputs[0]!.data.set([0, 2, 1, 7]);
  outputs[1]!.data.set([1, 2, 3, 4, 5, 6, 7, 8]);
  outputs[2]!.data.set([0.1, 0.9, 0.2, 0.9]); // the last one's class is none of ours
  assert.deepEqual(decoded("detr", outputs), [{ classId: 2, score: 0.9, box: [5, 6, 7, 8] }]);
});

Deno.test("DETR without a class for nothing: sigmoids", () => {
  const outputs = [tensor([1, 2, 4], "pred_boxes"), tensor([1, 2, 3], "logits")];
  outputs[0]!.data.set([0.5, 0.5, 0.5, 0.5]);
  outputs[1]!.data.set([-9, 0, -9, -9, -9, -9]);
  const wanted = [{ classId: 1, score: 0.5, box: [16, 8, 48, 24] }];
  assert.deepEqual(decoded("detr", outputs), wanted);
});

Deno.test("where each class has a score of its own, one box may be two things", () => {
  const logits = tensor([1, 2, 3], "logits");
  logits.data.set([9, 1, -9, 0, -9, -9]);
  const [boxes, wanted] = [tensor([1, 2, 4], "pred_boxes"), [[0, 0.9999], [1, 0.7311]]];
  const classAndScore = (family: DetectorName, outputs: OutputTensor[]) =>
    decoded(family, outputs).map(({ classId, score }) => [classId, score]);
  // Three are sure enough: of DETR's kin as many stay as there are queries.
  assert.deepEqual(classAndScore("detr_sigmoid", [logits, boxes]), wanted);
  assert.deepEqual(classAndScore("detr", [logits, boxes]), wanted);
  const scores = tensor([1, 2, 3], "scores");
  scores.data.set([0.5, 0.25, 0, 0, 0, 0.75]);
  const all = [[0, 0.5], [1, 0.25], [2, 0.75]];
  assert.deepEqual(classAndScore("ssd", [scores, tensor([1, 2, 4], "boxes")]), all);
  assert.deepEqual(classAndScore("yolo_nas", [tensor([1, 2, 4], "boxes"), scores]), all);
});

Deno.test("SSD: outputs in either order, with or without a background", () => {
  for (const withBackground of [true, false]) {
    const scores = tensor([1, 2, withBackground ? 4 : 3], "scores");
    scores.data[withBackground ? 2 : 1] = 0.9;
    const boxes = tensor([1, 2, 4], "boxes");
    boxes.data.set([0, 0, 0.5, 1]);
    const wanted = [{ classId: 1, score: 0.9, box: [0, 0, 32, 32] }];
    for (const outputs of [[scores, boxes], [boxes, scores]]) {
      assert.deepEqual(decoded("ssd", outputs), wanted);
    }
  }
});
