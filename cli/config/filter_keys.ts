/** The keys of `[filter]`: what keeps frames back in which nothing happens. */

import type { Key } from "./key.ts";
import { number, optional, plain, polygons, positive } from "./kinds.ts";

/** What holds for every source that has nothing of its own. */
export const FILTER_KEYS = {
  use: {
    kind: plain("none, motion or the path of a file that smarteye filter learn wrote"),
    default: "none",
    about:
      "what need not be inferred: none, motion = frames without any, or a file that was learned",
  },
  mask: {
    kind: optional(polygons()),
    default: "",
    about: "where movement does not count: polygons as shares of the frame, 0,0 0.3,0 0.3,0.1",
  },
  refresh_s: {
    kind: positive("seconds", 86_400),
    default: "60",
    about: "seconds after which a frame is inferred though nothing moves",
  },
  sensitivity: {
    kind: number({ min: 0.1, max: 10 }),
    default: "1",
    about: "how weak a change may be to be noticed: 2 = half as strong a one is, 0.5 = only twice",
  },
} as const satisfies Readonly<Record<string, Key>>;
