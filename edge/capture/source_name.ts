/** What a user means by the name of a source. */

/** A rendered street, a camera of this machine, an address, or a file or folder. */
export type SourceKind = "street" | "camera" | "stdin" | "url" | "path";

/** The kind of a source, by its name alone. */
export function sourceKind(name: string): SourceKind {
  if (name.startsWith("synthetic:")) return "street";
  if (/^\d+$/.test(name)) return "camera";
  if (name === "-") return "stdin";
  return schemeOf(name) === undefined ? "path" : "url";
}

/** The scheme of an address, in lower case. One letter is none: a path of Windows begins so. */
export function schemeOf(name: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(name)?.[1]?.toLowerCase();
}
