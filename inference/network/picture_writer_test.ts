import assert from "node:assert/strict";
import { input } from "../../tests/fakes/models.ts";
import { pixels, plain } from "../../tests/fakes/pictures.ts";
import { fitInto } from "./fit.ts";
import { type PictureTensor, PictureWriter } from "./picture_writer.ts";

const SIDE = 16;
const PLANE = SIDE * SIDE;
const square = (said: Parameters<typeof input>[0]) => input({ width: SIDE, height: SIDE, ...said });

/** The values of the three planes at one place. */
const planesAt = ({ data }: PictureTensor, [x, y]: readonly [number, number]) =>
  [0, 1, 2].map((plane) => data[plane * PLANE + y * SIDE + x]);

Deno.test("planes come in the model's colour order, normalised by its mean and std", () => {
  const cases: [said: Parameters<typeof input>[0], wanted: number[]][] = [
    [{ color: "rgb" }, [200, 100, 50]],
    [{ color: "bgr" }, [50, 100, 200]],
    [{ color: "rgb", mean: [100, 50, 25], std: [50, 25, 12.5] }, [2, 2, 2]],
    [{ color: "bgr", mean: [0, 50, 100], std: [1, 2, 4] }, [50, 25, 25]],
  ];
  for (const [said, wanted] of cases) {
    const writer = new PictureWriter(square(said));
    const picture = plain(SIDE, SIDE, [200, 100, 50]);
    const tensor = writer.write([{ pixels: picture, fit: fitInto(picture, square(said)) }]);
    assert.deepEqual(planesAt(tensor, [3, 5]), wanted, JSON.stringify(said));
  }
});

Deno.test("rows and columns stay where they are", () => {
  const writer = new PictureWriter(square({}));
  const picture = pixels({ width: SIDE, height: SIDE }, (x, y) => [x, y, 16 * y + x]);
  const tensor = writer.write([{ pixels: picture, fit: fitInto(picture, square({})) }]);
  for (const [x, y] of [[0, 0], [15, 0], [0, 15], [7, 3]] as const) {
    assert.deepEqual(planesAt(tensor, [x, y]), [x, y, 16 * y + x]);
  }
});

Deno.test("a letterbox is padded with the normalised pad, whatever was there before", () => {
  for (
    const [fit, picture, padding] of [
      ["letterbox_top_left", [0, 0], [0, 8]],
      ["letterbox_center", [0, 4], [0, 3]],
    ] as const
  ) {
    const said = square({ fit, pad: 114, mean: [14, 14, 14], std: [2, 4, 5] });
    const writer = new PictureWriter(said);
    const full = plain(SIDE, SIDE, [255, 255, 255]);
    writer.write([{ pixels: full, fit: fitInto(full, said) }]);
    const wide = plain(SIDE, SIDE / 2, [34, 34, 34]);
    const tensor = writer.write([{ pixels: wide, fit: fitInto({ width: 64, height: 32 }, said) }]);
    assert.deepEqual(planesAt(tensor, picture), [10, 5, 4], `${fit}: the picture`);
    assert.deepEqual(planesAt(tensor, padding), [50, 25, 20], `${fit}: the padding`);
  }
});

Deno.test("a picture is sampled between the nearest pixels, centres at halves, without smoothing", () => {
  const said = square({ color: "rgb" });
  // What OpenCV's resize(…, INTER_LINEAR) makes of a row 0, 10, 20, … at half, a third, and twice its size.
  const cases: [width: number, wanted: number[]][] = [
    [32, [5, 25, 45, 65]],
    [48, [10, 40, 70, 100]],
    [8, [0, 3, 8, 13]],
  ];
  for (const [width, wanted] of cases) {
    const ramp = pixels({ width, height: SIDE }, (x) => [(x * 10) % 256, 7, 9]);
    const writer = new PictureWriter(said);
    const tensor = writer.write([{ pixels: ramp, fit: fitInto(ramp, said) }]);
    assert.deepEqual(wanted.map((_, x) => planesAt(tensor, [x, 3])[0]), wanted, `from ${width}`);
    assert.deepEqual(planesAt(tensor, [15, 15]).slice(1), [7, 9]);
  }
});

Deno.test("pictures of different sizes may follow each other", () => {
  const said = square({ color: "rgb" });
  const writer = new PictureWriter(said);
  for (const [width, height] of [[16, 16], [40, 10], [16, 16], [10, 40]] as const) {
    const picture = pixels({ width, height }, (x, y) => [x < width / 2 ? 200 : 50, y, 0]);
    const tensor = writer.write([{ pixels: picture, fit: fitInto(picture, said) }]);
    assert.equal(planesAt(tensor, [2, 5])[0], 200, `${width}×${height}`);
    assert.equal(planesAt(tensor, [13, 5])[0], 50, `${width}×${height}`);
  }
});

Deno.test("pictures of one tensor lie one after the other, each as it would lie alone", () => {
  const pictures = [[40, 10], [16, 16], [10, 40]].map(([width, height], i) =>
    pixels({ width: width!, height: height! }, (x, y) => [x * 6, y * 6, 80 * i])
  );
  const layouts: Parameters<typeof input>[0][] = [
    { layout: "nchw" },
    { layout: "nhwc", color: "bgr" },
    { layout: "nchw", type: "float16", std: [255, 255, 255] },
    { layout: "nhwc", type: "uint8" },
  ];
  for (const said of layouts) {
    const model = square({ fit: "letterbox_center", pad: 114, ...said });
    const fitted = pictures.map((pixels) => ({ pixels, fit: fitInto(pixels, model) }));
    const alone = fitted.map((one) => [...new PictureWriter(model).write([one]).data]);
    const writer = new PictureWriter(model);
    writer.write([fitted[1]!]); // what was there before does not matter
    const { dims, data, pictures: count } = writer.write(fitted);
    assert.deepEqual([...data], alone.flat(), JSON.stringify(said));
    const shape = said?.layout === "nhwc" ? [SIDE, SIDE, 3] : [3, SIDE, SIDE];
    assert.deepEqual([dims, count], [[3, ...shape], 3]);
  }
});

Deno.test("a tensor may have more places than pictures, and is as small as it is asked to be", () => {
  const writer = new PictureWriter(square({}));
  const picture = plain(SIDE, SIDE, [1, 2, 3]);
  const one = { pixels: picture, fit: fitInto(picture, square({})) };
  const wide = writer.write([one], 4);
  assert.deepEqual(wide.dims, [4, 3, SIDE, SIDE]);
  assert.deepEqual([wide.data.length, wide.pictures], [4 * 3 * PLANE, 1]);
  assert.equal(writer.write([one]).data.length, 3 * PLANE);
});

Deno.test("what a byte cannot hold is rounded and cut, in pictures and in padding", () => {
  const said = square({ type: "uint8", mean: [100, 0, 0], std: [1, 0.5, 2], pad: 7 });
  const model = { ...said, fit: "letterbox_top_left" as const };
  const picture = plain(SIDE, SIDE / 2, [50, 200, 51]);
  const fit = fitInto(picture, model);
  const tensor = new PictureWriter(model).write([{ pixels: picture, fit }]);
  assert.deepEqual(planesAt(tensor, [3, 3]), [0, 255, 26]);
  assert.deepEqual(planesAt(tensor, [3, 12]), [0, 14, 4]);
});
