/** Masks as runs, wherever the picture lies in the model's input; and what sums of prototypes are. */

import assert from "node:assert/strict";
import type { Box, RunLengthMask } from "../../core/detection.ts";
import { type Fit, fitInto } from "../network/fit.ts";
import type { ModelInput } from "../../models/manifest.ts";
import { type ObjectMask, runLengths, wholeMask } from "./mask.ts";
import { Prototypes } from "./prototypes.ts";

const INPUT: ModelInput = {
  ...{ width: 8, height: 8, layout: "nchw", type: "float32", color: "rgb", resample: "linear" },
  ...{ fit: "letterbox_center", pad: 0, multiple_of: 1, mean: [0, 0, 0], std: [1, 1, 1] },
};

/** All pixels of a box. */
const full = (part: Box): ObjectMask => ({ part, has: () => true });

/** Rows of the mask, `#` where the object is. */
function drawn({ size: [height, width], counts }: RunLengthMask): string[] {
  const pixels = counts.flatMap((count, i) => Array<string>(count).fill(i % 2 === 0 ? "." : "#"));
  assert.equal(pixels.length, width * height, "runs cover the whole mask");
  return Array.from(
    { length: height },
    (_, y) => Array.from({ length: width }, (_, x) => pixels[x * height + y]).join(""),
  );
}

for (
  const [what, fit, part, wanted] of [
    ["stretched", fitInto({ width: 16, height: 8 }, { ...INPUT, fit: "stretch" }), [1, 2, 3, 4], [
      ...["........", "........", ".##.....", ".##.....", "........", "........", "........"],
      "........",
    ]],
    ["with padding above and below", fitInto({ width: 16, height: 8 }, INPUT), [6, 3, 8, 5], [
      ...["........", "......##", "......##", "........"],
    ]],
    ["over the edge, into the padding", fitInto({ width: 16, height: 8 }, INPUT), [-2, 0, 2, 8], [
      ...["##......", "##......", "##......", "##......"],
    ]],
    ["with padding left and right", fitInto({ width: 4, height: 8 }, INPUT), [2, 7, 4, 8], [
      ...["....", "....", "....", "....", "....", "....", "....", "##.."],
    ]],
    [
      "of which the sides are cut off",
      fitInto({ width: 12, height: 8 }, { ...INPUT, fit: "center_crop", resize: 8 }),
      [0, 0, 8, 1],
      ["..########..", ...Array<string>(7).fill("............")],
    ],
    ["that is nowhere in it", fitInto({ width: 16, height: 8 }, INPUT), [0, 0, 8, 2], [
      ...Array<string>(4).fill("........"),
    ]],
  ] as [string, Fit, Box, string[]][]
) {
  Deno.test(`the mask of a picture ${what}`, () => {
    assert.deepEqual(drawn(runLengths(full(part), fit)), wanted);
  });
}

Deno.test("a mask of the whole input counts from one half on, and a little beyond the box", () => {
  const data = new Float32Array(2 * 64).fill(0.4);
  for (const [x, y, share] of [[0, 0, 1], [3, 3, 0.5], [4, 3, 0.49], [6, 3, 0.9]] as const) {
    data[64 + y * 8 + x] = share;
  }
  const mask = wholeMask(data, 1, [4, 4, 6, 6], { width: 8, height: 8 });
  const rows = drawn(runLengths(mask, fitInto({ width: 8, height: 8 }, INPUT)));
  assert.equal(rows[3], "...#..#.", "a pixel beyond it, too");
  assert.equal(rows.join("").replaceAll(".", ""), "##", "the corner is too far from it");
});

Deno.test("sums of prototypes are cut to the box, and beyond the input there is nothing", () => {
  const data = Float32Array.from({ length: 8 }, (_, i) => i < 4 ? 1 : -1);
  const prototypes = new Prototypes({ name: "p", dims: [1, 2, 2, 2], data });
  const size = { width: 8, height: 8 };
  const fit = fitInto(size, INPUT);
  const area = (coefficients: number[], box: Box) =>
    drawn(runLengths(prototypes.mask(Float32Array.from(coefficients), box, size), fit))
      .join("").replaceAll(".", "").length;
  assert.equal(area([1, 0], [1, 1, 4, 3]), 6);
  assert.equal(area([1, 0.5], [1.5, 1, 4.2, 3]), 6, "pixels from 2 to 4");
  assert.equal(area([1, 2], [1, 1, 4, 3]), 0, "below 0");
  assert.equal(area([0, 0], [1, 1, 4, 3]), 0, "0 is not above it");
  assert.equal(area([1, 0], [-5, -5, 50, 50]), 64);
  for (const box of [[9, 9, 12, 12], [-4, -4, -1, -1], [5, 5, 5, 5]] as const) {
    assert.equal(area([1, 0], box), 0);
  }
});
