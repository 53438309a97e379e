/** Several sources at a glance: what they come to, and a row of each that leads to its part of the page. */

import type { Summary } from "../../../edge/statistics.ts";
import { type Html, markup } from "../html.ts";
import { bytes, milliseconds } from "../numbers.ts";
import { tableOf } from "../table.ts";
import { OUTCOMES } from "./frames.ts";
import type { RunNumbers } from "./numbers.ts";
import { outcomeBar } from "./outcome_bar.ts";
import { grouped } from "./words.ts";

/** Frames of all sources, by outcome. */
export function framesOfAll(all: readonly RunNumbers[]): Summary["frames"] {
  const sum = { captured: 0, local: 0, cloud: 0, filtered: 0, dropped: 0, failed: 0 };
  for (const { frames } of all) {
    for (const outcome of ["captured", ...OUTCOMES] as const) sum[outcome] += frames[outcome];
  }
  return sum;
}

/**
 * The section of all sources.
 *
 * @param linkOf where the part of the `i`th source is; `undefined` of one that has none.
 */
export function allSources(
  all: readonly RunNumbers[],
  linkOf: (i: number) => string | undefined,
): Html {
  const row = (name: string | Html, numbers: Values) => ({
    names: [name],
    values: [
      ...["captured", ...OUTCOMES].map((one) => grouped(numbers.frames[one as "captured"])),
      ...[numbers.fps.toFixed(1), numbers.here, numbers.cloud, bytes(numbers.up)],
      ...[grouped(numbers.events), numbers.state],
    ],
  });
  const rows = all.map((numbers, i) => {
    const link = linkOf(i);
    const name = link === undefined
      ? numbers.source
      : markup`<a href="#${link}">${numbers.source}</a>`;
    return row(name, valuesOf(numbers));
  });
  const sum = (of: (one: RunNumbers) => number) => all.reduce((sum, one) => sum + of(one), 0);
  const frames = framesOfAll(all);
  const total = row("all", {
    ...{ frames, fps: sum(({ fps }) => fps), here: "", cloud: "", state: "" },
    ...{ up: sum(({ bytes }) => bytes.up), events: sum(({ events }) => events.count) },
  });
  const table = tableOf("sources", {
    caption: "Each source, and all together.",
    names: ["source"],
    heads: [
      ...["captured", "here", "cloud", "filtered", "dropped", "failed", "inferred/s"],
      ...["p50 here, ms", "p50 cloud, ms", "sent", "things", "ended"],
    ],
    rows: [...rows, { ...total, isBound: true }],
  });
  return markup`<section id="all">
<h2>All sources</h2>
${outcomeBar(frames)}${table}</section>
`;
}

/** What a row tells. */
interface Values {
  readonly frames: Summary["frames"];
  readonly fps: number;
  readonly here: string;
  readonly cloud: string;
  readonly up: number;
  readonly events: number;
  readonly state: string;
}

function valuesOf({ frames, fps, latency_ms, bytes, events, whole, error }: RunNumbers): Values {
  const median = (place: "local" | "cloud") => milliseconds(latency_ms[place].p50 ?? undefined);
  return {
    ...{ frames, fps, here: median("local"), cloud: median("cloud") },
    ...{ up: bytes.up, events: events.count },
    state: error !== null ? "with an error" : whole ? "well" : "not known",
  };
}
