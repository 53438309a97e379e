import assert from "node:assert/strict";
import { scaledToHeight } from "./frame.ts";

Deno.test("a picture is scaled down to a height, in proportion, to even sides, never up", () => {
  const cases: [from: [number, number], heightMax: number, wanted: [number, number]][] = [
    [[1920, 1080], 360, [640, 360]],
    [[1280, 720], 720, [1280, 720]],
    [[641, 361], 1080, [641, 361]],
    [[626, 360], 180, [314, 180]],
    [[640, 352], 99, [180, 100]],
    [[3, 1000], 16, [2, 16]],
    [[1000, 3], 2, [666, 2]],
  ];
  for (const [[width, height], heightMax, [wantedWidth, wantedHeight]] of cases) {
    assert.deepEqual(
      scaledToHeight({ width, height }, heightMax),
      { width: wantedWidth, height: wantedHeight },
      `${width}×${height} to ${heightMax}`,
    );
  }
});
