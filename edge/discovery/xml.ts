/** XML from strangers: small, without document types, and by names without their prefixes. */

import { parseXml, XmlElement } from "@rgrove/parse-xml";

/** Characters of one text that are taken. */
const TEXT_MAX = 2000;

/** An element of a document. */
export interface Xml {
  /** With its prefix, if it has one. */
  readonly name: string;
  /** All text in it. */
  readonly text: string;
  /** Their values by their names. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and whatever else is in it. */
  readonly children: readonly unknown[];
}

/** The root of a document; `undefined` where it is none. */
export function readXml(bytes: Uint8Array): Xml | undefined {
  // Some cameras send what C ends its strings with.
  // deno-lint-ignore no-control-regex -- it is what is taken off
  const text = new TextDecoder().decode(bytes).replace(/^\s+|[\s\x00]+$/g, "");
  try {
    // Entities that a document defines itself are not resolved but an error.
    return parseXml(text).root ?? undefined;
  } catch {
    return undefined; // no XML, or nested so deeply that the stack does not hold it
  }
}

/** All elements at the end of a path of names below `from`: `["Body", "ProbeMatches", "ProbeMatch"]`. */
export function elementsAt(
  from: Xml | undefined,
  path: readonly string[],
): readonly Xml[] {
  let found: readonly Xml[] = from ? [from] : [];
  for (const name of path) {
    found = found.flatMap(({ children }) =>
      children.filter((node) => node instanceof XmlElement)
        .filter((element) => element.name.slice(element.name.indexOf(":") + 1) === name)
    );
  }
  return found;
}

/** The text of the first such element, without space around it; empty where there is none. */
export function textAt(from: Xml | undefined, path: readonly string[]): string {
  return (elementsAt(from, path)[0]?.text ?? "").slice(0, TEXT_MAX).trim();
}

/** A text as an XML document may hold it. */
export function escaped(text: string): string {
  // deno-lint-ignore no-control-regex -- no XML may hold them
  return text.toWellFormed().replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "")
    .replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
