import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { Canvas } from "./canvas.ts";
import type { Sprite } from "./sprite.ts";

/** A filled square with its anchor at its upper left corner. */
function square(side: number, colour: readonly [number, number, number], alpha = 255): Sprite {
  const data = new Uint8Array(side * side * 4);
  const premultiplied = colour.map((level) => Math.round(level * alpha / 255));
  for (let i = 0; i < data.length; i += 4) data.set([...premultiplied, alpha], i);
  return {
    width: side,
    height: side,
    left: 0,
    top: 0,
    data,
    solid: alpha >= 128 ? side * side : 0,
  };
}

function canvas(width = 20, height = 10): Canvas {
  return new Canvas({ width, height, data: new Uint8Array(width * height * 3).fill(100) });
}

function pixel({ pixels }: Canvas, x: number, y: number): number[] {
  const at = (y * pixels.width + x) * 3;
  return [...pixels.data.subarray(at, at + 3)];
}

Deno.test("Canvas: an opaque sprite replaces what is behind it, and nothing else", () => {
  const target = canvas();
  target.put(square(4, [200, 40, 0]), 3, 2, 1);
  deepStrictEqual(pixel(target, 3, 2), [200, 40, 0]);
  deepStrictEqual(pixel(target, 6, 5), [200, 40, 0]);
  deepStrictEqual(pixel(target, 7, 5), [100, 100, 100]);
  deepStrictEqual(pixel(target, 2, 2), [100, 100, 100]);
  deepStrictEqual(target.seen(square(4, [0, 0, 0]), 3, 2, 1), { share: 1, box: [3, 2, 7, 6] });
});

Deno.test("Canvas: a half transparent sprite lets what is behind it through", () => {
  const target = canvas();
  target.put(square(4, [200, 200, 200], 128), 0, 0, undefined);
  const [level] = pixel(target, 1, 1);
  ok(Math.abs(level! - 150) <= 1, `${level}`);
});

Deno.test("Canvas: a place between two pixels shares the sprite's edge among them", () => {
  const target = canvas();
  target.put(square(4, [200, 200, 200]), 3.25, 0, 1);
  const levels = [2, 3, 4, 6, 7, 8].map((x) => pixel(target, x, 0)[0]);
  deepStrictEqual(levels, [100, 175, 200, 200, 125, 100]);
  deepStrictEqual(target.seen(square(4, [0, 0, 0]), 3.25, 0, 1)?.box, [3, 0, 7, 4]);
});

const VISIBILITY: readonly [string, x: number, share: number, box: number[] | undefined][] = [
  ["whole", 5, 1, [5, 2, 9, 6]],
  ["half beyond the left edge", -2, 0.5, [0, 2, 2, 6]],
  ["three quarters beyond the right edge", 19, 0.25, [19, 2, 20, 6]],
  ["outside", 40, 0, undefined],
];
for (const [name, x, share, box] of VISIBILITY) {
  Deno.test(`Canvas: what is seen of a sprite that is ${name}`, () => {
    const target = canvas();
    const sprite = square(4, [9, 9, 9]);
    target.put(sprite, x, 2, 7);
    deepStrictEqual(target.seen(sprite, x, 2, 7), box && { share, box });
  });
}

Deno.test("Canvas: what is hidden behind a later sprite is not seen, what a shadow covers is", () => {
  const target = canvas();
  const sprite = square(4, [9, 9, 9]);
  target.put(sprite, 5, 2, 1);
  target.put(square(6, [0, 0, 0]), 4, 2, undefined);
  strictEqual(target.seen(sprite, 5, 2, 1)?.share, 1);
  target.put(sprite, 8, 2, 2);
  deepStrictEqual(target.seen(sprite, 5, 2, 1), { share: 0.75, box: [5, 2, 8, 6] });
  target.put(square(9, [0, 0, 0]), 4, 0, 3);
  strictEqual(target.seen(sprite, 5, 2, 1), undefined);
});
