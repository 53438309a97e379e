import { deepStrictEqual, notDeepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";

import { SmarteyeError } from "../core/errors.ts";
import { CLASS_IDS } from "./look.ts";
import type { SceneOptions } from "./options.ts";
import { type SceneFrame, StreetScene } from "./scene.ts";

const OPTIONS: SceneOptions = { width: 320, height: 180, fps: 25, seed: 7 };

function checkTruth({ pixels, truth }: SceneFrame): void {
  strictEqual(pixels.data.length, pixels.width * pixels.height * 3);
  for (const { label, class_id, box: [x1, y1, x2, y2] } of truth) {
    strictEqual(class_id, CLASS_IDS[label]);
    ok(0 <= x1 && x1 < x2 && x2 <= pixels.width, `${label} ${x1} ${x2}`);
    ok(0 <= y1 && y1 < y2 && y2 <= pixels.height, `${label} ${y1} ${y2}`);
  }
}

Deno.test("StreetScene: the same seed and index give the same bytes, in any order", async () => {
  const scene = await StreetScene.create(OPTIONS);
  const frame = await scene.render(90);
  await scene.render(3);
  deepStrictEqual(await scene.render(90), frame);
  const [again] = await Promise.all([
    (await StreetScene.create(OPTIONS)).render(90),
    scene.render(91),
  ]);
  deepStrictEqual(again, frame);
  notDeepStrictEqual((await scene.render(91)).pixels, frame.pixels);
});

Deno.test("StreetScene: another seed is another street", async () => {
  const [a, b] = await Promise.all(
    [7, 8].map(async (seed) => await (await StreetScene.create({ ...OPTIONS, seed })).render(0)),
  );
  notDeepStrictEqual(a!.pixels, b!.pixels);
  notDeepStrictEqual(a!.truth, b!.truth);
});

Deno.test("StreetScene: the frame rate changes when frames are, not what happens", async () => {
  const slow = await StreetScene.create({ ...OPTIONS, fps: 10 });
  const fast = await StreetScene.create({ ...OPTIONS, fps: 20 });
  deepStrictEqual((await slow.render(30)).truth, (await fast.render(60)).truth);
});

Deno.test("StreetScene: a thing keeps its name, and nobody else has it", async () => {
  const scene = await StreetScene.create(OPTIONS);
  const middles = new Map<string, number>();
  let met = 0;
  for (let index = 0; index < 100; index += 2) {
    const { truth } = await scene.render(index);
    deepStrictEqual(new Set(truth.map(({ thing }) => thing)).size, truth.length);
    for (const { thing, box } of truth) {
      const middle = (box[0] + box[2]) / 2;
      const before = middles.get(thing);
      if (before !== undefined) {
        met++;
        // What comes out from behind something is seen to jump; the next one of a lane is far off.
        ok(Math.abs(middle - before) < 60, `${thing} goes from ${before} to ${middle}`);
      }
      middles.set(thing, middle);
    }
  }
  ok(met > 100, `${met} times a thing was seen again`);
});

for (const [width, height] of [[64, 64], [641, 359], [1280, 200], [200, 640]] as const) {
  Deno.test(`StreetScene: renders ${width}×${height} with truth inside the frame`, async () => {
    const scene = await StreetScene.create({ ...OPTIONS, width, height });
    for (const index of [0, 200]) {
      const frame = await scene.render(index);
      deepStrictEqual([frame.pixels.width, frame.pixels.height], [width, height]);
      checkTruth(frame);
    }
  });
}

Deno.test("StreetScene: a street is busy, with people and cars", async () => {
  const scene = await StreetScene.create(OPTIONS);
  const labels: string[] = [];
  for (let index = 0; index < 1000; index += 100) {
    const frame = await scene.render(index);
    checkTruth(frame);
    labels.push(...frame.truth.map(({ label }) => label));
  }
  const perFrame = labels.length / 10;
  ok(perFrame >= 4 && perFrame <= 10, `${perFrame} objects a frame`);
  ok(labels.includes("person") && labels.includes("car"));
});

Deno.test("StreetScene: traffic is a share of those who are there, and those are where they were", async () => {
  const [all, none, half] = await Promise.all(
    [undefined, 0, 0.5].map(async (traffic) => {
      const options = traffic === undefined ? OPTIONS : { ...OPTIONS, traffic };
      return await (await StreetScene.create(options)).render(200);
    }),
  );
  deepStrictEqual(await (await StreetScene.create({ ...OPTIONS, traffic: 1 })).render(200), all);
  deepStrictEqual(none!.truth, []);
  ok(half!.truth.length > 0 && half!.truth.length < all!.truth.length, `${half!.truth.length}`);
  await rejects(StreetScene.create({ ...OPTIONS, traffic: -1 }), /traffic "-1": a number from 0/);
});

Deno.test("StreetScene: a box bounds the pixels that a moving thing changes", async () => {
  const scene = await StreetScene.create(OPTIONS);
  // Between two frames, what differs beyond noise lies in or near the boxes of one of the two.
  const [a, b] = [await scene.render(60), await scene.render(64)];
  const inside = (x: number, y: number) =>
    [...a.truth, ...b.truth].some(({ box: [x1, y1, x2, y2] }) =>
      x >= x1 - 3 && x < x2 + 3 && y >= y1 - 3 && y < y2 + 6
    );
  let [within, outside] = [0, 0];
  for (let y = 0, i = 0; y < OPTIONS.height; y++) {
    for (let x = 0; x < OPTIONS.width; x++, i += 3) {
      if (Math.abs(a.pixels.data[i]! - b.pixels.data[i]!) < 40) continue;
      if (inside(x, y)) within++;
      else outside++;
    }
  }
  ok(within > 300, `${within} pixels changed in the boxes`);
  ok(outside < within * 0.03, `${outside} changed outside, ${within} within`);
});

const REFUSED: readonly [keyof SceneOptions, number][] = [
  ["width", 63],
  ["width", 640.5],
  ["height", 2161],
  ["height", NaN],
  ["fps", 0],
  ["fps", 121],
  ["seed", -1],
  ["seed", 0.5],
];
for (const [name, value] of REFUSED) {
  Deno.test(`StreetScene: refuses ${name} ${value}`, async () => {
    await rejects(
      StreetScene.create({ ...OPTIONS, [name]: value }),
      (error) =>
        error instanceof SmarteyeError && error.code === "invalid_argument" &&
        error.message.includes(`${name} "${value}"`),
    );
  });
}
