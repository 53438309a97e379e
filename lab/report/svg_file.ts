/** A plot of a page as a file of its own: with its legend, in colours that every program knows. */

import { escaped } from "./html.ts";
import { OUTLINES, type Styles } from "./legend.ts";

/** Width of a letter, as a share of its size; of most fonts it is less. */
const LETTER = 0.56;

const SIZE_PX = 12;

const ROW_PX = 20;

/** Pixels of a sample of a line, with the gap behind it. */
const SAMPLE_PX = 42;

/** Colour of text on a light page. */
const INK = "#1d2126";

/**
 * The file of a plot that {@link Styles} were drawn in. Nothing in it depends on a page: custom properties
 * of CSS, which most programs for papers do not know, become the colours of a light page.
 */
export function svgFile(svg: string, styles: Styles): string {
  const [opening = ""] = /^<svg[^>]*>/.exec(svg) ?? [];
  const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(opening) ?? []).map(Number);
  const { text, rows } = legend(styles, width, height);
  const whole = height + rows * ROW_PX + 8;
  const own = opening.replace(/viewBox="[^"]*"/, `viewBox="0 0 ${width} ${whole}"`)
    .replace(/>$/, ` width="${width}" height="${whole}">`);
  const drawing = own + svg.slice(opening.length).replace(/<\/svg>\s*$/, `${text}</svg>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n` + drawing
    .replace(/var\(--[\w-]+, ([^)]+)\)/g, "$1")
    .replaceAll("currentColor", INK)
    .replace(
      /(<title[^>]*>[^<]*<\/title>)/,
      `$1\n<rect width="${width}" height="${whole}" fill="#fff"/>`,
    );
}

/** Samples and names below the plot, as many in a row as there is room for. */
function legend(styles: Styles, width: number, top: number) {
  let [x, row] = [12, 0];
  const items = [...styles].map(([name, { colour, dash, symbol }]) => {
    const length = SAMPLE_PX + name.length * SIZE_PX * LETTER + 18;
    if (x > 12 && x + length > width) [x, row] = [12, row + 1];
    const y = top + row * ROW_PX + 10;
    const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    const item = `<g transform="translate(${x.toFixed(0)} ${y})">` +
      `<path d="M0 0L34 0" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>` +
      `<path d="${OUTLINES[symbol]}" transform="translate(17 0)" fill="${colour}"/>` +
      `<text x="${SAMPLE_PX}" y="4" font-size="${SIZE_PX}" fill="${INK}">${
        escaped(name)
      }</text></g>`;
    x += length;
    return item;
  });
  return { text: items.join("\n"), rows: row + 1 };
}
