/** The best and the worst frames: what the models were sure of, what they doubted, what took long. */

import { type Html, markup } from "../html.ts";
import { milliseconds } from "../numbers.ts";
import type { KeptFrame } from "./extremes.ts";
import { PLACE_NAMES } from "./latency.ts";
import { partHeading, type PlaceOnPage, sectionOf } from "./place.ts";
import type { RunRead } from "./read_run.ts";
import { thumbnail } from "./thumbnail.ts";
import { countOf, grouped } from "./words.ts";

/** Pixels. */
const WIDTH_MAX = 480;

/** Labels that a caption names. */
const LABELS_MAX = 6;

/** Frames that belong together. */
interface Group {
  readonly title: string;
  readonly about: string;
  readonly frames: readonly KeptFrame[];
}

/**
 * The section; `undefined` where nothing was inferred.
 *
 * @param each so many frames of each kind.
 */
export async function picturesSection(
  place: PlaceOnPage,
  run: RunRead,
  each: number,
): Promise<Html | undefined> {
  const groups = groupsOf(run, each);
  if (groups.length === 0) return undefined;
  const stored = run.pictures.count;
  let shown = 0;
  const parts: Html[] = [];
  for (const { title, about, frames } of groups) {
    const figures: Html[] = [];
    for (const frame of frames) {
      const name = `frame_${String(frame.frame).padStart(6, "0")}.jpg`;
      const alt = `Frame ${frame.frame} with what was found in it: ${foundIn(frame)}`;
      const picture = stored === 0
        ? undefined
        : await thumbnail(run.folder.path, name, WIDTH_MAX, alt);
      if (picture) shown++;
      figures.push(figureOf(frame, picture, stored > 0));
    }
    parts.push(markup`${partHeading(place, title)}<p class="quiet">${about}</p>
<div class="pictures">
${figures}</div>
`);
  }
  const told = stored === 0
    ? "The run stored no pictures of frames (--images): these are numbers alone."
    : `Out of the ${
      countOf(stored, "frame", "frames")
    } that the run stored a picture of, each from ` +
      `another part of the run. ${countOf(shown, "picture is", "pictures are")} here, ` +
      `${grouped(Math.max(0, stored - shown))} are left out.`;
  return sectionOf(place, "frames", "Best and worst", markup`<p>${told}</p>\n${parts}`);
}

/** A frame stands in one group: the doubtful ones are looked at first. */
function groupsOf({ frames }: RunRead, each: number): readonly Group[] {
  const taken = new Set<number>();
  const top = (of: "doubtful" | "slowest" | "surest") => {
    const chosen = frames[of].top(each, frames.lastFrame, (frame) => taken.has(frame));
    for (const { frame } of chosen) taken.add(frame);
    return chosen;
  };
  const [doubtful, slowest, surest] = [top("doubtful"), top("slowest"), top("surest")];
  const all: readonly Group[] = [
    { title: "Surest", about: "The highest mean scores of what was found.", frames: surest },
    { title: "Most doubtful", about: "The lowest mean scores.", frames: doubtful },
    { title: "Slowest", about: "The longest from capture to result.", frames: slowest },
  ];
  return all.filter(({ frames }) => frames.length > 0);
}

function figureOf(frame: KeptFrame, picture: Html | undefined, isWanted: boolean): Html {
  const { outcome, model, latencyMs, meanScore, ptsMs } = frame;
  const where = outcome === "cloud" ? PLACE_NAMES.cloud : PLACE_NAMES.local;
  const score = meanScore === undefined ? "" : `mean score ${meanScore.toFixed(2)}, `;
  const none = isWanted ? markup`<div class="none">it cannot be read</div>` : undefined;
  return markup`<figure>${picture ?? none}<figcaption><b>Frame ${grouped(frame.frame)}</b> at ${
    (ptsMs / 1000).toFixed(2)
  } s<br>${score}${milliseconds(latencyMs)} ms ${where} by ${model ?? "no model"}<br>${
    foundIn(frame)
  }</figcaption></figure>
`;
}

function foundIn({ found }: KeptFrame): string {
  const all = Object.entries(found).sort(([, a], [, b]) => b - a);
  if (all.length === 0) return "nothing was found";
  const more = all.slice(LABELS_MAX).reduce((sum, [, count]) => sum + count, 0);
  const told = all.slice(0, LABELS_MAX).map(([label, count]) => `${count} ${label}`).join(", ");
  return more > 0 ? `${told} and ${more} more` : told;
}
