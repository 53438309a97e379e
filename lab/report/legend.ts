/** What stands for what in plots. */

import { type Html, Html as Raw, html } from "./html.ts";
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

/** Outlines of symbols, around 0. */
const OUTLINES: Readonly<Record<PointSymbol, string>> = {
  circle: "M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0Z",
  triangle: "M0 -5L5 5L-5 5Z",
  square: "M-5 -5L5 -5L5 5L-5 5Z",
  diamond: "M0 -6L6 0L0 6L-6 0Z",
  wedge: "M-5 -5L5 -5L0 5Z",
  cross: "M-5 -3L-3 -5L0 -2L3 -5L5 -3L2 0L5 3L3 5L0 2L-3 5L-5 3L-2 0Z",
};

/** Line and symbol of each policy. */
export function policyLegend(policies: readonly string[], styles: Styles): Html {
  const items = policies.map((name) => {
    const { colour, dash, symbol } = styles.get(name)!;
    const isBound = name === ORACLE;
    const mark = isBound ? undefined : html`
      <path d="${OUTLINES[symbol]}" transform="translate(17 7)" fill="${colour}" />
    `;
    return html`<li><svg viewBox="0 0 34 14" aria-hidden="true"><path d="M0 7L34 7" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${
      dash.join(" ")
    }"/>${mark}</svg>${name}${isBound ? " (bound)" : ""}</li>\n`;
  });
  return html`<ul class="legend">\n${items}</ul>\n`;
}

/** What bars and lines of timelines stand for. */
export function timelineLegend(): Html {
  const told = {
    here: "inferred on the edge",
    cloud: "inferred in the cloud",
    filtered: "filtered",
    missed: "no result of its own in time, below 0",
  };
  const bars = Object.entries(told).map(([name, what]) =>
    html`<li><i style="background:${OUTCOME_COLOURS[name as keyof typeof told]}"></i>${what}</li>\n`
  );
  const line = (dash: string, what: string) =>
    html`<li><svg viewBox="0 0 34 14" aria-hidden="true"><path d="M0 7L34 7" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="${dash}"/></svg>${what}</li>\n`;
  return html`<ul class="legend">\n${bars}${line("", "what the uplink could carry, Mbit/s")}${
    line("3 2", "what was sent, Mbit/s, in the policy's colour")
  }</ul>\n`;
}

/** A plot with what it shows above it. */
export function figure(svg: string, title: Html | string, more: Html | string = ""): Html {
  return html`<figure><figcaption><b>${title}</b>${more}</figcaption>\n${new Raw(svg)}</figure>\n`;
}
