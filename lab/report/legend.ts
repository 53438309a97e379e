/** What stands for what in plots. */

import { Html, markup } from "./html.ts";
import { BOUND_STYLE, OUTCOME_COLOURS, type PointSymbol, type Style, styleOf } from "./palette.ts";
import { ORACLE } from "../study/study.ts";

/** The style of each policy, the same in the whole report. */
export type Styles = ReadonlyMap<string, Style>;

/** Gives each policy its style; the bound has its own. */
export function stylesOf(policies: readonly string[]): Styles {
  return new Map(
    policies.map((name, i) => [name, name === ORACLE ? BOUND_STYLE : styleOf(i)]),
  );
}

/** Outlines of symbols, around 0: data of SVG paths. */
export const OUTLINES: Readonly<Record<PointSymbol, string>> = {
  circle: "M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0Z",
  triangle: "M0 -5L5 5L-5 5Z",
  square: "M-5 -5L5 -5L5 5L-5 5Z",
  diamond: "M0 -6L6 0L0 6L-6 0Z",
  wedge: "M-5 -5L5 -5L0 5Z",
  cross: "M-5 -3L-3 -5L0 -2L3 -5L5 -3L2 0L5 3L3 5L0 2L-3 5L-5 3L-2 0Z",
};

/** Line and symbol of each policy. */
export function policyLegend(policies: readonly string[], styles: Styles): Html {
  return list(policies.map((name) => {
    const style = styles.get(name)!;
    if (name === ORACLE) return markup`${sample(style.colour, style.dash)}${name} (bound)`;
    return markup`${keyOf(style)}${name}`;
  }));
}

/** A piece of a line with its symbol, as an SVG element of 34 by 14 pixels. */
export function keyOf({ colour, dash, symbol }: Style): Html {
  const outline = OUTLINES[symbol];
  const mark = markup`<path d="${outline}" transform="translate(17 7)" fill="${colour}"/>`;
  return sample(colour, dash, mark);
}

/** What bars and lines of timelines stand for. @param hasUplink that it is known what it could carry. */
export function timelineLegend(hasUplink = true): Html {
  const box = (name: keyof typeof OUTCOME_COLOURS, what: string) =>
    markup`<i style="background:${OUTCOME_COLOURS[name]}"></i>${what}`;
  return list([
    box("here", "inferred on the edge"),
    box("cloud", "inferred in the cloud"),
    box("filtered", "filtered"),
    box("missed", "no result of its own in time, below 0 (late ones are above 0 too)"),
    ...hasUplink ? [markup`${sample("currentColor", [])}what the uplink could carry, Mbit/s`] : [],
    markup`${sample("currentColor", [2, 2])}what was sent, Mbit/s`,
  ]);
}

/** Lines, and what they are. */
export function keyedLegend(items: readonly (readonly [Style, string])[]): Html {
  return list(items.map(([{ colour, dash }, what]) => markup`${sample(colour, dash)}${what}`));
}

/** What is painted how, and what it is. */
export function paintedLegend(items: readonly (readonly [colour: string, what: string])[]): Html {
  return list(items.map(([colour, what]) => markup`<i style="background:${colour}"></i>${what}`));
}

/** A plot with what it shows above it. */
export function figure(svg: string, title: string, more = ""): Html {
  return markup`<figure><figcaption><b>${title}</b>${more}</figcaption>
${new Html(svg)}</figure>
`;
}

function list(items: readonly Html[]): Html {
  return markup`<ul class="legend">
${items.map((item) => markup`<li>${item}</li>\n`)}</ul>
`;
}

/** A piece of a line as it is drawn. */
function sample(colour: string, dash: readonly number[], mark?: Html): Html {
  const line = markup`<path d="M0 7L34 7" fill="none" stroke="${colour}" stroke-width="2"${
    dash.length > 0 ? markup` stroke-dasharray="${dash.join(" ")}"` : undefined
  }/>`;
  return markup`<svg viewBox="0 0 34 14" aria-hidden="true">${line}${mark}</svg>`;
}
