/** Colours, dashes and symbols that tell policies and outcomes apart, also for the colour-blind. */

/** How what belongs together is drawn. */
export interface Style {
  /** A CSS colour. */
  readonly colour: string;
  /** Lengths of dashes and gaps, pixels; empty: a solid line. */
  readonly dash: readonly number[];
  /** Of its points. */
  readonly symbol: PointSymbol;
}

/** Forms of points. */
export type PointSymbol = "circle" | "triangle" | "square" | "diamond" | "wedge" | "cross";

/**
 * Of Okabe and Ito ("Color universal design", 2008), without black, each for a light and for a dark
 * page: on white, orange, sky blue and yellow are darkened until they can be seen.
 */
const COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ["#0072b2", "#3b9fdc"],
  ["#d18400", "#e69f00"],
  ["#009e73", "#1fbf91"],
  ["#b8578c", "#d98bb6"],
  ["#d55e00", "#f0803c"],
  ["#3591c4", "#7cc7f2"],
  ["#9c8e00", "#f0e442"],
];

const SYMBOLS: readonly PointSymbol[] = [
  "circle",
  "triangle",
  "square",
  "diamond",
  "wedge",
  "cross",
];

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4]];

/** What a bound is drawn with: the colour of text. */
export const BOUND_STYLE: Style = { colour: "currentColor", dash: [6, 4], symbol: "diamond" };

/** Colours of outcomes, apart from those of policies. */
export const OUTCOME_COLOURS = {
  here: outcome("here", "#8a94a3"),
  cloud: outcome("cloud", "#56b4e9"),
  filtered: outcome("filtered", "#cfc79b"),
  missed: outcome("missed", "#c0392b"),
} as const;

/** The style of the `index`th of those that are compared; no two of the first 42 are alike. */
export function styleOf(index: number): Style {
  const at = index % COLOURS.length;
  return {
    // Without the page's style sheet, as in a file of its own, the plot has the colour of a light page.
    colour: `var(--colour-${at}, ${COLOURS[at]![0]})`,
    dash: DASHES[(index + Math.floor(index / COLOURS.length)) % DASHES.length]!,
    symbol: SYMBOLS[index % SYMBOLS.length]!,
  };
}

/** CSS declarations of the colours that {@link styleOf} names, for a light or a dark page. */
export function colourDeclarations(page: "light" | "dark"): string {
  return COLOURS.map(([light, dark], i) => `--colour-${i}:${page === "light" ? light : dark}`)
    .join(";");
}

function outcome(name: string, colour: string): string {
  return `var(--${name}, ${colour})`;
}
