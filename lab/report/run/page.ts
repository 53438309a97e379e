/** The page of an edge's run: one HTML file that needs nothing else, and can be read without scripts. */

import { REPORT_MARK } from "../../../edge/report_page.ts";
import { glossaryOf } from "../glossary.ts";
import { Html, markup } from "../html.ts";
import { STYLE } from "../style.ts";
import { allSources, framesOfAll } from "./all_sources.ts";
import { decisionsSection } from "./decisions.ts";
import { eventsSection } from "./events.ts";
import type { FoundRuns } from "./folder.ts";
import { latencySection } from "./latency.ts";
import { numbersOf, type RunNumbers } from "./numbers.ts";
import { RUN_STYLE } from "./page_style.ts";
import { picturesSection } from "./pictures.ts";
import type { PlaceOnPage } from "./place.ts";
import { readRun, type RunRead, THINGS_MAX } from "./read_run.ts";
import { summarySection } from "./summary.ts";
import { timelineSection } from "./timeline.ts";
import { countOf, durationOf, timeOf } from "./words.ts";

/** Pictures of frames of one source: a third surest, a third doubtful, a third slowest. */
const PICTURES_MAX = 12;

/** Sources that have a part of their own; more are rows of the table. */
const SOURCES_MAX = 50;

/** A page, and the numbers on it. */
export interface RunPage {
  /** The page. */
  readonly html: string;
  /** Of each source. */
  readonly sources: readonly RunNumbers[];
}

/**
 * Makes the page. Its size does not depend on how long runs were.
 *
 * @param progress is told which source is read.
 * @throws {SmarteyeError} `failed_precondition` when a file is there and cannot be read.
 */
export async function runPage(
  { runs, areBelow }: FoundRuns,
  progress: (source: string) => void = () => {},
): Promise<RunPage> {
  const sources: RunNumbers[] = [];
  const parts: Html[] = [];
  for (const [i, folder] of runs.entries()) {
    progress(folder.name);
    const run = await readRun(folder);
    const numbers = numbersOf(run);
    sources.push(numbers);
    if (i >= SOURCES_MAX) continue;
    const prefix = areBelow ? `s${i + 1}-` : "";
    const sections = await sectionsOf(
      { prefix, level: areBelow ? 3 : 2 },
      run,
      numbers,
      runs.length,
    );
    parts.push(
      areBelow
        ? markup`<section class="source" id="s${i + 1}">
<h2>${numbers.source}</h2>
${sections}</section>
`
        : sections,
    );
  }
  const left = runs.length - parts.length;
  const more = left > 0
    ? markup`<p class="note">${
      countOf(left, "more source has", "more sources have")
    } a row in the table of all sources alone.</p>\n`
    : undefined;
  const overview = areBelow
    ? allSources(sources, (i) => i < SOURCES_MAX ? `s${i + 1}` : undefined)
    : undefined;
  return { html: whole(sources, areBelow, [overview, more, ...parts]), sources };
}

/** All there is to tell of one source. Pictures are shared out among several. */
async function sectionsOf(
  place: PlaceOnPage,
  run: RunRead,
  numbers: RunNumbers,
  sources: number,
): Promise<Html> {
  const each = Math.max(1, Math.floor(PICTURES_MAX / 3 / sources));
  const events = Math.max(3, Math.floor(THINGS_MAX / sources));
  return markup`${summarySection(place, numbers)}${latencySection(place, numbers, run)}${
    timelineSection(place, run)
  }${decisionsSection(place, numbers)}${await picturesSection(
    place,
    run,
    each,
  )}${await eventsSection(
    place,
    numbers,
    run,
    events,
  )}`;
}

function whole(
  sources: readonly RunNumbers[],
  areBelow: boolean,
  content: readonly (Html | undefined)[],
): string {
  const names = areBelow
    ? countOf(sources.length, "source", "sources")
    : sources.map(({ source }) => source).join(", ");
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${new Html(REPORT_MARK)}
<title>Run of ${names}</title>
<style>${new Html(STYLE + RUN_STYLE)}</style>
</head>
<body>
<header>
<h1>Run of ${names}</h1>
<p class="quiet">${subtitle(sources)}</p>
</header>
<main>
${content}${glossary()}</main>
</body>
</html>
`.text;
}

function subtitle(sources: readonly RunNumbers[]): string {
  const { captured } = framesOfAll(sources);
  const began = Math.min(
    ...sources.map(({ began }) => began === null ? NaN : Date.parse(began))
      .filter(Number.isFinite),
  );
  const longest = Math.max(...sources.map(({ wall_s }) => wall_s));
  const policies = [...new Set(sources.flatMap(({ policy }) => policy ?? []))];
  const when = Number.isFinite(began) ? `, ${timeOf(began)}` : "";
  const under = policies.length > 0 ? ` under ${policies.join(", ")}` : "";
  return `${countOf(captured, "frame", "frames")} in ${durationOf(longest)}${under}${when}`;
}

function glossary(): Html {
  return glossaryOf([
    ["p50, p95, p99", "percentiles of the time from capture to result, of frames with a result"],
    ["filtered", "frames that the filter or the policy found not worth inferring"],
    ["dropped", "there was no room for them, or the cloud failed and they were not to be kept"],
    ["fallbacks", "frames that the cloud failed on and the edge inferred; they count as its own"],
    [
      "candidate",
      "the second policy of shadow(live, candidate): it is asked too, and nothing goes by what it says",
    ],
    ["mean score", "of all that was found in a frame; 1 is sure"],
    ["thing", "what is followed from frame to frame; an event is all that is known of one"],
    ["in, out", "of a line: from left to right of who looks from its first point to its second"],
  ]);
}
