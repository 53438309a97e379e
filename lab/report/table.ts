/** Tables, which are scrolled where they are wider than the page. */

import { type Content, type Html, markup } from "./html.ts";

/** A cell, and its attributes where it has any. */
export interface TableCell {
  /** What stands in it. */
  readonly content: Content;
  /** `class` and `style`, as they stand in its tag. */
  readonly attributes?: Html;
}

/** A table. */
export interface TableParts {
  /** What it tells, above it. */
  readonly caption: string;
  /** Headings of the columns that name a row. */
  readonly names: readonly string[];
  /** Headings of all other columns. */
  readonly heads: readonly Content[];
  /** Rows: their names and their values. */
  readonly rows: readonly {
    /** One for each of `names`. */
    readonly names: readonly Content[];
    /** One for each of `heads`. */
    readonly values: readonly (string | TableCell)[];
    /** Whether it is no contestant's. */
    readonly isBound?: boolean;
  }[];
}

/** A table as HTML. @param id that nothing else of the page has. */
export function tableOf(id: string, { caption, names, heads, rows }: TableParts): Html {
  const lines = rows.map(({ names, values, isBound }) =>
    markup`<tr${isBound ? markup` class="bound"` : undefined}>${
      names.map((name) => markup`<th scope="row">${name}</th>`)
    }${values.map(cellOf)}</tr>\n`
  );
  const top = [
    names.map((name) => markup`<th scope="col" class="name">${name}</th>`),
    heads.map((head) => markup`<th scope="col">${head}</th>`),
  ];
  // The caption does not scroll with the table.
  return markup`<p class="quiet caption" id="${id}">${caption}</p>
<div class="wide" role="region" aria-labelledby="${id}" tabindex="0">
<table aria-labelledby="${id}">
<thead><tr>${top}</tr></thead>
<tbody>
${lines}</tbody>
</table>
</div>
`;
}

/** A name that may be broken behind its underscores. */
export function breakable(name: string): Html {
  const parts = name.split("_");
  return markup`${parts.map((part, i) => i === 0 ? part : markup`_<wbr>${part}`)}`;
}

/** A value and, below it, what is to be read with it. */
export function twoLines(value: string, below: string): TableCell {
  return {
    content: below === "" ? value : markup`${value}<span class="detail">${below}</span>`,
  };
}

function cellOf(cell: string | TableCell): Html {
  if (typeof cell === "string") return markup`<td>${cell}</td>`;
  return markup`<td${cell.attributes}>${cell.content}</td>`;
}
