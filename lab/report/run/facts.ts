/** The run's facts, one below the other: each that there is something to say of. */

import { type Content, type Html, markup } from "../html.ts";
import { bytes } from "../numbers.ts";
import type { RunNumbers } from "./numbers.ts";
import { countOf, durationOf, grouped, timeOf } from "./words.ts";

/** What it is called, and what it is; left out where that is `undefined`. */
type Fact = readonly [name: string, told: Content];

/** All of them, as a list. */
export function facts(numbers: RunNumbers): Html {
  const all: readonly Fact[] = [
    ...whatItWas(numbers),
    ...whatWasFound(numbers),
    ...howItWasInferred(numbers),
    ...whatWasAway(numbers),
    ...whatWasKept(numbers),
  ];
  return markup`<dl>
${
    all.map(([name, told]) =>
      told === undefined ? undefined : markup`<dt>${name}</dt><dd>${told}</dd>\n`
    )
  }</dl>
`;
}

function whatItWas({ input, policy, began, ended, changes }: RunNumbers): readonly Fact[] {
  const when = began === null || ended === null
    ? undefined
    : `${timeOf(Date.parse(began))} to ${timeOf(Date.parse(ended))}`;
  const changed = changes.map(({ what, to, frame }) =>
    `${what} to ${to} after ${countOf(frame, "frame", "frames")}`
  );
  return [
    ["Source", input ?? undefined],
    ["Policy", policy ?? undefined],
    ["When", when],
    ["Changed while it ran", changed.length > 0 ? changed.join("; ") : undefined],
  ];
}

function whatWasFound({ models, found: { top, rest }, rules }: RunNumbers): readonly Fact[] {
  const labels = [
    ...top.map(([label, count]) => `${label}: ${grouped(count)}`),
    ...rest > 0 ? [`others: ${grouped(rest)}`] : [],
  ];
  const met = Object.entries(rules).map(([name, { alerts, suppressed }]) =>
    `${name}: ${countOf(alerts, "alert", "alerts")}` +
    (suppressed > 0 ? `, ${grouped(suppressed)} kept back by its cooldown` : "")
  );
  return [
    ["Models", counted(models, "frame", "frames")],
    ["Found", labels.length > 0 ? `${labels.join(", ")}, in all frames together` : undefined],
    ["Rules", met.length > 0 ? met.join("; ") : undefined],
  ];
}

/** Bytes, and frames that did not simply go where the policy sent them. */
function howItWasInferred(numbers: RunNumbers): readonly Fact[] {
  const { bytes: { up, down }, fallbacks, hedged, second_looks, shadow, late_decisions } = numbers;
  const frames = (count: number | undefined, told: string) =>
    count ? `${countOf(count, "frame", "frames")} ${told}` : undefined;
  const failed = shadow.failed > 0 ? `; it failed ${countOf(shadow.failed, "time", "times")}` : "";
  return [
    ["Bytes", up + down > 0 ? `${bytes(up)} sent, ${bytes(down)} received` : "nothing was sent"],
    ["Fallbacks", frames(fallbacks, "meant for the cloud were inferred on the edge")],
    [
      "Hedged",
      frames(
        hedged?.begun,
        `were inferred on the edge too while their answer took long; of ${hedged?.used} it did not come`,
      ),
    ],
    [
      "Second looks",
      frames(
        second_looks?.begun,
        `were sent after a doubtful result of the edge's; of ${second_looks?.used} the answer counted`,
      ),
    ],
    [
      "Candidate",
      shadow.asked > 0
        ? `of ${countOf(shadow.asked, "decision", "decisions")} it would have made ` +
          `${grouped(shadow.agreed)} alike${failed}`
        : undefined,
    ],
    ["Decided too late", frames(late_decisions ?? 0, "went as if the cloud had failed")],
  ];
}

/** What was not there: the cloud, the source, time for a frame. */
function whatWasAway(numbers: RunNumbers): readonly Fact[] {
  const { cloud_outages: outages, interruptions: { count, seconds }, passed_over } = numbers;
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
    ["Left out by the source", counted(numbers.left_out)],
  ];
}

/** What became of what was to be written. */
function whatWasKept(numbers: RunNumbers): readonly Fact[] {
  const { events, clips, pictures_left_out, deleted, sinks } = numbers;
  return [
    ["Events left out", events.left_out ? grouped(events.left_out) : undefined],
    [
      "Clips",
      clips && clips.written + clips.failed > 0
        ? `${grouped(clips.written)} written, ${grouped(clips.failed)} failed`
        : undefined,
    ],
    [
      "Pictures left out",
      pictures_left_out ? `${grouped(pictures_left_out)}, to keep room on the disk` : undefined,
    ],
    [
      "Deleted while it ran",
      deleted ? `${countOf(deleted.files, "file", "files")}, ${bytes(deleted.bytes)}` : undefined,
    ],
    ...Object.entries(sinks).map(([name, { written, dropped, failed }]): Fact => [
      `Sink ${name}`,
      `${grouped(written)} written, ${grouped(dropped)} dropped, ${grouped(failed)} failed`,
    ]),
  ];
}

function counted(counts: Readonly<Record<string, number>>, one = "", several = ""): Content {
  const all = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (all.length === 0) return undefined;
  const unit = (count: number) => one === "" ? grouped(count) : countOf(count, one, several);
  return all.map(([name, count]) => `${name}: ${unit(count)}`).join(", ");
}
