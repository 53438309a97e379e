/** Several pictures at a time, on hand-made networks. */

import assert from "node:assert/strict";
import type { Findings } from "../../core/detection.ts";
import type { Pixels } from "../../core/frame.ts";
import type { Manifest } from "../../models/manifest.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { input } from "../../tests/fakes/models.ts";
import { colourNetwork, constantNetwork, onnx, tinyYolox } from "../../tests/fakes/onnx.ts";
import { plain, type Rgb } from "../../tests/fakes/pictures.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { addModel, CAR, SIDE } from "../../tests/fakes/tiny_model.ts";
import { BATCH_MAX } from "./image_input.ts";
import { ImageNetwork } from "./image_network.ts";
import { findingsCount } from "./inspection.ts";
import { Model } from "./model.ts";
import { CPU } from "../provider.ts";

const OPTIONS = { threads: 1, provider: CPU };
const CLASSIFIER = { service: "classification", labels: ["red", "green", "blue"] } as const;
const SIDES = [3, SIDE, SIDE] as const;

/** What is found in pictures that are given together, and the shape of the image in each run. */
async function together(model: Model, pictures: readonly Pixels[]) {
  const { run } = ImageNetwork.prototype;
  const runs: (readonly number[])[] = [];
  ImageNetwork.prototype.run = function (tensor) {
    runs.push(tensor.dims);
    return run.call(this, tensor);
  };
  try {
    return { findings: await found(model, pictures), runs };
  } finally {
    ImageNetwork.prototype.run = run;
  }
}

/** What is found in pictures that are given together. */
async function found(model: Model, pictures: readonly Pixels[], scoreThreshold?: number) {
  const asked = pictures.map((pixels) => ({ pixels, scoreThreshold }));
  return (await model.infer(asked)).map(({ findings }) => findings);
}

async function withModel(
  weights: Uint8Array,
  said: Partial<Manifest>,
  use: (model: Model) => Promise<void>,
): Promise<void> {
  await using folder = new Folder();
  const { manifest, path } = addModel(folder, said, weights);
  const model = await Model.load(manifest, path, OPTIONS);
  try {
    await use(model);
  } finally {
    await model.release();
  }
}

/** What is found in each picture alone. */
async function oneByOne(model: Model, pictures: readonly Pixels[]): Promise<Findings[]> {
  const findings: Findings[] = [];
  for (const picture of pictures) findings.push(...await found(model, [picture]));
  return findings;
}

const classOf = (findings: Findings) =>
  "classifications" in findings ? findings.classifications[0]!.label : undefined;

const COLOURS: Readonly<Record<string, Rgb>> = {
  red: [250, 10, 20],
  blue: [0, 10, 250],
  green: [90, 120, 60],
};

const coloured = (sizes: readonly (readonly [number, number])[]) =>
  sizes.map(([width, height], i) => plain(width, height, Object.values(COLOURS)[i % 3]));

Deno.test("a network of a free batch infers all pictures in one run, each for itself", async () => {
  const sizes = [[64, 48], [SIDE, SIDE], [102, 20], [64, 48]] as const;
  const weights = tinyYolox({
    input: { width: SIDE, height: SIDE },
    classes: 3,
    objects: [CAR],
    pictures: "batch",
  });
  await withModel(weights, {}, async (model) => {
    assert.equal(model.batchMax, BATCH_MAX);
    const grey = [250, 10, 180, 110];
    const pictures = sizes.map(([w, h], i) => plain(w, h, [grey[i]!, grey[i]!, grey[i]!]));
    const wanted = await oneByOne(model, pictures);
    const { findings, runs } = await together(model, pictures);
    assert.deepEqual(runs, [[4, ...SIDES]]);
    assert.deepEqual(findings, wanted);
    const seen = findings.map((found) =>
      "detections" in found
        ? found.detections.map(({ score, box }) => [score * 255, ...box].map(Math.round))
        : []
    );
    // The brighter, the surer; boxes in pixels of each picture.
    assert.deepEqual(seen, [[[250, 8, 12, 40, 36]], [], [[180, 13, 5, 64, 15]], [[
      110,
      8,
      12,
      40,
      36,
    ]]]);
    const asked = pictures.map((pixels, i) => ({ pixels, scoreThreshold: i === 0 ? 0.8 : 0.1 }));
    const counts = (await model.infer(asked)).map(({ findings }) => findingsCount(findings));
    assert.deepEqual(counts, [1, 0, 1, 1], "each has a threshold of its own");
    assert.deepEqual((await found(model, pictures, 0.8)).map(findingsCount), [1, 0, 0, 0]);
  });
});

Deno.test("a classifier ranks the classes of each picture of a batch", async () => {
  const image = { name: "image", dims: ["N", ...SIDES] };
  await withModel(colourNetwork(image, "N"), CLASSIFIER, async (model) => {
    const pictures = coloured([[40, 40], [SIDE, SIDE], [90, 30], [33, 44], [10, 10]]);
    const inferred = await model.infer(pictures.map((pixels) => ({ pixels })));
    const findings = inferred.map(({ findings }) => findings);
    assert.deepEqual(findings.map(classOf), ["red", "blue", "green", "red", "blue"]);
    assert.deepEqual(findings, await oneByOne(model, pictures));
    for (const { workedMs } of inferred) {
      for (const ms of Object.values(workedMs)) assert.ok(ms > 0);
    }
    assert.deepEqual(await model.infer([]), []);
    const many = Array.from({ length: BATCH_MAX + 1 }, () => pictures[1]!);
    const { findings: blue, runs } = await together(model, many);
    assert.deepEqual(runs, [[BATCH_MAX, ...SIDES], [1, ...SIDES]]);
    assert.deepEqual(new Set(blue.map(classOf)), new Set(["blue"]));
  });
});

Deno.test("pictures that go in as they are share a run with those of their size", async () => {
  const image = { name: "image", dims: ["N", 3, "height", "width"] };
  const said = { ...CLASSIFIER, input: input({ fit: "as_is", width: 640, height: 640 }) };
  await withModel(colourNetwork(image, "N"), said, async (model) => {
    const pictures = coloured([[40, 30], [30, 40], [40, 30], [40, 30]]);
    const { findings, runs } = await together(model, pictures);
    assert.deepEqual(runs, [[3, 3, 30, 40], [1, 3, 40, 30]]);
    assert.deepEqual(findings.map(classOf), ["red", "blue", "green", "red"]);
  });
});

Deno.test("a network of a fixed batch is given that many, however few pictures there are", async () => {
  const image = { name: "image", dims: [3, ...SIDES] };
  await withModel(colourNetwork(image, 3), CLASSIFIER, async (model) => {
    assert.equal(model.batchMax, 3);
    const pictures = coloured([[8, 8], [8, 8], [8, 8], [8, 8]]);
    const { findings, runs } = await together(model, pictures);
    assert.deepEqual(runs, [[3, ...SIDES], [3, ...SIDES]]);
    assert.deepEqual(findings.map(classOf), ["red", "blue", "green", "red"]);
  });
});

/** `mean(picture) - mean(of all pictures)`, a vector of three for each. */
const MIXING = (pictures: number | string) =>
  onnx({
    inputs: [{ name: "image", dims: [pictures, ...SIDES] }],
    outputs: [{ name: "output", dims: [pictures, 3] }],
    nodes: [
      {
        op: "ReduceMean",
        inputs: ["image"],
        outputs: ["means"],
        attributes: { axes: [2, 3], keepdims: 0 },
      },
      { op: "ReduceMean", inputs: ["means"], outputs: ["all"], attributes: { keepdims: 0 } },
      { op: "Sub", inputs: ["means", "all"], outputs: ["output"] },
    ],
  });

Deno.test("where pictures cannot be run together, they are run one at a time", async () => {
  const free = { name: "image", dims: ["N", ...SIDES] };
  const logits = Float32Array.of(1, 2, 3);
  const cases: [what: string, weights: Uint8Array][] = [
    ["it takes one", colourNetwork({ name: "image", dims: [1, ...SIDES] }, 1)],
    ["its output is said to be of one", colourNetwork(free, 1)],
    [
      "its output is of one, whatever is said",
      constantNetwork(free, [1, 3], logits, {
        outputs: [{ name: "output", dims: ["N", 3] }],
      }),
    ],
    ["its pictures depend on each other", MIXING("N")],
  ];
  for (const [what, weights] of cases) {
    await withModel(weights, CLASSIFIER, async (model) => {
      assert.equal(model.batchMax, 1, what);
      const pictures = coloured([[8, 8], [8, 8]]);
      const { findings, runs } = await together(model, pictures);
      assert.deepEqual(runs, [[1, ...SIDES], [1, ...SIDES]], what);
      assert.deepEqual(findings, await oneByOne(model, pictures), what);
    });
  }
});

Deno.test("a fixed batch whose pictures cannot be told apart is refused when it is loaded", async () => {
  await using folder = new Folder();
  const image = { name: "image", dims: [3, ...SIDES] };
  const cases: [weights: Uint8Array, message: RegExp][] = [
    [MIXING(3), /one of its 3 pictures depends on the others, each picture for itself is wanted/],
    [
      constantNetwork(image, [1, 3], Float32Array.of(1, 2, 3)),
      /its output output is \[1, 3\] for 3 pictures, 3 is wanted as its first dimension/,
    ],
  ];
  for (const [weights, message] of cases) {
    const { manifest, path } = addModel(folder, CLASSIFIER, weights);
    const refusal = await refused(() => Model.load(manifest, path, OPTIONS), "failed_precondition");
    assert.match(refusal, message);
  }
});

Deno.test("each picture of a batch has its own size where the network asks for it", async () => {
  // boxes [N, 1, 4] = the size twice, as a deployed DETR puts corners in pixels of it.
  const weights = onnx({
    inputs: [
      { name: "images", dims: ["N", ...SIDES] },
      { name: "orig_target_sizes", element: "int64", dims: ["N", 2] },
    ],
    outputs: [
      { name: "labels", dims: ["N", 1] },
      { name: "boxes", dims: ["N", 1, 4] },
      { name: "scores", dims: ["N", 1] },
    ],
    initializers: [
      { name: "row", dims: [3], data: BigInt64Array.of(-1n, 1n, 2n) },
      { name: "half", dims: [1, 1, 2], data: Float32Array.of(0.5, 0.25) },
      { name: "bytes", dims: [1], data: Float32Array.of(255) },
      { name: "none", dims: [1], data: Float32Array.of(0) },
    ],
    nodes: [
      { op: "Cast", inputs: ["orig_target_sizes"], outputs: ["sizes"], attributes: { to: 1 } },
      { op: "Reshape", inputs: ["sizes", "row"], outputs: ["whole"] },
      { op: "Mul", inputs: ["whole", "half"], outputs: ["corner"] },
      { op: "Concat", inputs: ["corner", "whole"], outputs: ["boxes"], attributes: { axis: 2 } },
      {
        op: "ReduceMean",
        inputs: ["images"],
        outputs: ["mean"],
        attributes: { axes: [2, 3], keepdims: 0 },
      },
      {
        op: "ReduceMax",
        inputs: ["mean"],
        outputs: ["brightest"],
        attributes: { axes: [1], keepdims: 1 },
      },
      { op: "Div", inputs: ["brightest", "bytes"], outputs: ["scores"] },
      { op: "Mul", inputs: ["scores", "none"], outputs: ["labels"] },
    ],
  });
  await withModel(weights, { decoder: "detr", iou_threshold: 1 }, async (model) => {
    assert.equal(model.batchMax, BATCH_MAX);
    const pictures = coloured([[64, 64], [320, 32]]);
    const findings = await found(model, pictures);
    const boxes = findings.map((found) => "detections" in found && found.detections[0]!.box);
    assert.deepEqual(boxes, [[32, 16, 64, 64], [160, 8, 320, 32]]);
    assert.deepEqual(findings, await oneByOne(model, pictures));
  });
});
