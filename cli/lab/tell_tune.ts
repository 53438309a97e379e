/** What tuning has come to, as tables, for a program, and in a sentence when nothing meets the targets. */

import { fragmentOf, told } from "../../lab/tune/fragment.ts";
import { milliseconds, percent } from "../../lab/report/numbers.ts";
import { type MeasuredPoint, placedName, placeOf } from "../../lab/tune/measured_point.ts";
import { type Shortfall, shortfalls } from "../../lab/tune/targets.ts";
import type { Choice, Tuned } from "../../lab/tune/tuning.ts";
import { byteSize, table } from "../table.ts";

/** The front of each profile and of all, and the config. */
export function tuneText(tuned: Tuned): string {
  const { tuning: { each, all } } = tuned;
  const choices = each.length > 1 ? [...each, all] : [all];
  const parts = choices.map((choice) => choiceText(choice, tuned));
  const fragment = fragmentOf(tuned);
  return [...parts, ...fragment === undefined ? [] : [fragment.trimEnd()]].join("\n\n");
}

function choiceText(choice: Choice, { tuning: { all, each, targets }, networks }: Tuned): string {
  const { front, chosen, nearest, dominated, behind } = choice;
  const over = networks.length === 0 ? "without a network" : `over ${networks.join(", ")}`;
  const isWorst = each.length > 1 && choice === all;
  const title = isWorst ? "the worst of all profiles" : choice.name;
  const rows = front.map((point) => [
    ...[point === chosen ? "→" : "", point.model, placeOf(point)],
    ...[point.encoding?.height ?? "", point.encoding?.quality ?? ""],
    ...[point.f1.toFixed(3), percent(point.share)],
    ...[byteSize(Math.round(point.bytes)), byteSize(Math.round(point.bytesPerSec))],
    ...[milliseconds(point.meanMs), milliseconds(point.p95Ms)],
  ]);
  const left = `left out: ${dominated} that something is better than, ` +
    `${behind} that ${behind === 1 ? "does" : "do"} not keep up with the camera`;
  const answer = chosen
    ? `→ ${placedName(chosen)}: ${told(chosen)}`
    : nearest
    ? `no point meets the targets; nearest: ${placedName(nearest)}, ${
      shortfalls(nearest, targets).map(missed).join("; ")
    }`
    : "no point is in all profiles";
  const shown = rows.length === 0 ? [] : [
    table([
      ["", "left"],
      ["model", "left"],
      ["at", "left"],
      ["height", "right"],
      ["quality", "right"],
      ["F1", "right"],
      ["of best", "right"],
      ["a frame", "right"],
      ["a second", "right"],
      ["mean ms", "right"],
      ["p95 ms", "right"],
    ], rows),
  ];
  return [`${title}, ${over}`, ...shown, left, answer].join("\n");
}

/** Why there is no config, and what came nearest to one. */
export function missedBy({ tuning: { each, all, targets } }: Tuned): string {
  const lonely = each.filter(({ chosen }) => chosen).map(({ name }) => name);
  const where = each.length > 1 ? " on all profiles" : "";
  const some = each.length > 1 && lonely.length > 0
    ? `; ${lonely.join(", ")} ${lonely.length === 1 ? "has" : "have"} one alone`
    : "";
  const near = all.nearest
    ? `${placedName(all.nearest)} came nearest, ${
      shortfalls(all.nearest, targets).map(missed).join(", ")
    }`
    : "the profiles have no point in common";
  return `Cannot meet the targets: no operating point does${where}; ${near}${some}`;
}

function missed({ target, found, wanted, by }: Shortfall): string {
  const share = percent(by);
  switch (target) {
    case "accuracy":
      return `F1 is ${percent(found)} of the best, ${percent(wanted)} is wanted (${share} less)`;
    case "latency": {
      const [is, ms] = [milliseconds(found), milliseconds(found - wanted)];
      return `95 % of frames within ${is} ms, ${wanted} ms is wanted (${ms} ms, ${share} more)`;
    }
    case "bytes": {
      const [is, most] = [byteSize(Math.round(found)), byteSize(wanted)];
      return `${is}/s, ${most}/s is wanted (${share} more)`;
    }
    case "frames":
      return `${percent(found)} of frames have a result, ${
        percent(wanted)
      } is wanted: it does not keep up`;
    default:
      return target satisfies never;
  }
}

/** All that was found, for a program: numbers that are not there are `null`. */
export function tuneJson(tuned: Tuned) {
  const { networks, tuning: { targets, each, all } } = tuned;
  return {
    form: 1,
    targets: {
      accuracy: targets.accuracy ?? null,
      latency_ms: targets.latencyMs ?? null,
      bytes_per_s: targets.bytesPerSec ?? null,
    },
    networks,
    profiles: each.map((choice) => choiceJson(choice)),
    all: choiceJson(all),
    config: fragmentOf(tuned) ?? null,
  };
}

function choiceJson({ name, points, front, chosen, nearest }: Choice) {
  const indexOf = (point: MeasuredPoint | undefined) => point ? points.indexOf(point) : null;
  return {
    name,
    points: points.map((point) => pointJson(point)),
    front: front.map((point) => points.indexOf(point)),
    chosen: indexOf(chosen),
    nearest: indexOf(nearest),
  };
}

function pointJson({ model, encoding, ...measures }: MeasuredPoint) {
  const rounded = (value: number) => Number.isFinite(value) ? Number(value.toFixed(6)) : null;
  return {
    ...{ model, place: placeOf({ model, encoding }) },
    ...{ height: encoding?.height ?? null, quality: encoding?.quality ?? null },
    ...{ f1: rounded(measures.f1), share_of_best: rounded(measures.share) },
    ...{ bytes_per_frame: rounded(measures.bytes), bytes_per_s: rounded(measures.bytesPerSec) },
    ...{ mean_ms: rounded(measures.meanMs), p95_ms: rounded(measures.p95Ms) },
    answered: rounded(measures.answered),
  };
}
