import assert from "node:assert/strict";
import { input } from "../tests/fakes/models.ts";
import { pixels, plain } from "../tests/fakes/pictures.ts";
import { fitInto } from "./fit.ts";
import { TensorWriter } from "./tensor.ts";

const SIDE = 16;
const PLANE = SIDE * SIDE;
const square = (said: Parameters<typeof input>[0]) => input({ width: SIDE, height: SIDE, ...said });

/** The values of the three planes at one place. */
const planesAt = ({ data }: TensorWriter, [x, y]: readonly [number, number]) =>
  [0, 1, 2].map((plane) => data[plane * PLANE + y * SIDE + x]);

Deno.test("planes come in the model's colour order, normalised by its mean and std", () => {
  const cases: [said: Parameters<typeof input>[0], wanted: number[]][] = [
    [{ color: "rgb" }, [200, 100, 50]],
    [{ color: "bgr" }, [50, 100, 200]],
    [{ color: "rgb", mean: [100, 50, 25], std: [50, 25, 12.5] }, [2, 2, 2]],
    [{ color: "bgr", mean: [0, 50, 100], std: [1, 2, 4] }, [50, 25, 25]],
  ];
  for (const [said, wanted] of cases) {
    const writer = new TensorWriter(square(said));
    const picture = plain(SIDE, SIDE, [200, 100, 50]);
    writer.write(picture, fitInto(picture, square(said)));
    assert.deepEqual(planesAt(writer, [3, 5]), wanted, JSON.stringify(said));
  }
});

Deno.test("rows and columns stay where they are", () => {
  const writer = new TensorWriter(square({}));
  const picture = pixels({ width: SIDE, height: SIDE }, (x, y) => [x, y, 16 * y + x]);
  writer.write(picture, fitInto(picture, square({})));
  for (const [x, y] of [[0, 0], [15, 0], [0, 15], [7, 3]] as const) {
    assert.deepEqual(planesAt(writer, [x, y]), [x, y, 16 * y + x]);
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
    const writer = new TensorWriter(said);
    const full = plain(SIDE, SIDE, [255, 255, 255]);
    writer.write(full, fitInto(full, said));
    const wide = plain(SIDE, SIDE / 2, [34, 34, 34]);
    writer.write(wide, fitInto({ width: 64, height: 32 }, said));
    assert.deepEqual(planesAt(writer, picture), [10, 5, 4], `${fit}: the picture`);
    assert.deepEqual(planesAt(writer, padding), [50, 25, 20], `${fit}: the padding`);
  }
});
