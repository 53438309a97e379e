import { deepStrictEqual, throws } from "node:assert/strict";

import { SmarteyeError } from "../core/errors.ts";
import { parseStreet, STREET_DEFAULTS } from "./options.ts";

const ACCEPTED: readonly [string, Partial<typeof STREET_DEFAULTS>][] = [
  ["synthetic:", {}],
  ["synthetic:?", {}],
  ["synthetic:?seed=12", { seed: 12 }],
  ["synthetic:?traffic=0.25", { traffic: 0.25 }],
  ["synthetic:?fps=29.97&frames=1", { fps: 29.97, frames: 1 }],
  [
    "synthetic:?width=1920&height=1080&fps=30&frames=900&seed=0",
    { width: 1920, height: 1080, fps: 30, frames: 900, seed: 0 },
  ],
];
for (const [name, expected] of ACCEPTED) {
  Deno.test(`parseStreet: "${name}"`, () => {
    deepStrictEqual(parseStreet(name), { ...STREET_DEFAULTS, ...expected });
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
  ["synthetic:?traffic=1.1", /traffic is "1.1", a number from 0 to 1 is wanted/],
  ["synthetic:?seed=-1", /seed is "-1"/],
];
for (const [name, message] of REFUSED) {
  Deno.test(`parseStreet: refuses "${name}"`, () => {
    throws(
      () => parseStreet(name),
      (error) =>
        error instanceof SmarteyeError && error.code === "invalid_argument" &&
        message.test(error.message),
    );
  });
}
