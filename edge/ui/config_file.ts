/**
 * Zones in a config file that a person wrote: their lines are changed, and every other byte stays. The file is
 * read as `cli/config/scan.ts` reads it: a comment has a line of its own, and the first `=` ends a key.
 */

import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { partOf } from "../sink/write.ts";

/** Keys of a section `[zone:NAME]` in the order in which they are written; `undefined`: not there. */
export type ZoneEntries = Readonly<Record<string, string | undefined>>;

/** Bytes that a file may have. */
const BYTES_MAX = 1_000_000;

/** A line, with what ends it. */
interface Line {
  text: string;
  readonly end: string;
  /** The section that it stands in; empty before the first. */
  readonly section: string;
  readonly kind: "header" | "entry" | "other";
  /** Of an entry, in small letters. */
  readonly key: string;
}

/** The text with a zone in it: changed where it is there, else at the end. */
export function withZone(text: string, name: string, entries: ZoneEntries): string {
  const lines = linesOf(text);
  const section = `zone:${name}`;
  if (!lines.some((line) => line.section === section)) {
    return appended(text, [`[${section}]`, ...Object.entries(entries).flatMap(lineOf)]);
  }
  const eol = eolOf(text);
  const kept = lines.filter((line) =>
    !(line.section === section && line.kind === "entry" && line.key in entries &&
      entries[line.key] === undefined)
  );
  for (const [key, value] of Object.entries(entries)) {
    if (value === undefined) continue;
    const at = kept.findIndex((line) => isEntry(line, section, key));
    if (at >= 0) kept[at]!.text = withValue(kept[at]!.text, value);
    else {
      const last = kept.findLastIndex((line) => line.section === section && line.kind !== "other");
      kept.splice(last + 1, 0, {
        ...{ text: `${key} = ${value}`, end: eol, section, kind: "entry", key },
      });
    }
  }
  return joined(kept, eol);
}

/** The text without a zone; its comments stay. */
export function withoutZone(text: string, name: string): string {
  const section = `zone:${name}`;
  const kept = linesOf(text).filter((line) => line.section !== section || line.kind === "other");
  return joined(kept, eolOf(text));
}

/** Whether a section stands in the text. */
export function hasSection(text: string, section: string): boolean {
  return linesOf(text).some((line) => line.section === section);
}

/**
 * The text in which the sections of sources that name their zones name this one, too, or not any more.
 *
 * @param source the one that is to name it; absent: nobody is to.
 * @throws {SmarteyeError} `failed_precondition` where nothing would be left of such a list, which would
 * then mean every zone, or a rule names a zone that is to go.
 */
export function withZoneNamed(text: string, name: string, source?: string): string {
  const lines = linesOf(text);
  const rule = source === undefined &&
    lines.find((line) =>
      line.section.startsWith("rule:") && /^(zones?|lines?)$/.test(line.key) &&
      namesIn(line).includes(name)
    );
  if (rule) throw new SmarteyeError("failed_precondition", `[${rule.section}] names it`);
  for (const line of lines) {
    if (line.kind !== "entry" || line.key !== "zones" || !line.section.startsWith("source:")) {
      continue;
    }
    const names = namesIn(line);
    if (names.length === 0) continue;
    const isNamed = names.includes(name);
    if (source !== undefined) {
      if (isNamed || line.section !== `source:${source}`) continue;
      line.text = withValue(line.text, [...names, name].join(", "));
    } else if (isNamed) {
      const left = names.filter((one) => one !== name);
      if (left.length === 0) {
        throw new SmarteyeError(
          "failed_precondition",
          `[${line.section}] names no other zone, and would then mean all of them`,
        );
      }
      line.text = withValue(line.text, left.join(", "));
    }
  }
  return joined(lines, eolOf(text));
}

/** A section as it would be written. */
export function sectionText(name: string, entries: ZoneEntries): string {
  return [`[zone:${name}]`, ...Object.entries(entries).flatMap(lineOf)].join("\n") + "\n";
}

/**
 * Changes a file: it is whole at every moment, and has the mode it had. One change at a time.
 *
 * @throws {SmarteyeError} `failed_precondition` when it cannot be read or written.
 */
export async function changeFile(path: string, change: (text: string) => string): Promise<void> {
  try {
    const real = await Deno.realPath(path); // a link stays one
    const { mode, size } = await Deno.stat(real);
    if (size > BYTES_MAX) throw new Error(`it has more than ${BYTES_MAX} bytes`);
    (await Deno.open(real, { write: true })).close(); // a directory may be written where its file may not
    const bytes = await Deno.readFile(real);
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const changed = change(text);
    if (changed === text) return;
    const part = partOf(real);
    try {
      await Deno.writeTextFile(part, changed, { mode: mode ?? 0o600 });
      if (mode !== null && Deno.build.os !== "windows") await Deno.chmod(part, mode & 0o7777);
      await Deno.rename(part, real);
    } catch (error) {
      await Deno.remove(part).catch(() => {});
      throw error;
    }
  } catch (cause) {
    if (cause instanceof SmarteyeError) throw cause;
    const detail = `Cannot change the file "${path}": ${messageOf(cause)}`;
    throw new SmarteyeError("failed_precondition", detail, { cause });
  }
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let section = "";
  for (const [, body, end] of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    if (body === "" && end === "") continue;
    const trimmed = body!.replace(/^\ufeff/, "").trim();
    const isNothing = trimmed === "" || /^[;#]/.test(trimmed);
    const header = isNothing ? undefined : headerIn(trimmed);
    section = header ?? section;
    const equals = trimmed.indexOf("=");
    const isEntry = !isNothing && header === undefined && equals >= 1 && !trimmed.startsWith("[");
    lines.push({
      ...{ text: body!, end: end!, section },
      kind: header !== undefined ? "header" : isEntry ? "entry" : "other",
      key: isEntry ? trimmed.slice(0, equals).trim().toLowerCase() : "",
    });
  }
  return lines;
}

function headerIn(trimmed: string): string | undefined {
  return /^\[([^\]]+)\]\s*(?:[;#].*)?$/.exec(trimmed)?.[1]?.trim().replace(/\s*:\s*/, ":");
}

function isEntry(line: Line, section: string, key: string): boolean {
  return line.section === section && line.kind === "entry" && line.key === key;
}

function valueOf(text: string): string {
  return text.slice(text.indexOf("=") + 1).trim();
}

/** The names in a list. */
function namesIn({ text }: Line): readonly string[] {
  return valueOf(text).split(",").map((one) => one.trim()).filter((one) => one !== "");
}

/** The line with another value: what stands before it stays, and the line too where it says the same. */
function withValue(text: string, value: string): string {
  if (valueOf(text) === value) return text;
  const [before] = /^[^=]*=[ \t]*/.exec(text)!;
  return before + value;
}

function lineOf([key, value]: [string, string | undefined]): string[] {
  return value === undefined ? [] : [`${key} = ${value}`];
}

/** Lines at the end, after an empty one. */
function appended(text: string, lines: readonly string[]): string {
  const eol = eolOf(text);
  const isWhole = text === "" || /[\r\n]$/.test(text);
  const begin = text === "" ? "" : (isWhole ? "" : eol) + eol;
  return text + begin + lines.map((line) => line + eol).join("");
}

/** Only the last line may have no end. */
function joined(lines: readonly Line[], eol: string): string {
  return lines.map(({ text, end }, i) => text + (end === "" && i < lines.length - 1 ? eol : end))
    .join("");
}

/** What ends the lines of a text. */
function eolOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
}
