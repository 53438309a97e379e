/** Where a section stands on the page: alone, or below the heading of its source. */

import { type Html, markup } from "../html.ts";

/** One of several sources has its headings a level below, and identifiers of its own. */
export interface PlaceOnPage {
  /** Before each identifier: letters, digits and `-`; empty of a source that is alone. */
  readonly prefix: string;
  /** Of the sections' headings. */
  readonly level: 2 | 3;
}

/** A section with its heading. */
export function sectionOf(
  { prefix, level }: PlaceOnPage,
  name: string,
  heading: string,
  content: Html,
): Html {
  const top = level === 2 ? markup`<h2>${heading}</h2>` : markup`<h3>${heading}</h3>`;
  return markup`<section id="${prefix}${name}" class="${name}">
${top}
${content}</section>
`;
}

/** A heading within a section. */
export function partHeading({ level }: PlaceOnPage, text: string): Html {
  return level === 2 ? markup`<h3>${text}</h3>\n` : markup`<h4>${text}</h4>\n`;
}
