/** The keys of a section `[sink:NAME]`. */

import { SINK_KIND_NAMES } from "../../edge/sink/added/kinds.ts";
import type { Key } from "./key.ts";
import { isPlainName } from "../../core/plain_name.ts";
import { listOf, optional, plain, whole } from "./kinds.ts";
import { ALL_OWN_KEYS } from "./sink_own_keys.ts";

/** Results that may wait for a sink, if nothing else is said: those of two minutes at 30 frames a second. */
export const SINK_QUEUE = "4096";

/** Keys of every kind. */
export const COMMON_SINK_KEYS = {
  kind: {
    kind: optional(plain(`one of ${SINK_KIND_NAMES.join(", ")}`)),
    default: "",
    about: `what it is: ${SINK_KIND_NAMES.join(", ")}; empty = NAME, where that is one of them`,
  },
  where: {
    kind: optional(plain("the path of a file, or an address")),
    default: "",
    about:
      "path of its file, of images a directory, of video either, of jsonl or - for stdout; of mqtt, " +
      "webhook and nats an address; empty = in the run's",
  },
  what: {
    kind: optional(listOf(plain("frames, events"))),
    default: "",
    about:
      "what it is for, of sqlite and jsonl: frames, events; of webhook and nats: open, update, " +
      "close, alerts, clips, zones, lines, source, of nats also frames; empty = what is usual",
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

/** Every key of such a section. */
export const SINK_KEYS: Readonly<Record<string, Key>> = { ...COMMON_SINK_KEYS, ...ALL_OWN_KEYS };

/** What is wanted instead of a name that no sink can have. */
export function insteadOfSinkName(name: string): string | undefined {
  return isPlainName(name)
    ? undefined
    : "a name of up to 64 letters, digits, - _ and ., such as [sink:archive]";
}
