/** The keys of `[retention]`: how long and how much of an edge's results is kept. */

import type { Key } from "./key.ts";
import { optional } from "./kinds.ts";
import { diskBytes, keptFree, timeSpan } from "./retention_kinds.ts";

/** Keys of `[retention]`. */
export const RETENTION_KEYS = {
  age: {
    kind: optional(timeSpan()),
    default: "",
    about: "what is older is deleted: 36h, 30d; empty = nothing is for its age",
  },
  size: {
    kind: optional(diskBytes()),
    default: "",
    about: "bytes that all results may have, 500M, 20G: the oldest go first; empty = any number",
  },
  events_age: {
    kind: optional(timeSpan()),
    default: "",
    about: "younger events, their pictures and clips are kept longer: 90d; empty = as all else",
  },
  keep_free: {
    kind: keptFree(),
    default: "auto",
    about: "room of a disk that pictures and video leave free: auto, none, 2G or 5%",
  },
  check: {
    kind: timeSpan(),
    default: "1m",
    about: "time between two looks at what there is: 30s, 1m, 1h",
  },
} as const satisfies Readonly<Record<string, Key>>;
