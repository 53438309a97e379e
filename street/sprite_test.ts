import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";

import { createCar } from "./car.ts";
import { Sketch } from "./sketch.ts";
import { rasterise, type Sprite, SpriteCache } from "./sprite.ts";
import { rngFor } from "./variation.ts";

Deno.test("rasterise: the bounds are those of what is drawn, whatever extent was announced", async () => {
  const drawing = new Sketch().rect(10, -40, 30, 40, { fill: "#ff0000" })
    .done({ left: -80, top: -90, right: 80, bottom: 10 });
  const right = await rasterise(drawing, 0.5, 1);
  deepStrictEqual([right.left, right.top, right.width, right.height], [5, -20, 15, 20]);
  strictEqual(right.solid, 15 * 20);
  deepStrictEqual([...right.data.subarray(0, 4)], [255, 0, 0, 255]);
  const left = await rasterise(drawing, 0.5, -1);
  deepStrictEqual([left.left, left.top, left.width, left.height], [-20, -20, 15, 20]);
});

Deno.test("rasterise: nothing drawn is an empty sprite", async () => {
  const sprite = await rasterise(
    new Sketch().done({ left: 0, top: 0, right: 9, bottom: 9 }),
    1,
    1,
  );
  deepStrictEqual([sprite.width, sprite.height, sprite.solid], [0, 0, 0]);
});

Deno.test("rasterise: a car is as long as its body and stands on the ground", async () => {
  const car = createCar("car", rngFor(1));
  const sprite = await rasterise(car.layers[0]!.draw(0), 0.5, 1);
  ok(Math.abs(sprite.width - car.lengthCm * 0.5) < 6, `${sprite.width} ${car.lengthCm}`);
  ok(Math.abs(sprite.top + sprite.height) <= 2);
});

function sprite(bytes: number): Sprite {
  return { width: bytes / 4, height: 1, left: 0, top: 0, data: new Uint8Array(bytes), solid: 0 };
}

Deno.test("SpriteCache: draws each key once, and drops the one longest unused beyond its bound", async () => {
  const cache = new SpriteCache(1000);
  const drawn: string[] = [];
  const get = (key: string) =>
    cache.get(key, () => {
      drawn.push(key);
      return Promise.resolve(sprite(400));
    });
  await Promise.all([get("a"), get("a")]);
  await get("b");
  await get("a");
  await get("c");
  strictEqual(cache.bytes, 800);
  await get("a");
  deepStrictEqual(drawn, ["a", "b", "c"]);
  await get("b");
  deepStrictEqual(drawn, ["a", "b", "c", "b"]);
});

Deno.test("SpriteCache: what failed is drawn again", async () => {
  const cache = new SpriteCache(1000);
  await rejects(cache.get("a", () => Promise.reject(new Error("no"))), /no/);
  strictEqual((await cache.get("a", () => Promise.resolve(sprite(8)))).data.length, 8);
});
