/** Networks that take pictures: what comes out of them is floats, whatever it was. */

import assert from "node:assert/strict";
import { type Element, onnx, type Value } from "../../tests/fakes/onnx.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { ImageNetwork } from "./image_network.ts";
import type { PictureTensor } from "./picture_writer.ts";
import { CPU } from "../provider.ts";

const OPTIONS = { threads: 1, provider: CPU };

/** ONNX's numbers of the types, for `Cast`. */
const CASTS: Readonly<Partial<Record<Element, number>>> = {
  float16: 10,
  float64: 11,
  int8: 3,
  int64: 7,
  uint8: 2,
  uint64: 13,
  bool: 9,
};

const TWO: PictureTensor = {
  dims: [2, 3, 1, 1],
  size: { width: 1, height: 1 },
  type: "float32",
  data: Float32Array.of(0, 1, 2, 3, 4, 5),
  pictures: 2,
};

Deno.test("outputs of every type are floats, each picture's for itself", async () => {
  for (const [element, to] of Object.entries(CASTS) as [Element, number][]) {
    const network = await ImageNetwork.open(
      onnx({
        inputs: [{ name: "image", dims: ["N", 3, "height", "width"] }],
        outputs: [{ name: "values", element, dims: ["N", 3, "height", "width"] }],
        nodes: [{ op: "Cast", inputs: ["image"], outputs: ["values"], attributes: { to } }],
      }),
      OPTIONS,
    );
    const dims = [1, 3, 1, 1];
    const all = element === "bool" ? [[0, 1, 1], [1, 1, 1]] : [[0, 1, 2], [3, 4, 5]];
    const wanted = all.map((values) => [{ name: "values", dims, data: Float32Array.from(values) }]);
    assert.deepEqual(await network.run(TWO), wanted, element);
    await network.release();
  }
});

Deno.test("a network without an image, with two, or of very many pictures at once is refused", async () => {
  const image = { name: "image", dims: [1, 3, 8, 8] };
  const many = { name: "many", dims: [1_000_000, 3, 8, 8] };
  const none = { name: "none", dims: [0, 3, 8, 8] };
  const cases: [inputs: Value[], message: RegExp][] = [
    [[], /^its inputs are none, one image is wanted$/],
    [[{ name: "vector", dims: [1, 3] }], /^its inputs are vector .*, one image is wanted$/],
    [
      [image, { ...image, name: "other" }],
      /^its inputs are image .*, other .*, one image is wanted$/,
    ],
    [[many], /^its input is many .*1000000.*, 1 to 64 pictures at once are wanted$/],
    [[none], /^its input is none .*, 1 to 64 pictures at once are wanted$/],
  ];
  for (const [inputs, wanted] of cases) {
    const network = onnx({
      inputs,
      outputs: [{ name: "out", dims: [1] }],
      initializers: [{ name: "one", dims: [1], data: Float32Array.of(1) }],
      nodes: [{ op: "Identity", inputs: ["one"], outputs: ["out"] }],
    });
    const message = await refused(() => ImageNetwork.open(network, OPTIONS), "failed_precondition");
    assert.match(message, wanted);
  }
});
