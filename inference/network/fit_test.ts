import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { pickIndex, seededRng } from "../../core/rng.ts";
import type { ModelInput } from "../../models/manifest.ts";
import { input } from "../../tests/fakes/models.ts";
import { boxInSource, fitInto } from "./fit.ts";

const size = (width: number, height: number): Size => ({ width, height });
const KINDS = ["stretch", "letterbox_top_left", "letterbox_center"] as const;

Deno.test("a picture lies in the input as the model was trained", () => {
  const cases: [fit: ModelInput["fit"], source: Size, scaled: Size, padX: number, padY: number][] =
    [
      ["stretch", size(1280, 720), size(416, 416), 0, 0],
      ["letterbox_top_left", size(1280, 720), size(416, 234), 0, 0],
      ["letterbox_top_left", size(720, 1280), size(234, 416), 0, 0],
      ["letterbox_center", size(1280, 720), size(416, 234), 0, 91],
      ["letterbox_center", size(720, 1280), size(234, 416), 91, 0],
      ["letterbox_center", size(1000, 999), size(416, 416), 0, 0],
      ["letterbox_center", size(1000, 995), size(416, 414), 0, 1],
      ["letterbox_center", size(1000, 997), size(416, 415), 0, 0],
      ["letterbox_center", size(208, 104), size(416, 208), 0, 104],
      ["letterbox_center", size(10_000, 3), size(416, 1), 0, 207],
      ["letterbox_top_left", size(416, 416), size(416, 416), 0, 0],
    ];
  for (const [fit, source, scaled, padX, padY] of cases) {
    const { scaleX: _x, scaleY: _y, ...found } = fitInto(
      source,
      input({ width: 416, height: 416, fit }),
    );
    assert.deepEqual(
      found,
      { tensor: size(416, 416), scaled, padX, padY },
      `${fit} of ${source.width}×${source.height}`,
    );
  }
});

Deno.test("simulation: a box goes into the input and comes back", () => {
  for (let seed = 0; seed < 500; seed++) {
    const rng = seededRng(seed);
    const upTo = (most: number) => 1 + pickIndex(rng, most);
    const source = size(upTo(3000), upTo(2000));
    const into = input({ width: 16 + upTo(600), height: 16 + upTo(600), fit: KINDS[seed % 3]! });
    const fit = fitInto(source, into);
    const within = fit.padX + fit.scaled.width <= into.width &&
      fit.padY + fit.scaled.height <= into.height;
    assert.ok(within, `seed ${seed}: the scaled picture lies within the input`);
    const [x1, y1] = [rng() * source.width * 0.9, rng() * source.height * 0.9];
    const box: Box = [x1, y1, x1 + source.width * 0.1, y1 + source.height * 0.1];
    const there: Box = [
      box[0] * fit.scaleX + fit.padX,
      box[1] * fit.scaleY + fit.padY,
      box[2] * fit.scaleX + fit.padX,
      box[3] * fit.scaleY + fit.padY,
    ];
    const back = boxInSource(there, fit, source);
    assert.ok(back?.every((side, i) => Math.abs(side - box[i]!) < 1e-6), `seed ${seed}: ${back}`);
  }
});

Deno.test("a box is cut at the picture's edges; one in the padding is none", () => {
  const fit = fitInto(size(200, 100), input({ width: 100, height: 100, fit: "letterbox_center" }));
  assert.deepEqual(fit, {
    tensor: size(100, 100),
    scaled: size(100, 50),
    padX: 0,
    padY: 25,
    scaleX: 0.5,
    scaleY: 0.5,
  });
  const cases: [what: string, box: Box, wanted: Box | undefined][] = [
    ["within", [10, 30, 20, 40], [20, 10, 40, 30]],
    ["over every edge", [-10, 0, 110, 100], [0, 0, 200, 100]],
    ["half above", [10, 15, 20, 35], [20, 0, 40, 20]],
    ["in the padding above", [10, 5, 20, 25], undefined],
    ["left of everything", [-20, 30, -5, 40], undefined],
    ["inside out", [20, 30, 10, 40], undefined],
    ["no area", [10, 30, 10, 40], undefined],
  ];
  for (const [what, box, wanted] of cases) {
    assert.deepEqual(boxInSource(box, fit, size(200, 100)), wanted, what);
  }
});

Deno.test("a classifier's picture is scaled by its short side and cut out of the middle", () => {
  const crop = input({ width: 224, height: 224, fit: "center_crop", resize: 256 });
  const cases: [source: Size, scaled: Size, padX: number, padY: number][] = [
    [size(1280, 720), size(455, 256), -116, -16], // (455 - 224) / 2 = 115.5 → 116, as Python rounds
    [size(720, 1280), size(256, 455), -16, -116],
    [size(256, 256), size(256, 256), -16, -16],
    [size(100, 100), size(256, 256), -16, -16],
  ];
  for (const [source, scaled, padX, padY] of cases) {
    const fit = fitInto(source, crop);
    assert.deepEqual([fit.scaled, fit.padX, fit.padY], [scaled, padX, padY]);
    assert.deepEqual(fit.tensor, size(224, 224));
  }
});

Deno.test("a picture goes in as it is, padded to whole strides, reduced only where it is too large", () => {
  const any = input({ width: 1280, height: 1280, fit: "as_is", multiple_of: 32 });
  const cases: [source: Size, scaled: Size, tensor: Size][] = [
    [size(640, 360), size(640, 360), size(640, 384)],
    [size(1280, 704), size(1280, 704), size(1280, 704)],
    [size(2560, 1440), size(1280, 720), size(1280, 736)],
    [size(1, 1), size(1, 1), size(32, 32)],
  ];
  for (const [source, scaled, tensor] of cases) {
    const fit = fitInto(source, any);
    assert.deepEqual([fit.scaled, fit.tensor, fit.padX, fit.padY], [scaled, tensor, 0, 0]);
  }
});
