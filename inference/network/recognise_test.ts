/** Families are told by their tensors; what tensors do not tell is said to be assumed. */

import assert from "node:assert/strict";
import { refused } from "../../tests/fakes/refused.ts";
import type { ModelInput } from "../../models/manifest.ts";
import type { OutputTensor } from "../decode/decoder.ts";
import { fileWord } from "./file_word.ts";
import { type Probed, recognise } from "./recognise.ts";
import type { TensorInfo } from "../../core/tensor.ts";

type Shape = readonly [name: string, dims: readonly number[]];

function tensors(side: number, shapes: readonly Shape[], said: Partial<Probed> = {}): Probed {
  const outputs = shapes.map(([name, dims]): OutputTensor => (
    { name, dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) }
  ));
  return {
    image: { name: "images", type: "float32", dims: [1, 3, side, side] },
    outputs,
    size: { width: side, height: side },
    word: fileWord(new Map()),
    ...said,
  };
}

const output = (...dims: number[]): Shape[] => [["output", dims]];

Deno.test("a family is told by its tensors", () => {
  const dfl = (cells: number[]): Shape[] =>
    [80, 32].flatMap((size) => cells.map((n): Shape => [`${n}_${size}`, [1, n, size]]));
  const cases: [
    what: string,
    tensors: Probed,
    decoder: string,
    labels: string | number,
    fit: string,
  ][] = [
    ["YOLOv5", tensors(640, output(1, 25200, 85)), "yolov5", "coco80", "letterbox_center"],
    ["YOLOv5 of one class", tensors(640, output(1, 25200, 6)), "yolov5", 1, "letterbox_center"],
    ["YOLOv8", tensors(640, output(1, 84, 8400)), "yolov8", "coco80", "letterbox_center"],
    ["YOLOv8 of one class", tensors(320, output(1, 5, 2100)), "yolov8", 1, "letterbox_center"],
    ["YOLOX", tensors(416, output(1, 3549, 85)), "yolox", "coco80", "letterbox_top_left"],
    ["end to end", tensors(640, output(1, 300, 6)), "end_to_end", "coco80", "letterbox_center"],
    ["FastestDet", tensors(352, output(1, 85, 22, 22)), "fastestdet", "coco80", "stretch"],
    ["NanoDet", tensors(320, dfl([1600, 400, 100])), "nanodet", "coco80", "letterbox_center"],
    ["PicoDet", tensors(416, dfl([2704, 676, 169, 49])), "picodet", "coco80", "stretch"],
    [
      "DETR",
      tensors(800, [["logits", [1, 100, 92]], ["pred_boxes", [1, 100, 4]]]),
      "detr",
      "coco91",
      "stretch",
    ],
    [
      "RT-DETR, deployed",
      tensors(640, [["labels", [1, 300]], ["boxes", [1, 300, 4]], ["scores", [1, 300]]]),
      "detr",
      "coco80",
      "stretch",
    ],
    [
      "SSD's faces",
      tensors(320, [["scores", [1, 4420, 2]], ["boxes", [1, 4420, 4]]]),
      "ssd",
      1,
      "stretch",
    ],
    ["a classifier", tensors(224, output(1, 1000)), "classifier", "imagenet1k", "center_crop"],
  ];
  for (const [what, given, decoder, labels, fit] of cases) {
    const { manifest, assumed } = recognise(given, {});
    assert.equal(manifest.decoder, decoder, what);
    assert.equal(manifest.input.fit, fit, what);
    if (typeof labels === "string") assert.equal(manifest.labels, labels, what);
    else assert.equal(manifest.labels.length, labels, what);
    assert.ok(assumed.some((line) => line.startsWith("labels: ")), what);
  }
});

Deno.test("a decoded table of boxes is none of YOLOX's, whatever its shape", () => {
  const given = tensors(640, output(1, 8400, 85));
  given.outputs[0]!.data[85 * 5000] = 612; // a centre in pixels
  assert.equal(recognise(given, {}).manifest.decoder, "yolov5");
});

Deno.test("layout and type come from the input; bytes are not normalised", () => {
  const cases: [type: TensorInfo["type"], dims: TensorInfo["dims"], layout: string][] = [
    ["float32", [1, 3, 224, 224], "nchw"],
    ["float16", ["batch", 3, 224, 224], "nchw"],
    ["uint8", [1, 224, 224, 3], "nhwc"],
    ["float32", [3, 224, 224], "chw"],
  ];
  for (const [type, dims, layout] of cases) {
    const given = tensors(224, output(1, 1000), { image: { name: "image", type, dims } });
    const { input } = recognise(given, {}).manifest;
    assert.deepEqual([input.layout, input.type], [layout, type]);
    assert.equal(input.std[0] === 1, type === "uint8");
  }
});

Deno.test("a size that the file leaves open is said to be assumed", () => {
  const image: TensorInfo = { name: "image", type: "float32", dims: [3, "height", "width"] };
  const objects: Shape[] = [["boxes", [0, 4]], ["labels", [0]], ["scores", [0]]];
  const { manifest, assumed } = recognise(tensors(640, objects, { image }), {});
  const { fit, width, layout } = manifest.input;
  assert.deepEqual([manifest.decoder, manifest.labels], ["torchvision", "coco91"]);
  assert.deepEqual([fit, width, layout], ["as_is", 1920, "chw"]);
  assert.ok(assumed.includes("size 1920×1920 at most: any would do"), assumed.join("; "));
});

Deno.test("labels are those given, else those noted in the file, else those of as many classes", () => {
  const word = fileWord(new Map([["names", `{0: 'cat', 1: "dog's", 2: 'bird'}`]]));
  const given = tensors(640, output(1, 7, 8400), { word });
  assert.deepEqual(recognise(given, {}).manifest.labels, ["cat", "dog's", "bird"]);
  const said = { labels: ["a", "b", "c"] };
  assert.deepEqual(recognise(given, said).manifest.labels, said.labels);
  const few = tensors(640, output(1, 300, 6), { word }); // its outputs tell no number of classes
  assert.deepEqual(recognise(few, {}).manifest.labels, ["cat", "dog's", "bird"]);
  assert.deepEqual(recognise(few, { labels: ["a"] }).manifest.labels, ["a"]);
  const unnamed = recognise(tensors(640, output(1, 7, 8400)), {});
  assert.deepEqual(unnamed.manifest.labels, ["class 0", "class 1", "class 2"]);
  assert.ok(unnamed.assumed.includes("labels: numbered, because nothing names the 3 classes"));
});

Deno.test("what cannot be recognised is refused with what was found", async () => {
  const gray: Pick<Probed, "image"> = {
    image: { name: "image", type: "float32", dims: [1, 1, 28, 28] },
  };
  const double: Pick<Probed, "image"> = {
    image: { name: "image", type: "float64", dims: [1, 3, 28, 28] },
  };
  const cases: [given: Probed, said: Parameters<typeof recognise>[1], message: RegExp][] = [
    [tensors(224, output(1, 512)), {}, /a vector of 512 values.*--labels FILE/],
    [tensors(224, output(7)), {}, /its outputs are output \[7\], those of one of yunet, /],
    [tensors(224, []), {}, /its outputs are none/],
    [tensors(640, output(1, 84, 8400)), { decoder: "ssd" }, /those of ssd are wanted/],
    [tensors(640, output(1, 84, 8400)), { labels: ["a"] }, /80 classes, there are 1 labels/],
    [tensors(28, output(1, 10), gray), {}, /image float32 \[1, 1, 28, 28\].*three colours/],
    [tensors(28, output(1, 10), double), {}, /float64.*float32, float16 or uint8 is wanted/],
  ];
  for (const [given, said, message] of cases) {
    assert.match(await refused(() => recognise(given, said), "failed_precondition"), message);
  }
});

Deno.test("what is recognised is a whole input", () => {
  const { input } = recognise(tensors(299, output(1, 1000)), {}).manifest;
  const wanted: Partial<ModelInput> = { width: 299, height: 299, resize: 342 };
  assert.deepEqual({ width: input.width, height: input.height, resize: input.resize }, wanted);
});
