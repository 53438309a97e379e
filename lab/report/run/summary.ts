/** The first section: the run in numbers. */

import { type Html, markup } from "../html.ts";
import { bytes, milliseconds, NOTHING } from "../numbers.ts";
import { facts } from "./facts.ts";
import type { RunNumbers } from "./numbers.ts";
import { outcomeBar } from "./outcome_bar.ts";
import { type PlaceOnPage, sectionOf } from "./place.ts";
import { durationOf, grouped } from "./words.ts";

/** What a run was, and what came of it. */
export function summarySection(place: PlaceOnPage, numbers: RunNumbers): Html {
  return sectionOf(
    place,
    "summary",
    "In numbers",
    markup`${notesOf(numbers)}${tiles(numbers)}${outcomeBar(numbers.frames)}${facts(numbers)}`,
  );
}

/** What nobody should miss: that it failed, or could be read in part only. */
function notesOf({ error, notes }: RunNumbers): Html {
  const failed = error === null
    ? undefined
    : markup`<p class="note bad"><b>It ended with an error:</b> ${error}</p>\n`;
  return markup`${failed}${notes.map((note) => markup`<p class="note">${note}</p>\n`)}`;
}

function tiles(numbers: RunNumbers): Html {
  const { frames, fps, latency_ms: { local, cloud }, bytes: { up }, wall_s } = numbers;
  const median = (ms: number | null) => ms === null ? NOTHING : `${milliseconds(ms)} ms`;
  const all: [string, string][] = [
    ["frames", grouped(frames.captured)],
    ["how long", durationOf(wall_s)],
    ["inferred a second", String(fps)],
    ["median here", median(local.p50)],
    ["median in the cloud", median(cloud.p50)],
    ["sent", bytes(up)],
    ["things followed", thingsIn(numbers)],
  ];
  return markup`<dl class="tiles">
${all.map(([what, value]) => markup`<div><dt>${what}</dt><dd>${value}</dd></div>\n`)}</dl>
`;
}

/** A run that was killed has no count of them, but its events. */
function thingsIn({ tracks, events: { count } }: RunNumbers): string {
  return tracks === null && count === 0 ? NOTHING : grouped(tracks ?? count);
}
