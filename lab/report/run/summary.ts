/** The first section: the run in numbers. */

import { type Content, type Html, markup } from "../html.ts";
import { bytes, milliseconds, NOTHING } from "../numbers.ts";
import type { RunNumbers } from "./numbers.ts";
import { outcomeBar } from "./outcome_bar.ts";
import { type PlaceOnPage, sectionOf } from "./place.ts";
import { countOf, durationOf, grouped, timeOf } from "./words.ts";

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

function facts(numbers: RunNumbers): Html {
  const { input, policy, began, ended, fallbacks, bytes: { up, down }, models } = numbers;
  const when = began === null || ended === null
    ? undefined
    : `${timeOf(Date.parse(began))} to ${timeOf(Date.parse(ended))}`;
  const rows: [string, Content][] = [
    ["Source", input ?? undefined],
    ["Policy", policy ?? undefined],
    ["When", when],
    ["Models", counted(models, "frame", "frames")],
    ["Found", foundIn(numbers)],
    ["Bytes", up + down > 0 ? `${bytes(up)} sent, ${bytes(down)} received` : "nothing was sent"],
    [
      "Fallbacks",
      fallbacks > 0
        ? `${countOf(fallbacks, "frame", "frames")} meant for the cloud were inferred on the edge`
        : undefined,
    ],
    ...away(numbers),
    ["Left out by the source", counted(numbers.left_out)],
    ["Events left out", numbers.events.left_out ? grouped(numbers.events.left_out) : undefined],
    ...Object.entries(numbers.sinks).map(([name, { written, dropped, failed }]): [
      string,
      Content,
    ] => [
      `Sink ${name}`,
      `${grouped(written)} written, ${grouped(dropped)} dropped, ${grouped(failed)} failed`,
    ]),
  ];
  return markup`<dl>
${
    rows.map(([what, value]) =>
      value === undefined ? undefined : markup`<dt>${what}</dt><dd>${value}</dd>\n`
    )
  }</dl>
`;
}

function foundIn({ found: { top, rest } }: RunNumbers): string | undefined {
  const told = top.map(([label, count]) => `${label}: ${grouped(count)}`);
  const all = [...told, ...rest > 0 ? [`others: ${grouped(rest)}`] : []];
  return all.length === 0 ? undefined : `${all.join(", ")}, in all frames together`;
}

/** What was not there: the cloud, the source, time for a frame. */
function away(
  { cloud_outages: outages, interruptions: { count, seconds }, passed_over }: RunNumbers,
): [string, Content][] {
  const times = (count: number, seconds: number) =>
    `${countOf(count, "time", "times")}, ${durationOf(seconds)} together`;
  return [
    [
      "Cloud not there",
      outages && outages.count > 0 ? times(outages.count, outages.seconds) : undefined,
    ],
    ["Source not there", count > 0 ? times(count, seconds) : undefined],
    [
      "Passed over",
      passed_over ? `${countOf(passed_over, "frame", "frames")} of a live source` : undefined,
    ],
  ];
}

function counted(counts: Readonly<Record<string, number>>, one = "", several = ""): Content {
  const all = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (all.length === 0) return undefined;
  const unit = (count: number) => one === "" ? grouped(count) : countOf(count, one, several);
  return all.map(([name, count]) => `${name}: ${unit(count)}`).join(", ");
}
