/** The keys of a section `[source:NAME]`, each with the setting that counts where it is not given. */

import { isPlainName } from "../../core/plain_name.ts";
import type { Key } from "./key.ts";
import { listOf, optional, plain } from "./kinds.ts";
import { CONFIG } from "./schema.ts";

const EDGE = "edge-setting";

/** What of a source may differ from the others → the setting of all. */
export const FALLS_TO = {
  file: [EDGE, "source"],
  interval: [EDGE, "interval"],
  frames: [EDGE, "frames"],
  policy: [EDGE, "control_policy"],
  overflow: [EDGE, "overflow"],
  live: [EDGE, "live"],
  realtime: [EDGE, "realtime"],
  loop: [EDGE, "loop"],
  reconnect: [EDGE, "reconnect"],
  stall_ms: [EDGE, "stall_ms"],
  transport: [EDGE, "transport"],
  hwaccel: [EDGE, "hwaccel"],
  camera_size: [EDGE, "camera_size"],
  camera_fps: [EDGE, "camera_fps"],
  track: [EDGE, "track"],
  filter: ["filter", "use"],
  mask: ["filter", "mask"],
  images: ["results", "images"],
  events: ["results", "events"],
} as const;

/** A key of a source that counts for all where the source's section does not give it. */
export type SourceKey = keyof typeof FALLS_TO;

/** The directory of one source alone. */
const OUTPUT: Key<string | undefined> = {
  kind: optional(plain("the path of a directory")),
  default: "",
  about: "directory for the results of this source",
};

/** Zones and lines of one source alone. */
const ZONES: Key<readonly string[] | undefined> = {
  kind: optional(listOf(plain("names of sections [zone:NAME]"))),
  default: "",
  about: "zones and lines of this source; empty = those that mean it or every source",
};

/** Every key of such a section. Empty means: not given. */
export const SOURCE_KEYS: Readonly<Record<string, Key>> = {
  ...Object.fromEntries(
    Object.entries(FALLS_TO).map(([name, [section, key]]) => {
      const table: Readonly<Record<string, Key | { readonly numbered: true }>> = CONFIG[section];
      const { kind, about } = table[key] as Key;
      return [name, { kind: optional(kind), default: "", about }];
    }),
  ),
  output: OUTPUT,
  zones: ZONES,
};

/** What is wanted instead of a name that a directory cannot have everywhere. */
export function insteadOfName(name: string): string | undefined {
  return isPlainName(name) ? undefined : "a name that a directory may have: " +
    "up to 64 letters, digits, - _ and ., such as [source:door]";
}
