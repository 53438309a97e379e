/** The keys of `[results]`: where what comes of frames is kept, and what of it. */

import type { Key } from "./key.ts";
import { eventsRule, imagesRule, plain, whole, yesNo } from "./kinds.ts";

/** Keys of `[results]`. */
export const RESULTS_KEYS = {
  directory: {
    kind: plain("the path of a directory"),
    default: "info_system/handled_result",
    about: "directory in which each run makes one named by its start time and what it reads",
  },
  images: {
    kind: imagesRule(),
    default: "all",
    about: "frames that are written with boxes drawn: all, detections, every N or none",
  },
  events: {
    kind: eventsRule(),
    default: "all",
    about: "events of things that are followed: all (with a snapshot each), text or none",
  },
  clip_memory_mb: {
    kind: whole("megabytes", 1, 4096),
    default: "64",
    about: "megabytes of encoded video that are kept of each source for clips of rules",
  },
  overwrite: {
    kind: yesNo(),
    default: "false",
    about: "take results of earlier runs away where they are in the way",
  },
} as const satisfies Readonly<Record<string, Key>>;
