/** What a user means by the name of a source. */

import { basename, extname } from "node:path";

/** A rendered street, a camera of this machine, an address, or a file or folder. */
export type SourceKind = "street" | "camera" | "url" | "path";

/** The kind of a source, by its name alone. */
export function sourceKind(name: string): SourceKind {
  if (name.startsWith("synthetic:")) return "street";
  if (/^\d+$/.test(name)) return "camera";
  return schemeOf(name) === undefined ? "path" : "url";
}

/** The scheme of an address, in lower case. One letter is none: a path of Windows begins so. */
export function schemeOf(name: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(name)?.[1]?.toLowerCase();
}

/** Characters that the name of a source may have. */
const NAME_MAX = 64;

/**
 * A name for what is read where nobody gave one: a file name everywhere, and never with a password.
 * Several sources may come to one name.
 */
export function nameForSource(source: string): string {
  const name = plainName(source).normalize("NFKD").replace(/[^\w.-]+/g, "_").slice(0, NAME_MAX)
    .replace(/^[._]+|[._]+$/g, "");
  return name === "" ? "source" : name;
}

function plainName(source: string): string {
  if (source === "-") return "stdin";
  switch (sourceKind(source)) {
    case "street":
      return "street";
    case "camera":
      return `camera_${source}`;
    case "url":
      // More than one @: where the password ends cannot be told by the URL's own rules.
      return /@.*@/.test(source) || !URL.canParse(source) ? "stream" : new URL(source).hostname;
    case "path":
      return basename(source, extname(source));
  }
}
