import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { StreetSource } from "./street.ts";

Deno.test("StreetSource: gives as many pictures as it says, each with its time", async () => {
  const source = await StreetSource.open("synthetic:?width=160&height=90&fps=8&frames=5");
  strictEqual(source.live, false);
  deepStrictEqual([source.frameCount, source.fps], [5, 8]);
  ok(source.description.includes("160×90"));
  const times: number[] = [];
  for await (const picture of source.pictures(new AbortController().signal)) {
    times.push(picture.ptsMs);
    const { width, height, data } = await picture.rgb();
    deepStrictEqual([width, height, data.length], [160, 90, 160 * 90 * 3]);
    picture.close();
  }
  deepStrictEqual(times, [0, 125, 250, 375, 500]);
  await source.close();
});

Deno.test("StreetSource: stops when it is told to", async () => {
  const source = await StreetSource.open("synthetic:?width=64&height=64&frames=100");
  const stop = new AbortController();
  let taken = 0;
  for await (const picture of source.pictures(stop.signal)) {
    picture.close();
    if (++taken === 3) stop.abort();
  }
  strictEqual(taken, 3);
  await source.close();
});
