/** How long results took: in numbers, and how many frames had theirs within a time. */

import { type Html, markup } from "../html.ts";
import { figure, keyedLegend } from "../legend.ts";
import { milliseconds } from "../numbers.ts";
import { type Style, styleOf } from "../palette.ts";
import { type Line, linePlot } from "../plot.ts";
import { tableOf } from "../table.ts";
import type { Latencies } from "./frames.ts";
import type { RunNumbers } from "./numbers.ts";
import { type PlaceOnPage, sectionOf } from "./place.ts";
import type { RunRead } from "./read_run.ts";
import { grouped } from "./words.ts";

/** How each place is drawn, in all plots of a page. */
export const PLACE_STYLES: Readonly<Record<"local" | "cloud", Style>> = {
  local: { ...styleOf(1), dash: [] },
  cloud: { ...styleOf(0), dash: [7, 3] },
};

/** What each place is called. */
export const PLACE_NAMES = { local: "on the edge", cloud: "in the cloud" } as const;

const PLACES = ["local", "cloud"] as const;

/** Points of a curve: percentiles, closer where it ends. */
const SHARES = [...Array.from({ length: 100 }, (_, i) => i), ...[99, 99.5, 99.9, 100]];

/** The section; `undefined` where nothing was inferred. */
export function latencySection(
  place: PlaceOnPage,
  { latency_ms }: RunNumbers,
  { frames: { latencies } }: RunRead,
): Html | undefined {
  const there = PLACES.filter((one) => latency_ms[one].p50 !== null);
  if (there.length === 0) return undefined;
  const rows = there.map((one) => {
    const { p50, p95, p99 } = latency_ms[one];
    const all = latencies[one];
    const [least, most] = [all.percentile(0), all.percentile(100)];
    const ms = [least, p50, p95, p99, most].map((value) => milliseconds(value ?? undefined));
    return { names: [PLACE_NAMES[one]], values: [grouped(all.count), ...ms] };
  });
  const table = tableOf(`${place.prefix}latency-table`, {
    caption: "Milliseconds from capture to result: 19 of 20 frames were no slower than p95, " +
      "99 of 100 no slower than p99.",
    names: ["inferred"],
    heads: ["frames", "least", "p50", "p95", "p99", "most"],
    rows,
  });
  const drawn = there.filter((one) => latencies[one].count > 0);
  const legend = keyedLegend(drawn.map((one) => [PLACE_STYLES[one], PLACE_NAMES[one]]));
  const plot = drawn.length === 0 ? undefined : markup`<div>${
    figure(
      curves(place, drawn, latencies),
      "Frames that had their result within a time",
      ", as a share of those inferred at the same place.",
    )
  }${legend}</div>
`;
  const content = markup`<div class="plots two">
${plot}<div>${table}</div>
</div>
`;
  return sectionOf(place, "latency", "Latency", content);
}

function curves(
  { prefix }: PlaceOnPage,
  places: readonly ("local" | "cloud")[],
  latencies: Readonly<Record<"local" | "cloud", Latencies>>,
): string {
  const lines = places.map((one): Line => ({
    style: PLACE_STYLES[one],
    points: SHARES.map((p) => [Math.max(0.1, latencies[one].percentile(p) ?? 0), p / 100]),
  }));
  const times = lines.flatMap(({ points }) => points.map(([ms]) => ms));
  return linePlot({
    id: `${prefix}latency-curves`,
    title: `Share of frames that had their result within a time, ${
      places.map((one) => PLACE_NAMES[one]).join(" and ")
    }`,
    x: {
      ...{ label: "latency from capture to result, ms", scale: "log", format: String },
      ...decades(times),
    },
    y: { label: "share of frames", min: 0, max: 1, step: 0.25 },
    lines,
  });
}

/** The powers of ten around all values. */
export function decades(values: readonly number[]): { readonly min: number; readonly max: number } {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return { min: 10 ** low, max: 10 ** Math.max(high, low + 1) };
}
