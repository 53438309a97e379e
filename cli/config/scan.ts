/**
 * INI text → lines with their numbers. The dialect is that of Python's `configparser`, which read
 * these files before: a comment has a line of its own (`;` or `#`), and everything after the first
 * `=` is the value as it stands. The `ini` package reads another one (a password with `;` or `#`
 * loses its end, `true` and quoted text change, `[a.b]` nests) and knows no lines.
 */

import { type Problems, quote } from "./problems.ts";
import { mayStand } from "./settings.ts";

/** A section's first line. */
export interface SectionLine {
  /** As it stands between the brackets; without spaces around the colon of `[kind:NAME]`. */
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
}

/** One `key = value`. */
export interface Entry {
  /** The section that it stands in. */
  readonly section: string;
  /** In lower case: keys are told apart without regard to it. */
  readonly key: string;
  /** Everything after the first `=`, without the spaces around it. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What a file says, before anything is known about its meaning. */
export interface Scan {
  /** In the order of the file, each once. */
  readonly sections: readonly SectionLine[];
  /** In the order of the file. */
  readonly entries: readonly Entry[];
}

/** Reads `text`; `file` is the name that problems give. */
export function scan(text: string, file: string, problems: Problems): Scan {
  const sections: SectionLine[] = [];
  const entries: Entry[] = [];
  const seen = new Map<string, number>();
  let section: string | undefined;

  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = index + 1;
    const where = `${file}:${line}`;
    const trimmed = raw.trim();
    if (trimmed === "" || /^[;#]/.test(trimmed)) continue;

    const header = /^\[([^\]]+)\]\s*(?:[;#].*)?$/.exec(trimmed)?.[1]?.trim()
      .replace(/\s*:\s*/, ":");
    if (header !== undefined) {
      section = header;
      const first = sections.find(({ name }) => name === header);
      if (first) {
        problems.add({
          where,
          found: `the section ${quote(header)} a second time (first in line ${first.line})`,
          wanted: "each section once",
        });
      } else sections.push({ name: header, line });
      continue;
    }

    const equals = trimmed.indexOf("=");
    if (equals < 1 || trimmed.startsWith("[")) {
      problems.add({
        where,
        found: shownLine(trimmed, section),
        wanted: '"key = value", "[section]" or a comment that begins with ";" or "#"',
      });
      continue;
    }

    const key = trimmed.slice(0, equals).trim().toLowerCase();
    if (section === undefined) {
      problems.add({
        where,
        found: `the key ${quote(shownKey(key, section))} before any section`,
        wanted: "a [section] above it",
      });
      continue;
    }
    const place = JSON.stringify([section, key]);
    const firstLine = seen.get(place);
    if (firstLine !== undefined) {
      problems.add({
        where,
        subject: `[${section}]`,
        found: `the key ${
          quote(shownKey(key, section))
        } a second time (first in line ${firstLine})`,
        wanted: "each key once",
      });
      continue;
    }
    seen.set(place, line);
    entries.push({ section, key, text: trimmed.slice(equals + 1).trim(), line });
  }
  return { sections, entries };
}

/** A line that is neither, shown only where it cannot hold a password. */
function shownLine(line: string, section: string | undefined): string {
  return line.startsWith("[") || isWithoutSecrets(section) ? quote(line) : "a line that is neither";
}

/** A key, cut at what no key has: behind it may stand a password (`password: x = y`). */
export function shownKey(key: string, section: string | undefined): string {
  const isPlain = isWithoutSecrets(section) && !/^(edge-setting$|source:)/.test(section!);
  return isPlain ? key : /^[\w-]*/.exec(key)![0]; // sources are addresses, some with passwords
}

function isWithoutSecrets(section: string | undefined): boolean {
  return section !== undefined && mayStand(section) && section !== "camera-info";
}
