/** The book of one source's events: what opens, what it comes to, what is over. */

import { type Box, roundedBox } from "../../core/detection.ts";
import { rounded } from "../../core/number.ts";
import { RuleWatch } from "../rules/rule_watch.ts";
import type { Moment, SeenFrame } from "../scene/seen_frame.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import type { ZoneNote } from "../zones/note.ts";
import type { EventEnd, EventRecord } from "./event_record.ts";
import { iso, SceneEvent } from "./scene_event.ts";

/** Events that may be open at once. */
export const EVENTS_MAX = 1000;

/** A frame that shows a thing better than those before: the picture to keep of its event. */
export interface Snapshot {
  /** The event's. */
  readonly id: string;
  /** Where the thing is, in pixels of the captured frame. */
  readonly box: Box;
  /** What it is, by all that was seen of it. */
  readonly label: string;
  /** Confidence in this frame, 0 to 1. */
  readonly score: number;
}

/** What a frame came to. */
export interface BookedFrame {
  /** What is to be told, in order. */
  readonly records: readonly EventRecord[];
  /** Of which events this frame is the best picture so far. */
  readonly snapshots: readonly Snapshot[];
}

/** How many events there were. */
export interface EventCounts {
  /** Open now. */
  readonly open: number;
  /** Ever opened. */
  readonly opened: number;
  /** Tracks that no event was opened for, since too many were. */
  readonly leftOut: number;
}

/** Where in a run that is. */
export type At = Moment & Pick<SeenFrame, "index">;

/** Events of one source. */
export class EventBook {
  readonly #source: string;
  readonly #eventsMax: number;
  readonly #rules: RuleWatch;
  readonly #open = new Map<number, SceneEvent>();
  /** Tracks that there was no room for, while they last. */
  readonly #leftOut = new Set<number>();
  #opened = 0;
  #leftOutCount = 0;

  /**
   * Nothing is open yet.
   *
   * @param source the source's name, as the run names it.
   * @param rules watch whether events come to what they wait for.
   */
  constructor(
    source: string,
    { eventsMax = EVENTS_MAX, rules = new RuleWatch([]) }: {
      readonly eventsMax?: number;
      readonly rules?: RuleWatch;
    } = {},
  ) {
    this.#source = source;
    this.#rules = rules;
    this.#eventsMax = eventsMax;
  }

  /** Takes one frame, with what zones tell of it; frames come in the order of capture. */
  see(frame: SeenFrame, notes: readonly ZoneNote[]): BookedFrame {
    const records: EventRecord[] = [];
    const snapshots: Snapshot[] = [];
    for (const detection of frame.detections) {
      const { track_id, box, score } = detection;
      if (track_id === undefined) continue;
      const known = this.#open.get(track_id);
      const event = known ?? this.#begin(track_id, detection, frame);
      if (!event) continue;
      const isBest = event.see(detection, frame);
      if (!known) records.push(event.open(frame));
      if (isBest) snapshots.push({ id: event.id, box, label: event.label, score });
    }
    records.push(...this.#noted(notes, frame), ...this.#alerts(frame, notes));
    const ended = new Set(frame.ended);
    for (const [track, event] of this.#open) {
      if (ended.has(track)) records.push(this.#close(track, event, frame, "gone"));
      else {
        const update = event.update(frame);
        if (update) records.push(update);
      }
    }
    for (const track of ended) this.#leftOut.delete(track);
    return { records, snapshots };
  }

  /** Closes all that is open: the run is over. @param notes what zones tell of that */
  close(end: At, notes: readonly ZoneNote[]): readonly EventRecord[] {
    const told = this.#noted(notes, end);
    return [
      ...told,
      ...this.#alerts(end, notes),
      ...[...this.#open].map(([track, event]) => this.#close(track, event, end, "end")),
    ];
  }

  /** How many there were. */
  counts(): EventCounts {
    return { open: this.#open.size, opened: this.#opened, leftOut: this.#leftOutCount };
  }

  #begin(
    track: number,
    { box }: TrackedDetection,
    frame: SeenFrame,
  ): SceneEvent | undefined {
    if (this.#leftOut.has(track)) return undefined;
    if (this.#open.size >= this.#eventsMax) {
      this.#leftOut.add(track);
      this.#leftOutCount++;
      return undefined;
    }
    const name = { id: eventId(frame.wallMs, this.#source, track), source: this.#source };
    const event = new SceneEvent(name, track, frame, box);
    this.#open.set(track, event);
    this.#opened++;
    return event;
  }

  #close(track: number, event: SceneEvent, at: At, reason: EventEnd["reason"]): EventEnd {
    this.#open.delete(track);
    return event.close(at, reason, this.#rules.end(track));
  }

  /** Lines of what met a rule. */
  #alerts(
    at: At & Partial<Pick<SeenFrame, "detections">>,
    notes: readonly ZoneNote[],
  ): readonly EventRecord[] {
    return this.#rules.see(at, notes, this.#open)
      .map((met) => this.#open.get(met.track)!.alert(met, at));
  }

  /** Lines of what zones and lines tell, which their events know of, too. */
  #noted(notes: readonly ZoneNote[], { atMs }: At): readonly EventRecord[] {
    return notes.map((note) => {
      const event = this.#open.get(note.track_id);
      const told = {
        id: event?.id ?? null,
        source: this.#source,
        track_id: note.track_id,
        label: note.label,
        at: iso(note.wallMs),
        pts_ms: rounded(atMs, 3),
        frame: note.frame,
        box: roundedBox(note.box),
      };
      if (note.event === "cross") {
        const { line, direction, counts } = note;
        const started_at = event?.startedAt ?? told.at;
        return { event: "line", ...told, line, direction, started_at, counts };
      }
      event?.note(note, atMs);
      const { zone, startedWallMs, dwellMs, ended, continues } = note;
      return {
        event: note.event,
        ...told,
        zone,
        started_at: iso(startedWallMs),
        seconds: rounded(dwellMs / 1000, 3),
        ...(ended ? { ended } : {}),
        ...(continues === undefined ? {} : { continues }),
      };
    });
  }
}

/**
 * An event's name, one in all runs: when it began, in UTC to the millisecond, so that names are in order
 * of time, its source, and the number of its track: `20260131T120000250Z-door-17`. A file may have it.
 */
export function eventId(startedWallMs: number, source: string, track: number): string {
  return `${iso(startedWallMs).replace(/[-:.]/g, "")}-${source}-${track}`;
}
