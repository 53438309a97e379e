/** The keys of a section `[sink:NAME]`. */

import { SINK_KIND_NAMES } from "../../edge/sink/added/kinds.ts";
import { VIDEO_FILES } from "../../edge/sink/added/video/options.ts";
import type { Key } from "./key.ts";
import { choice, listOf, optional, plain, whole } from "./kinds.ts";
import { isPlainName } from "../../core/plain_name.ts";

/** Results that may wait for a sink, if nothing else is said: those of two minutes at 30 frames a second. */
export const SINK_QUEUE = "4096";

/** Every key of such a section. */
export const SINK_KEYS = {
  kind: {
    kind: optional(plain(`one of ${SINK_KIND_NAMES.join(", ")}`)),
    default: "",
    about: `what it is: ${SINK_KIND_NAMES.join(", ")}; empty = NAME, where that is one of them`,
  },
  where: {
    kind: optional(plain("the path of a file")),
    default: "",
    about:
      "path of its file, of video or a directory, of jsonl or - for stdout; empty = in the run's",
  },
  what: {
    kind: optional(listOf(plain("frames, events"))),
    default: "",
    about: "what it is for, of sqlite and jsonl: frames, events; empty = both",
  },
  every: {
    kind: optional(choice(VIDEO_FILES)),
    default: "",
    about: "when video begins another file: run, hour; empty = run",
  },
  height: {
    kind: optional(whole("pixels", 16, 4320)),
    default: "",
    about: "height that video is scaled down to at most; empty = 720",
  },
  crf: {
    kind: optional(whole("x264's constant quality", 0, 51)),
    default: "",
    about: "quality of video, 0 (best) to 51, 6 more is about half the bytes; empty = 23",
  },
  queue: {
    kind: whole("results", 1, 100_000),
    default: SINK_QUEUE,
    about: "results that may wait for it; one more is lost to it while it fails or is slow",
  },
  sources: {
    kind: optional(listOf(plain("names of sources"))),
    default: "",
    about: "sources whose results it is for; empty = all",
  },
} as const satisfies Readonly<Record<string, Key>>;

/** What is wanted instead of a name that no sink can have. */
export function insteadOfSinkName(name: string): string | undefined {
  return isPlainName(name)
    ? undefined
    : "a name of up to 64 letters, digits, - _ and ., such as [sink:archive]";
}
