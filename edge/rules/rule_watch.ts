/** Watches whether things of one source come to what its rules wait for. */

import type { Moment, SeenFrame } from "../scene/seen_frame.ts";
import type { ZoneNote } from "../zones/note.ts";
import { isWithin, wallTime } from "./hours.ts";
import type { RuleOptions } from "./options.ts";

/** What of an event a rule goes by. */
export interface RuleThing {
  /** What it is, by all that was seen of it. */
  readonly label: string;
  /** When it was seen first. */
  readonly start: Moment;
}

/** Where a thing was that met a rule. */
export type RulePlace = { readonly zone: string } | { readonly line: string };

/** A rule that was met, and is to be told. */
export interface Met {
  /** The rule. */
  readonly rule: RuleOptions;
  /** Number of the track that met it. */
  readonly track: number;
  /** Where; absent of a rule that names no place. */
  readonly place?: RulePlace;
  /** Since when it counts, in time of the source: it came then, into the picture or zone or over the line. */
  readonly sinceMs: number;
  /** The best score that it was seen with. */
  readonly score: number;
}

/** How often a rule was met. */
export interface RuleCounts {
  /** And that was told. */
  readonly alerts: number;
  /** And that was not, since another alert of it was told shortly before. */
  readonly suppressed: number;
}

/** Where a thing is, or was. */
interface Place {
  readonly place: RulePlace;
  readonly since: Moment;
}

/** What is known of a thing while its event is open. */
interface Known {
  score: number;
  /** Zones that it is in, and lines that it crossed, by their names. */
  readonly places: Map<string, Place>;
  /** Names of the rules that it met. */
  readonly met: Set<string>;
}

interface Watched {
  readonly rule: RuleOptions;
  /** When an alert of it was told last, in time of the source. */
  toldMs: number;
  readonly counts: { alerts: number; suppressed: number };
}

/** The rules of one source. A rule is met once by an event, however often what it waits for holds. */
export class RuleWatch {
  readonly #rules: readonly Watched[];
  readonly #known = new Map<number, Known>();

  /** Has seen nothing yet. @param rules those of the source; their names differ */
  constructor(rules: readonly RuleOptions[]) {
    this.#rules = rules.map((rule) => ({
      ...{ rule, toldMs: -Infinity, counts: { alerts: 0, suppressed: 0 } },
    }));
  }

  /**
   * Takes one frame with what zones tell of it; frames come in the order of capture.
   *
   * @param frame at the end of a run only when that is.
   * @param things those whose events are open, by track.
   * @returns what is to be told, by thing and then in the order of the rules.
   */
  see(
    frame: Moment & Partial<Pick<SeenFrame, "detections">>,
    notes: readonly ZoneNote[],
    things: ReadonlyMap<number, RuleThing>,
  ): readonly Met[] {
    if (this.#rules.length === 0) return [];
    const here = new Set<number>();
    for (const { track_id, score } of frame.detections ?? []) {
      if (track_id === undefined || !things.has(track_id)) continue;
      const known = this.#of(track_id);
      known.score = Math.max(known.score, score);
      here.add(track_id);
    }
    for (const note of notes) {
      if (!things.has(note.track_id)) continue;
      this.#note(note, frame);
      // A crossing may become sure when a track ends: nobody sees the thing then.
      if (note.event === "cross") here.add(note.track_id);
    }
    return [...here].flatMap((track) => this.#meets(track, things.get(track)!, frame));
  }

  /** An event is over. @returns names of the rules that it met, those among them that were not told */
  end(track: number): readonly string[] {
    const met = this.#known.get(track)?.met ?? [];
    this.#known.delete(track);
    return [...met];
  }

  /** How often each rule was met, by its name. */
  counts(): Readonly<Record<string, RuleCounts>> {
    return Object.fromEntries(this.#rules.map(({ rule, counts }) => [rule.name, { ...counts }]));
  }

  #of(track: number): Known {
    let known = this.#known.get(track);
    if (!known) this.#known.set(track, known = { score: 0, places: new Map(), met: new Set() });
    return known;
  }

  #note(note: ZoneNote, { atMs, wallMs }: Moment): void {
    const { places } = this.#of(note.track_id);
    if (note.event === "cross") {
      places.set(note.line, { place: { line: note.line }, since: { atMs, wallMs } });
    } else if (note.event === "leave") {
      places.delete(note.zone);
    } else if (!places.has(note.zone)) {
      const { zone, startedWallMs, dwellMs } = note;
      places.set(zone, {
        place: { zone },
        since: { atMs: atMs - dwellMs, wallMs: startedWallMs },
      });
    }
  }

  #meets(track: number, thing: RuleThing, now: Moment): readonly Met[] {
    const { score, met, places } = this.#of(track);
    return this.#rules.flatMap((watched): readonly Met[] => {
      const { rule, counts } = watched;
      const { name, labels, scoreMin, cooldownMs } = rule;
      const isMeant = labels.length === 0 || labels.includes(thing.label);
      if (met.has(name) || !isMeant || score < scoreMin) return [];
      const at = placeOf(rule, thing, places, now);
      if (!at) return [];
      met.add(name);
      if (now.atMs - watched.toldMs < cooldownMs) {
        counts.suppressed++;
        return [];
      }
      counts.alerts++;
      watched.toldMs = now.atMs;
      const place = "place" in at ? { place: at.place } : {};
      return [{ ...{ rule, track, score, sinceMs: at.since.atMs }, ...place }];
    });
  }
}

/** Where and since when it counts for a rule; `undefined` where it does not. */
function placeOf(
  { places, minimumMs, hours }: RuleOptions,
  { start }: RuleThing,
  known: Known["places"],
  now: Moment,
): Place | { readonly since: Moment } | undefined {
  const isTime = ({ wallMs }: Moment) => isWithin(hours, wallTime(wallMs));
  const isLong = ({ atMs }: Moment) => now.atMs - atMs >= minimumMs;
  if (places.length === 0) return isTime(now) && isLong(start) ? { since: start } : undefined;
  return places.flatMap((name) => known.get(name) ?? []).find(({ place, since }) =>
    // Who crossed did so at one time; who is in a zone is in it now.
    "line" in place ? isTime(since) && isLong(start) : isTime(now) && isLong(since)
  );
}
