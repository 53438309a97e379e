import assert from "node:assert/strict";
import { pickIndex, seededRng } from "../../core/rng.ts";
import { ToneCurve } from "./tone_curve.ts";

const rng = seededRng(3);
/** Every level there is, in no order. */
const BEFORE = Uint8Array.from({ length: 20_000 }, () => pickIndex(rng, 256));

function curveTo(now: Uint8Array): number[] {
  return [...new ToneCurve(8).between(now, BEFORE)].map((fine) => fine / 8);
}

Deno.test("a curve is as the light has changed: more of it, or another zero", () => {
  const brighter = curveTo(BEFORE.map((level) => Math.min(255, Math.round(1.04 * level) + 3)));
  for (const level of [20, 60, 120, 200, 230]) {
    assert.ok(Math.abs(brighter[level]! - (1.04 * level + 3)) < 1, `${level}: ${brighter[level]}`);
  }
  const same = curveTo(BEFORE);
  assert.ok(same.every((to, level) => Math.abs(to - level) <= 0.5), `${same}`);
});

Deno.test("what moves is no light: neither a few pixels, nor all there are of one brightness", () => {
  const some = BEFORE.map((level, at) => at % 5 === 0 ? 255 - level : level);
  assert.ok(curveTo(some).every((to, level) => Math.abs(to - level) <= 1));
  const dark = BEFORE.map((level) => level < 16 ? 150 : level); // the one dark thing went away
  assert.ok(curveTo(dark)[8]! <= 8 + 16.5, "what is told of it is bounded");
});

Deno.test("the light as a whole is the median change", () => {
  const tone = new ToneCurve(1);
  tone.between(BEFORE.map((level) => Math.min(255, level + 20)), BEFORE);
  assert.ok(Math.abs(tone.overall - 20) < 0.6, `${tone.overall}`);
});
