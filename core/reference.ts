/** How a model is meant: `name`, or `name@version` where it has to be that version. */

/** The version of a model whose manifest names none. */
export const FIRST_VERSION = "1";

/** A model's name, and its version where one is meant. */
export interface Reference {
  /** Without `@`. */
  readonly name: string;
  /** Absent: whichever is the newest. */
  readonly version?: string | undefined;
}

/** Splits `name@version`, or `name`. Neither part is checked: what is not known will not be found. */
export function parseReference(text: string): Reference {
  const at = text.indexOf("@");
  return at === -1 ? { name: text } : { name: text.slice(0, at), version: text.slice(at + 1) };
}

/** The reference that means one version of a model and no other: `name@version`. */
export function referenceOf({ name, version }: Required<Reference>): string {
  return `${name}@${version}`;
}

/** What a model is called for people and in names of files: its version is left out where it is the first. */
export function briefReference({ name, version }: Required<Reference>): string {
  return version === FIRST_VERSION ? name : referenceOf({ name, version });
}

/** Whether a reference, parsed, means that version of that model. */
export function isMeant(
  { name, version }: Reference,
  model: { readonly name: string; readonly version: string },
): boolean {
  return name === model.name && (version === undefined || version === model.version);
}

const natural = new Intl.Collator("en", { numeric: true });

/**
 * Orders versions, the older first: digits by the number that they are, so that 1.9 is before 1.10,
 * the rest as text. Different versions are never equal.
 */
export function compareVersions(a: string, b: string): number {
  return natural.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
