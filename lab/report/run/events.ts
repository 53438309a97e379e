/** What was followed: the longest and the latest events with their pictures, and what lines counted. */

import { type Html, markup } from "../html.ts";
import { tableOf } from "../table.ts";
import type { RunNumbers } from "./numbers.ts";
import { partHeading, type PlaceOnPage, sectionOf } from "./place.ts";
import type { RunRead } from "./read_run.ts";
import type { Thing } from "./things.ts";
import { thumbnail } from "./thumbnail.ts";
import { countOf, durationOf, grouped, timeOf } from "./words.ts";

/** Pixels. */
const WIDTH_MAX = 240;

/** Labels that are counted one by one. */
const LABELS_MAX = 12;

/** Zones and lines that a row names. */
const PLACES_MAX = 6;

/**
 * The section; `undefined` where nothing was followed, and no line counted.
 *
 * @param max so many of the longest, and of the latest.
 */
export async function eventsSection(
  place: PlaceOnPage,
  numbers: RunNumbers,
  { things, folder }: RunRead,
  max: number,
): Promise<Html | undefined> {
  const lines = linesTable(place, numbers);
  if (things.count === 0 && !lines) return undefined;
  const longest = things.longest.slice(0, max);
  const ids = new Set(longest.map(({ id }) => id));
  const latest = things.latest.filter(({ id }) => !ids.has(id)).slice(0, max);
  const isAll = longest.length + latest.length === things.count;
  const groups: readonly (readonly [string, string, readonly Thing[]])[] = isAll
    ? [["all", "All of them", inOrder([...longest, ...latest])]]
    : [["longest", "The longest", longest], ["latest", "The latest", latest]];
  const tables: Html[] = [];
  for (const [name, heading, some] of groups) {
    if (some.length === 0) continue;
    const table = await thingsTable(`${place.prefix}events-${name}`, some, folder.path, heading);
    tables.push(markup`${partHeading(place, heading)}${table}`);
  }
  const left = things.count - longest.length - latest.length;
  const told = things.count === 0
    ? "No event was stored (--events)."
    : `${countOf(things.count, "thing was", "things were")} followed: ${labelsOf(numbers)}. ${
      left > 0 ? `${countOf(left, "is", "are")} left out below.` : ""
    }`;
  return sectionOf(place, "events", "Events", markup`<p>${told}</p>\n${lines}${tables}`);
}

function inOrder(things: readonly Thing[]): readonly Thing[] {
  return [...things].sort((a, b) => a.startedMs - b.startedMs || (a.id < b.id ? -1 : 1));
}

function labelsOf({ events: { labels } }: RunNumbers): string {
  const all = Object.entries(labels).sort(([, a], [, b]) => b - a);
  const others = all.slice(LABELS_MAX).reduce((sum, [, count]) => sum + count, 0);
  const told = all.slice(0, LABELS_MAX).map(([label, count]) => `${grouped(count)} ${label}`);
  return [...told, ...others > 0 ? [`${grouped(others)} others`] : []].join(", ");
}

function linesTable({ prefix }: PlaceOnPage, { lines }: RunNumbers): Html | undefined {
  const all = Object.entries(lines);
  if (all.length === 0) return undefined;
  return tableOf(`${prefix}lines`, {
    caption: "How often lines were crossed.",
    names: ["line"],
    heads: ["in", "out"],
    rows: all.map(([name, counts]) => ({
      names: [name],
      values: [grouped(counts.in), grouped(counts.out)],
    })),
  });
}

async function thingsTable(
  id: string,
  things: readonly Thing[],
  directory: string,
  heading: string,
): Promise<Html> {
  // Of one day, the time of day is enough.
  const days = new Set(things.map(({ startedMs }) => timeOf(startedMs).slice(0, 10)));
  const day = days.size === 1 ? [...days][0]! : undefined;
  const haveRules = things.some(({ rules }) => rules.length > 0);
  const rows = [];
  for (const thing of things) {
    const alt = `${thing.label}, marked in the frame that shows it best`;
    const picture = await thumbnail(directory, thing.snapshot, WIDTH_MAX, alt);
    rows.push({
      names: [markup`${thing.label}${mixOf(thing)}`],
      values: [
        { content: picture ?? "none", attributes: markup` class="snapshot"` },
        timeOf(thing.startedMs).replace(/ UTC$/, "").replace(`${day} `, ""),
        durationOf(thing.seconds) + (thing.isClosed ? "" : " so far"),
        thing.score.toFixed(2),
        text(thing.zones.map(([zone, seconds]) => `${zone} ${durationOf(seconds)}`)),
        text(thing.lines.map((one) => `${one.line} ${one.in} in, ${one.out} out`)),
        ...(haveRules ? [text(thing.rules)] : []),
      ],
    });
  }
  const caption = `${heading}, ${things.length} in number. Times are UTC${
    day === undefined ? "" : ` on ${day}`
  }; the score is that of the picture, the frame that shows it best.`;
  return tableOf(id, {
    ...{ caption, names: ["what"], rows },
    heads: [
      ...["picture", "seen first", "for", "score", "in zones", "across lines"],
      ...(haveRules ? ["rules met"] : []),
    ],
  });
}

/** What else it was taken for. */
function mixOf({ labels }: Thing): Html | undefined {
  if (labels.length < 2) return undefined;
  const told = labels.slice(0, 4).map(([label, share]) => `${label} ${(100 * share).toFixed(0)} %`)
    .join(", ");
  return markup`<span class="detail">${told}</span>`;
}

function text(parts: readonly string[]) {
  const more = parts.length > PLACES_MAX ? ` and ${parts.length - PLACES_MAX} more` : "";
  const content = parts.length === 0 ? "–" : parts.slice(0, PLACES_MAX).join("; ") + more;
  return { content, attributes: markup` class="text"` };
}
