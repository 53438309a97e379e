import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";

import { SmarteyeError } from "../../../core/errors.ts";
import { parseSynthetic, SYNTHETIC_DEFAULTS, SyntheticSource } from "./source.ts";

const ACCEPTED: readonly [string, Partial<typeof SYNTHETIC_DEFAULTS>][] = [
  ["synthetic:", {}],
  ["synthetic:?", {}],
  ["synthetic:?seed=12", { seed: 12 }],
  ["synthetic:?fps=29.97&frames=1", { fps: 29.97, frames: 1 }],
  [
    "synthetic:?width=1920&height=1080&fps=30&frames=900&seed=0",
    { width: 1920, height: 1080, fps: 30, frames: 900, seed: 0 },
  ],
];
for (const [name, expected] of ACCEPTED) {
  Deno.test(`parseSynthetic: "${name}"`, () => {
    deepStrictEqual(parseSynthetic(name), { ...SYNTHETIC_DEFAULTS, ...expected });
  });
}

const REFUSED: readonly [string, RegExp][] = [
  ["synthetic", /it is not of this form, "synthetic:" or/],
  ["synthetic:seed=1", /it is not of this form/],
  ["synthetic:?speed=2", /there is no option "speed", the options are width, height/],
  ["synthetic:?toString=2", /there is no option "toString"/],
  ["synthetic:?seed=1&seed=2", /seed is given twice/],
  ["synthetic:?width=", /width is "", a whole number from 64 to 3840 is wanted/],
  ["synthetic:?width=63", /width is "63", a whole number from 64 to 3840/],
  ["synthetic:?width=99999", /width is "99999"/],
  ["synthetic:?height=360.5", /height is "360.5"/],
  ["synthetic:?fps=1e2", /fps is "1e2", a number from 1 to 120/],
  ["synthetic:?fps=0", /fps is "0"/],
  ["synthetic:?frames=0", /frames is "0"/],
  ["synthetic:?seed=-1", /seed is "-1"/],
];
for (const [name, message] of REFUSED) {
  Deno.test(`parseSynthetic: refuses "${name}"`, () => {
    throws(
      () => parseSynthetic(name),
      (error) =>
        error instanceof SmarteyeError && error.code === "invalid_argument" &&
        message.test(error.message),
    );
  });
}

Deno.test("SyntheticSource: gives as many pictures as it says, each with its time", async () => {
  const source = await SyntheticSource.open("synthetic:?width=160&height=90&fps=8&frames=5");
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

Deno.test("SyntheticSource: stops when it is told to", async () => {
  const source = await SyntheticSource.open("synthetic:?width=64&height=64&frames=100");
  const stop = new AbortController();
  let taken = 0;
  for await (const picture of source.pictures(stop.signal)) {
    picture.close();
    if (++taken === 3) stop.abort();
  }
  strictEqual(taken, 3);
  await source.close();
});
