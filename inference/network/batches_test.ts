import assert from "node:assert/strict";
import type { Size } from "../../core/frame.ts";
import { input } from "../../tests/fakes/models.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { batchesOf } from "./batches.ts";
import { fitInto } from "./fit.ts";

const fitted = (fit: "stretch" | "as_is", ...sizes: (readonly [number, number])[]) =>
  sizes.map(([width, height]) => {
    const size: Size = { width, height };
    const pixels = plain(width, height);
    return { pixels, fit: fitInto(size, input({ width: 64, height: 64, fit })) };
  });

Deno.test("pictures whose tensors are of one size go together, as many as one run takes", () => {
  const sizes = [[64, 48], [32, 32], [64, 48], [64, 48], [32, 32]] as const;
  const cases: [fit: "stretch" | "as_is", batchMax: number, wanted: number[][]][] = [
    ["stretch", 64, [[0, 1, 2, 3, 4]]],
    ["stretch", 2, [[0, 1], [2, 3], [4]]],
    ["stretch", 1, [[0], [1], [2], [3], [4]]],
    ["as_is", 64, [[0, 2, 3], [1, 4]]],
    ["as_is", 2, [[0, 2], [1, 4], [3]]],
    ["as_is", 1, [[0], [1], [2], [3], [4]]],
  ];
  for (const [fit, batchMax, wanted] of cases) {
    const pictures = fitted(fit, ...sizes);
    const batches = batchesOf(pictures, batchMax);
    const indices = batches.map((batch) => batch.map(({ index }) => index));
    assert.deepEqual(indices, wanted, `${fit}, ${batchMax}`);
    for (const { index, pixels } of batches.flat()) assert.equal(pixels, pictures[index]!.pixels);
  }
});

Deno.test("no picture needs no run", () => assert.deepEqual(batchesOf([], 64), []));
