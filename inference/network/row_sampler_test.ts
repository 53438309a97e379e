/** WebAssembly against the scalar way: not one bit may differ. */

import assert from "node:assert/strict";
import type { Size } from "../../core/frame.ts";
import { pickIndex, seededRng } from "../../core/rng.ts";
import { input } from "../../tests/fakes/models.ts";
import { type Fit, fitInto } from "./fit.ts";
import { type FittedPicture, PictureWriter } from "./picture_writer.ts";
import { RowSampler } from "./row_sampler.ts";

const rng = seededRng(7);
const from = (least: number, most: number) => least + pickIndex(rng, most - least + 1);
const size = (most: number): Size => ({ width: from(1, most), height: from(1, most) });

/** Noise: every byte, and neighbours far apart. */
function noise({ width, height }: Size) {
  const data = Uint8Array.from({ length: width * height * 3 }, () => from(0, 255));
  return { width, height, data };
}

/** Normalisations: none, of halves, of numbers that no float32 is. */
const NORMALS = [
  { mean: [0, 0, 0], std: [1, 1, 1] },
  { mean: [0, 0, 0], std: [255, 255, 255] },
  { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
] as const;

/** How two writers, one that may use WebAssembly and one that may not, differ after the same pictures. */
function assertSame(said: Parameters<typeof input>[0], batches: FittedPicture[][], what: string) {
  const model = input(said);
  const fast = new PictureWriter(model);
  const plain = new PictureWriter(model, { simd: false });
  for (const batch of batches) {
    const found = fast.write(batch);
    const wanted = plain.write(batch);
    assert.deepEqual(found.dims, wanted.dims, what);
    const bits = ({ data }: typeof found) =>
      new Uint32Array((data as Float32Array<ArrayBuffer>).slice().buffer);
    assert.deepEqual(bits(found), bits(wanted), what);
  }
  fast.close(); // the next one has its memory
}

/** A fit that no model has: the scaled picture anywhere, also far outside of the tensor. */
function anywhere(tensor: Size): Fit {
  const scaled = size(50);
  const [padX, padY] = [from(-40, 40), from(-40, 40)];
  return { tensor, scaled, padX, padY, scaleX: 1, scaleY: 1 };
}

Deno.test("rows are sampled here in WebAssembly", () => {
  const tables = [0, 1, 2].map(() => new Float32Array(256));
  assert.ok(RowSampler.open(tables), "the tests below would compare nothing");
});

Deno.test("pictures of any size, fit, order and normalisation come out alike to the last bit", () => {
  for (let round = 0; round < 300; round++) {
    const fit = (["stretch", "letterbox_top_left", "letterbox_center", "center_crop"] as const)[
      round % 4
    ]!;
    const said = {
      ...size(40),
      ...NORMALS[round % 3]!,
      color: round % 2 === 0 ? "rgb" as const : "bgr" as const,
      layout: round % 5 === 0 ? "chw" as const : "nchw" as const,
      resample: round % 7 === 0 ? "antialias" as const : "linear" as const,
      pad: 114,
      fit,
    };
    const pictures = [1, 2, 3].map(() => noise(size(round % 3 === 0 ? 90 : 30)));
    const batches = pictures.map((pixels) => [{ pixels, fit: fitInto(pixels, input(said)) }]);
    assertSame(said, batches, JSON.stringify(said));
  }
});

Deno.test("so do pictures that lie partly or wholly outside", () => {
  for (let round = 0; round < 300; round++) {
    const tensor = size(40);
    const batches = [1, 2].map(() => [{ pixels: noise(size(40)), fit: anywhere(tensor) }]);
    assertSame({ ...tensor, pad: 7 }, batches, JSON.stringify(batches[0]![0]!.fit));
  }
});

Deno.test("so do several pictures in one tensor, whose memory grows with them", () => {
  const model = input({ width: 100, height: 90, fit: "letterbox_center", pad: 114 });
  const batchOf = (places: number) =>
    Array.from({ length: places }, () => {
      const pixels = noise(size(200));
      return { pixels, fit: fitInto(pixels, model) };
    });
  assertSame(model, [1, 3, 2, 5, 1].map(batchOf), "a batch");
});

Deno.test("so does a picture of the size of its tensor, and one that is far larger", () => {
  for (const [width, height] of [[64, 48], [3840, 2160], [1, 2000], [4000, 1]] as const) {
    const pixels = noise({ width, height });
    const said = { width: 64, height: 48 };
    assertSame(said, [[{ pixels, fit: fitInto(pixels, input(said)) }]], `${width}×${height}`);
  }
});

Deno.test("a sampler that was closed is used again, and shows nothing of what it held", () => {
  const tables = [1, 2, 3].map((value) => new Float32Array(256).fill(value));
  const first = RowSampler.open(tables)!;
  first.tensor(1000).fill(7);
  first.close();
  const second = RowSampler.open(tables)!;
  assert.equal(second, first);
  assert.deepEqual(second.tensor(1000), new Float32Array(1000));
  const other = RowSampler.open(tables)!;
  assert.notEqual(other, second);
  other.tensor(16 << 20); // 64 MiB are not kept
  other.close();
  assert.notEqual(RowSampler.open(tables), other);
});
