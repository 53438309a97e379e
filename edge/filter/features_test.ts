import assert from "node:assert/strict";
import { areaChange, edgeChange, featuresOf, LOOKED_AT, pixelChange } from "./features.ts";

const PIXELS = LOOKED_AT.width * LOOKED_AT.height;
const flat = (level: number) => new Uint8Array(PIXELS).fill(level);

Deno.test("all that is another tells how much it is, by mean, by edges and by area", () => {
  const half = flat(100).fill(151, 0, PIXELS / 2);
  assert.ok(Math.abs(pixelChange(half, flat(100)) - 0.1) < 1e-9);
  assert.equal(areaChange(half, flat(100)), 0.5);
  assert.ok(edgeChange(half, flat(100), LOOKED_AT) > 0);
  assert.equal(edgeChange(flat(9), flat(100), LOOKED_AT), 0, "there is no edge in either");
  const little = flat(100).fill(121);
  assert.deepEqual([areaChange(little, flat(100)), areaChange(flat(122), flat(100))], [0, 1]);
});

Deno.test("the first frame differs from nothing", () => {
  const { difference, area, edges } = featuresOf(flat(7).fill(99, 0, 640));
  assert.deepEqual([difference, area], [0, 0]);
  assert.ok(edges > 0);
});
