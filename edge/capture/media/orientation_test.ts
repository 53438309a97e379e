import assert from "node:assert/strict";
import { isUpright, type Orientation, orientationOf, turned, turnedSize } from "./orientation.ts";

/** A display matrix with these four numbers, in whole turns. */
function matrix(a: number, b: number, c: number, d: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(36));
  for (const [at, value] of [[0, a], [4, b], [12, c], [16, d]] as const) {
    view.setInt32(at, Math.round(value * 65536), true);
  }
  return new Uint8Array(view.buffer);
}

/** Letters of a picture as pixels of three bytes each. */
function pixels(rows: readonly string[]) {
  const [first] = rows;
  const bytes = [...rows.join("")].flatMap((letter) => Array(3).fill(letter.charCodeAt(0)));
  return { width: first!.length, height: rows.length, data: new Uint8Array(bytes) };
}

function rowsOf({ width, data }: { readonly width: number; readonly data: Uint8Array }): string[] {
  const letters = String.fromCharCode(...data.filter((_, i) => i % 3 === 0));
  return letters.match(new RegExp(`.{${width}}`, "g"))!;
}

const STORED = ["abc", "def"];

/** Each of the eight, as FFmpeg's own tools show it. */
const CASES: readonly [what: string, matrix: Uint8Array, shown: readonly string[]][] = [
  ["as it is", matrix(1, 0, 0, 1), ["abc", "def"]],
  ["a quarter to the right", matrix(0, 1, -1, 0), ["da", "eb", "fc"]],
  ["upside down", matrix(-1, 0, 0, -1), ["fed", "cba"]],
  ["a quarter to the left", matrix(0, -1, 1, 0), ["cf", "be", "ad"]],
  ["mirrored", matrix(-1, 0, 0, 1), ["cba", "fed"]],
  ["mirrored and upside down", matrix(1, 0, 0, -1), ["def", "abc"]],
  ["transposed", matrix(0, 1, 1, 0), ["ad", "be", "cf"]],
  ["transposed the other way", matrix(0, -1, -1, 0), ["fc", "eb", "da"]],
  ["nearly upright", matrix(0.98, 0.17, -0.17, 0.98), ["abc", "def"]],
  ["stretched", matrix(2, 0, 0, 2), ["abc", "def"]],
];

for (const [what, asked, shown] of CASES) {
  Deno.test(`a picture is shown ${what}`, () => {
    const orientation = orientationOf(asked);
    const picture = turned(pixels(STORED), orientation);
    assert.deepEqual(rowsOf(picture), shown);
    assert.deepEqual(
      turnedSize({ width: 3, height: 2 }, orientation),
      { width: picture.width, height: picture.height },
    );
  });
}

Deno.test("without a matrix, or with half of one, nothing is turned", () => {
  for (const asked of [null, undefined, new Uint8Array(20)]) {
    const orientation: Orientation = orientationOf(asked);
    assert.ok(isUpright(orientation));
    const picture = pixels(STORED);
    assert.equal(turned(picture, orientation), picture, "nothing is copied");
  }
});
