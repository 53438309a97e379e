import assert from "node:assert/strict";
import { type NumberRange, readNumber, wantedNumber } from "./number.ts";

const WHOLE: NumberRange = { min: 0, max: 100, isWhole: true };
const SECONDS: NumberRange = { min: 0, max: 3600, isAboveMin: true };
const SHARE: NumberRange = { min: 0, max: 1 };

const CASES: readonly [text: string, range: NumberRange, read: number | undefined][] = [
  ["0", WHOLE, 0],
  ["+7", WHOLE, 7],
  ["007", WHOLE, 7],
  ["100", WHOLE, 100],
  ["101", WHOLE, undefined],
  ["-1", WHOLE, undefined],
  ["1.0", WHOLE, undefined],
  ["1e1", WHOLE, undefined],
  ["0x1", WHOLE, undefined],
  ["", WHOLE, undefined],
  [" 1", WHOLE, undefined],
  ["0", SECONDS, undefined],
  ["0.0001", SECONDS, 0.0001],
  ["3600", SECONDS, 3600],
  ["3600.5", SECONDS, undefined],
  [".25", SHARE, 0.25],
  ["1.", SHARE, 1],
  ["0", SHARE, 0],
  [".", SHARE, undefined],
  ["NaN", SHARE, undefined],
  ["Infinity", { min: 0, max: Infinity }, undefined],
];

for (const [text, range, read] of CASES) {
  Deno.test(`"${text}" as ${wantedNumber(range)}`, () => {
    assert.equal(readNumber(text, range), read);
  });
}

Deno.test("what is wanted is said with its unit", () => {
  assert.equal(wantedNumber(WHOLE, "frames"), "a whole number of frames from 0 to 100");
  assert.equal(wantedNumber(SECONDS, "seconds"), "a number of seconds above 0, at most 3600");
  assert.equal(wantedNumber(SHARE), "a number from 0 to 1");
});
