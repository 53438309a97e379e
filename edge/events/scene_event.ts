/** One event: what a track is, from when it is seen first until it is gone. */

import { type Box, roundedBox } from "../../core/detection.ts";
import { rounded } from "../../core/number.ts";
import { LabelVotes } from "../tracking/label_votes.ts";
import type { Moment, SeenFrame } from "../scene/seen_frame.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import type { StayNote } from "../zones/note.ts";
import { BestViews, type View } from "./best_view.ts";
import type { Met } from "../rules/rule_watch.ts";
import type { AlertRecord, EventEnd, EventState, ThingState, ZoneVisit } from "./event_record.ts";
import { Path } from "./path.ts";
import { Sight } from "./sight.ts";

/** Least time between two lines of an event that tell what it came to meanwhile, ms. */
const TOLD_EVERY_MS = 1000;

/** Out of sight for less than this is in sight, ms. */
const GAP_MS = 2000;

/** Visits of zones that are kept: the latest. */
const VISITS_MAX = 64;

interface Visit {
  readonly zone: string;
  readonly startedWallMs: number;
  /** In time of the source. */
  readonly sinceMs: number;
  /** When it left, by both clocks. */
  left: Moment | undefined;
}

/** What an event is known by. */
export interface EventName {
  /** Its own name. */
  readonly id: string;
  /** The source's. */
  readonly source: string;
}

/** One track's life. */
export class SceneEvent {
  readonly #name: EventName;
  readonly #track: number;
  readonly #start: Moment;
  readonly #votes = new LabelVotes();
  readonly #views = new BestViews();
  readonly #path = new Path();
  readonly #sight = new Sight(GAP_MS);
  readonly #places = { local: 0, cloud: 0, carried: 0 };
  readonly #visits: Visit[] = [];
  #last: View;
  /** What it was called when it was told of last, and when that was. */
  #toldLabel = "";
  #toldAtMs = -Infinity;
  #hasNews = false;

  /** Opens with the frame in which the track is seen first. */
  constructor(name: EventName, track: number, { atMs, wallMs, index }: SeenFrame, box: Box) {
    this.#name = name;
    this.#track = track;
    this.#start = { atMs, wallMs };
    this.#last = { atMs, wallMs, frame: index, box, score: 0 };
  }

  /** Its own name. */
  get id(): string {
    return this.#name.id;
  }

  /** What it is, by all that was seen of it. */
  get label(): string {
    return this.#votes.label ?? "";
  }

  /** When it was seen first. */
  get start(): Moment {
    return this.#start;
  }

  /** When it was seen first; ISO 8601, UTC. */
  get startedAt(): string {
    return iso(this.#start.wallMs);
  }

  /** Takes where the thing is. Whether this picture is the best one so far. */
  see(detection: TrackedDetection, frame: SeenFrame): boolean {
    const { box, label, score } = detection;
    const { atMs, wallMs, index, width, height, place } = frame;
    this.#last = { atMs, wallMs, frame: index, box, score };
    const seconds = (atMs - this.#start.atMs) / 1000;
    this.#path.add([(box[0] + box[2]) / 2 / width, box[3] / height, seconds]);
    this.#sight.see(atMs);
    this.#places[place ?? "carried"]++;
    if (place === undefined && this.#votes.label !== undefined) return false;
    this.#votes.add(label, score);
    const isBest = this.#views.consider(frame, detection);
    this.#hasNews ||= isBest || this.#votes.label !== this.#toldLabel;
    return isBest;
  }

  /** Takes what a zone tells of it. @param atMs time of the source at which it does */
  note({ event, zone, startedWallMs, untilWallMs, dwellMs }: StayNote, atMs: number): void {
    let visit = this.#visits.findLast((one) => one.zone === zone && !one.left);
    if (!visit) {
      visit = { zone, startedWallMs, sinceMs: atMs - dwellMs, left: undefined };
      this.#visits.push(visit);
      if (this.#visits.length > VISITS_MAX) this.#visits.shift();
    }
    if (event === "leave") visit.left = { atMs: visit.sinceMs + dwellMs, wallMs: untilWallMs };
    this.#hasNews ||= event !== "loiter";
  }

  /** The line that opens it. */
  open(frame: SeenFrame): EventState {
    return this.#state("open", frame);
  }

  /** The line that tells what it came to, if there is something to tell and the last one is a while ago. */
  update(frame: SeenFrame): EventState | undefined {
    const isDue = this.#hasNews && frame.atMs - this.#toldAtMs >= TOLD_EVERY_MS;
    return isDue ? this.#state("update", frame) : undefined;
  }

  /** The line that tells that it met a rule. */
  alert({ rule, place, sinceMs, score }: Met, at: Moment & Pick<SeenFrame, "index">): AlertRecord {
    return {
      event: "alert",
      ...this.#known(at),
      id: this.id,
      rule: rule.name,
      ...place,
      seconds: rounded((at.atMs - sinceMs) / 1000, 3),
      score: rounded(score, 4),
    };
  }

  /** The line that closes it. @param rules those that it met */
  close(
    at: Moment & Pick<SeenFrame, "index">,
    reason: EventEnd["reason"],
    rules: readonly string[],
  ): EventEnd {
    const { atMs, wallMs } = this.#last;
    const { local, cloud, carried } = this.#places;
    const seconds = (ms: number) => rounded((ms - this.#start.atMs) / 1000, 3);
    for (const visit of this.#visits) visit.left ??= this.#last;
    return {
      ...this.#state("close", at),
      event: "close",
      reason,
      ended_at: iso(wallMs),
      duration_s: seconds(atMs),
      places: { local, cloud, carried },
      frames: local + cloud + carried,
      seen: this.#sight.intervals.map(([from, to]) => [seconds(from), seconds(to)]),
      path: this.#path.points().map(([x, y, at]) => [rounded(x, 4), rounded(y, 4), rounded(at, 3)]),
      ...(rules.length > 0 ? { rules } : {}),
    };
  }

  #state(event: EventState["event"], at: Moment & Pick<SeenFrame, "index">): EventState {
    [this.#hasNews, this.#toldLabel, this.#toldAtMs] = [false, this.label, at.atMs];
    return { event, ...this.#known(at) };
  }

  #known({ atMs, wallMs, index }: Moment & Pick<SeenFrame, "index">): ThingState {
    const best = this.#views.best ?? this.#last;
    return {
      ...this.#name,
      track_id: this.#track,
      label: this.label,
      started_at: this.startedAt,
      at: iso(wallMs),
      pts_ms: rounded(atMs, 3),
      frame: index,
      box: roundedBox(this.#last.box),
      labels: this.#votes.shares(),
      zones: this.#visits.map((visit) => visitOf(visit, atMs)),
      best: {
        frame: best.frame,
        at: iso(best.wallMs),
        score: rounded(best.score, 4),
        box: roundedBox(best.box),
      },
    };
  }
}

function visitOf({ zone, startedWallMs, sinceMs, left }: Visit, nowMs: number): ZoneVisit {
  return {
    zone,
    entered_at: iso(startedWallMs),
    left_at: left ? iso(left.wallMs) : null,
    seconds: rounded(((left?.atMs ?? nowMs) - sinceMs) / 1000, 3),
  };
}

/** ISO 8601, UTC. */
export function iso(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
