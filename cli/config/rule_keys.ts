/** The keys of a section `[rule:NAME]`. */

import { HOURS_FORM, readHours } from "../../edge/rules/hours.ts";
import type { Key } from "./key.ts";
import { listOf, number, optional, plain, readBy, share } from "./kinds.ts";
import { isPlainName } from "../../core/plain_name.ts";

/** Seconds of a clip before something, and after it. */
const CLIP_SECONDS_MAX = 60;

const CLIP_FORM = `seconds before and after, each 0 to ${CLIP_SECONDS_MAX}, such as 5 10`;

/** Every key of such a section. */
export const RULE_KEYS = {
  label: {
    kind: optional(listOf(plain("labels of models"))),
    default: "",
    about: "labels that it waits for, such as person, car; empty = all",
  },
  zone: {
    kind: optional(listOf(plain("names of sections [zone:NAME]"))),
    default: "",
    about: "zones that the thing is in one of, or lines that it crossed one of; empty = anywhere",
  },
  hours: {
    kind: optional(readBy(readHours, HOURS_FORM)),
    default: "",
    about: "local times, such as 22:00-06:00 or mon-fri 08:00-18:00; empty = always",
  },
  minimum: {
    kind: number({ min: 0, max: 86_400 }, "seconds"),
    default: "0",
    about: "seconds that the thing was followed, or in the zone, before it counts",
  },
  score: {
    kind: optional(share()),
    default: "",
    about: "least confidence with which it was seen once, 0 to 1; empty = any",
  },
  cooldown: {
    kind: number({ min: 0, max: 86_400 }, "seconds"),
    default: "0",
    about: "seconds after an alert of a source in which no other of that source is told",
  },
  sinks: {
    kind: optional(listOf(plain("names of sections [sink:NAME]"))),
    default: "",
    about: "sinks that are told; empty = all that send messages",
  },
  clip: {
    kind: optional(readBy(readClip, CLIP_FORM)),
    default: "",
    about: "seconds of video kept before and after, such as 5 10; empty = none",
  },
  source: {
    kind: optional(listOf(plain("names of sources"))),
    default: "",
    about: "sources that it is for; empty = all",
  },
} as const satisfies Readonly<Record<string, Key>>;

/** What is wanted instead of a name that no rule can have. */
export function insteadOfRuleName(name: string): string | undefined {
  return isPlainName(name)
    ? undefined
    : "a name of up to 64 letters, digits, - _ and ., such as [rule:yard]";
}

function readClip(text: string) {
  const numbers = text.split(/[\s,]+/).map((word) => /^\d+(\.\d+)?$/.test(word) ? +word : NaN);
  const [before, after] = numbers;
  const isWrong = numbers.some((value) => !(value <= CLIP_SECONDS_MAX));
  if (before === undefined || after === undefined || numbers.length > 2 || isWrong) {
    return { hint: numbers.length === 2 ? "one is none of these" : "two numbers make a clip" };
  }
  if (before + after === 0) return { hint: "0 0 is no clip; nothing is none" };
  return {
    value: { beforeMs: Math.round(before * 1000), afterMs: Math.round(after * 1000) },
  };
}
