/** What a user means by the name of a source, and what a source is called where it has no name. */

import { redact } from "../../core/redact.ts";
import { parseAddress } from "./address.ts";

/**
 * A rendered street, a camera of this machine, an address, what comes in on stdin, files by a pattern,
 * or a file or folder.
 */
export type SourceKind = "street" | "camera" | "url" | "stdin" | "glob" | "path";

/**
 * The kind of a source.
 *
 * @param name as the user wrote it.
 * @param exists whether there is such a file or folder: a name with `*`, `?` or `[` in it is that of a
 * file where there is one, else a pattern. By default there is none.
 */
export function sourceKind(
  name: string,
  exists: (path: string) => boolean = () => false,
): SourceKind {
  if (name === "-") return "stdin";
  if (name.startsWith("synthetic:")) return "street";
  if (/^\d+$/.test(name)) return "camera";
  if (schemeOf(name) !== undefined) return "url";
  return /[*?[]/.test(name) && !exists(name) ? "glob" : "path";
}

/** The scheme of an address, in lower case. One letter is none: a path of Windows begins so. */
export function schemeOf(name: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(name)?.[1]?.toLowerCase();
}

/** Characters of a name that is made. */
const NAME_MAX = 64;

/** What is called so cannot be read. */
const NAMELESS = "source";

/** Names that Windows keeps for its devices, whatever their ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** What tells the format of a file. */
const ENDING = /(?<=.)\.(?=[a-z0-9]{0,4}[a-z])[a-z0-9]{1,5}$|(?<=.)\.(?:mp4|h26\d|m3u8)$/i;

/**
 * A short name for a source, made of what is read: `car-detection` of `/x/car-detection.mp4`,
 * `camera0` of `0`. It can name a file or folder on any system, is never empty and holds no password.
 * Several sources may come to one name.
 */
export function nameForSource(source: string): string {
  switch (sourceKind(source)) {
    case "stdin":
      return "stdin";
    case "street":
      return "street";
    case "camera":
      return fileSafe(`camera${source}`);
    case "url":
      return fileSafe(nameOfAddress(source));
    case "glob":
    case "path":
      return fileSafe(nameOfPath(source));
  }
}

/** The host and the path; of an address that is none, its scheme, as the rest may hold a password. */
function nameOfAddress(source: string): string {
  try {
    const { host, rest } = parseAddress(source);
    const path = redact(rest).replace(/[?#].*$/s, "").replace(/\/(?=\/)|\/$/g, "");
    return `${host}${path}`;
  } catch {
    return schemeOf(source)!;
  }
}

/** The last part that can be a name, without its ending; of a pattern, what its files share. */
function nameOfPath(source: string): string {
  const [last = "", ...folders] = redact(source).split(/[/\\]+/).filter(Boolean).reverse();
  for (const part of [last.replace(ENDING, ""), ...folders]) {
    const name = fileSafe(part, "");
    if (name !== "") return name;
  }
  return NAMELESS;
}

/** A text as the name of a file: letters, digits, and `-`, `_` and `.` within. */
function fileSafe(text: string, otherwise = NAMELESS): string {
  const plain = text.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, "_");
  const cut = plain.replace(/^[._-]+/, "").slice(0, NAME_MAX).replace(/[\ud800-\udbff]$/, "");
  const name = cut.replace(/[._-]+$/, "");
  if (name === "") return otherwise;
  return RESERVED.test(name) ? `_${name}` : name;
}
