/** What a stranger says of itself, as it may be shown. */

/** Characters that are shown of one name. */
const SHOWN_MAX = 80;

/** One line that neither begins a new one, moves the cursor nor turns the direction of writing. */
export function plain(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what is meant
  const line = text.replace(/[\x00-\x20\x7f-\xa0\u2028-\u202e\u2066-\u2069\ufeff]+/g, " ").trim();
  return line.length <= SHOWN_MAX ? line : `${line.slice(0, SHOWN_MAX - 1).toWellFormed()}…`;
}
