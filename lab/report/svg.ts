/** SVG as it is generated, made fit to stand in a page beside others, the same each time. */

/** What is written in plots. */
export const FONT_FAMILY = "system-ui, sans-serif";

/** As it stands at every text, where once is enough. */
const FONT = `font-family:${FONT_FAMILY};`;

/**
 * Of a generated plot: identifiers are the page's own, what only serves pointers and scripts is left
 * out, and whoever cannot see it is told what it shows.
 *
 * @param given identifier that no other plot of the page has: of letters, digits and `-`, all else is left out.
 * @param title what it shows, already escaped.
 */
export function embedded(svg: string, given: string, title: string): string {
  const id = given.replace(/[^\w-]/g, "");
  const body = svg
    .replace(/<style\s*>[\s\S]*?<\/style>\s*/g, "")
    .replace(/ (?:class|ecmeta_\w+|pointer-events|xmlns:xlink|baseProfile|version)="[^"]*"/g, "")
    .replace(/\bzr\d+-(\w+)/g, `${id}-$1`)
    .replaceAll(FONT, "")
    .replace(/ style="font-size:(\d+)px;"/g, ' font-size="$1"')
    .replace(/<path d=""[^>]*><\/path>\n/g, "")
    // A hundredth of a pixel is more than anybody sees.
    .replace(/ (?:d|transform)="[^"]*"/g, (one) => one.replace(/-?\d+\.\d{3,}/g, hundredths))
    .replace(/<defs\s*>\s*<\/defs>\s*/g, "");
  const [opening = ""] = /^<svg[^>]*>/.exec(body) ?? [];
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(opening) ?? [];
  const own = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `font-family="${FONT_FAMILY}" role="img" aria-labelledby="${id}-title">\n<title id="${id}-title">${title}</title>\n`;
  return merged(own + body.slice(opening.length).trimStart());
}

function hundredths(number: string): string {
  return String(Number(Number(number).toFixed(2)));
}

/** Paths in a row that differ only in where they are become one. */
function merged(svg: string): string {
  const lines: string[] = [];
  let last: { readonly rest: string; d: string } | undefined;
  for (const line of svg.split("\n")) {
    const path = /^<path d="([^"]*)"( fill="[^"]*"(?! transform)[^>]*)><\/path>$/.exec(line);
    const isFree = path && !path[2]!.includes("transform") && !path[2]!.includes("opacity");
    if (!isFree) {
      last = undefined;
      lines.push(line);
      continue;
    }
    const [, d = "", rest = ""] = path;
    if (last?.rest === rest) {
      last.d += d;
      lines[lines.length - 1] = `<path d="${last.d}"${rest}></path>`;
    } else {
      last = { rest, d };
      lines.push(line);
    }
  }
  return lines.filter((line) => line !== "").join("\n");
}
