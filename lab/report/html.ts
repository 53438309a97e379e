/** HTML as text that is put together without anybody having to think of escaping. */

/** What is HTML already. */
export class Html {
  /** Takes text for HTML. */
  constructor(readonly text: string) {}
}

/** What may stand in {@link markup}: text is escaped, HTML is not, of lists all, of nothing nothing. */
export type Content = string | number | Html | undefined | readonly Content[];

/** HTML with values in it: `` markup`<td>${name}</td>` ``. Not named `html`, lest it be reformatted. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, i) => part + textOf(values[i])).join(""));
}

/** Text as it stands in HTML, also in an attribute that is quoted. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

function textOf(value: Content): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(textOf).join("");
  return escaped(String(value));
}
