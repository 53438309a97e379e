/** The keys of a section `[zone:NAME]`. */

import { ANCHORS } from "../../edge/zones/options.ts";
import type { Key } from "./key.ts";
import { choice, listOf, number, optional, plain, readBy } from "./kinds.ts";
import { LINE_FORM, POLYGON_FORM, readLine, readPolygon } from "../../edge/zones/points.ts";
import { isPlainName } from "../../core/plain_name.ts";

/** Every key of such a section. */
export const ZONE_KEYS = {
  polygon: {
    kind: optional(readBy(readPolygon, POLYGON_FORM)),
    default: "",
    about: "corners of an area in shares of the frame: 0.1,0.9 0.4,0.3 0.8,0.9",
  },
  line: {
    kind: optional(readBy(readLine, LINE_FORM)),
    default: "",
    about: "a line that is crossed: from its left, seen from its first point, to its right is in",
  },
  classes: {
    kind: optional(listOf(plain("labels of models"))),
    default: "",
    about: "labels that it is meant for, such as person, car; empty = all",
  },
  dwell: {
    kind: number({ min: 0, max: 86_400 }, "seconds"),
    default: "0",
    about: "seconds in the area after which something loiters; 0 = nothing does",
  },
  anchor: {
    kind: choice(ANCHORS),
    default: "bottom",
    about: "which point of a box counts: bottom = the middle of its lower edge, or center",
  },
  source: {
    kind: optional(listOf(plain("names of sources"))),
    default: "",
    about: "sources that it is of; empty = all",
  },
} as const satisfies Readonly<Record<string, Key>>;

/** What is wanted instead of a name that no zone can have. */
export function insteadOfZoneName(name: string): string | undefined {
  return isPlainName(name)
    ? undefined
    : "a name of up to 64 letters, digits, - _ and ., such as [zone:gate]";
}
