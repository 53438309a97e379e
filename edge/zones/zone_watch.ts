/** Watches the zones and lines of one source: who is in them, who crosses them. */

import type { Size } from "../../core/frame.ts";
import type { Moment, SeenFrame } from "../scene/seen_frame.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import { Crossing } from "./crossing.ts";
import type { LineCounts, StayNote, ZoneNote } from "./note.ts";
import type { ZoneOptions } from "./options.ts";
import { anchorOf, Area, Border, sizeOf } from "./shape.ts";
import type { Sighting } from "./sighting.ts";
import { Stay, type StayTold } from "./stay.ts";
import { SUCCESSION_MS, successions } from "./succession.ts";
import { Thing } from "./thing.ts";

/** Things that are known at once; beyond that the one seen longest ago is taken as gone. */
const THINGS_MAX = 2000;

/** A detection with the zones that it stands in. */
export interface ZonedDetection extends TrackedDetection {
  /** Their names, in the order of the settings; absent where it is in none. */
  readonly zones?: readonly string[];
}

/** What a frame came to. */
export interface ZonedFrame {
  /** The frame's detections, in their order. */
  readonly detections: readonly ZonedDetection[];
  /** What is to be told, in order. */
  readonly notes: readonly ZoneNote[];
}

interface Zone {
  readonly options: ZoneOptions;
  readonly area: Area;
}

interface Line {
  readonly options: ZoneOptions;
  readonly border: Border;
}

/** The zones and lines of one source. */
export class ZoneWatch {
  #options: readonly ZoneOptions[];
  /** Zones that are to count from the next frame on. */
  #next: readonly ZoneOptions[] | undefined;
  /** Of lines that were taken away, too: what was counted was counted. */
  readonly #counts = new Map<string, { in: number; out: number }>();
  readonly #things = new Map<number, Thing>();
  #size: Size | undefined;
  #zones: readonly Zone[] = [];
  #lines: readonly Line[] = [];

  /** Has seen nothing yet. @param zones those of the source; their names differ */
  constructor(zones: readonly ZoneOptions[]) {
    this.#options = zones;
    this.#count(zones);
  }

  /** Those that count, or will from the next frame on. */
  get options(): readonly ZoneOptions[] {
    return this.#next ?? this.#options;
  }

  /** Has other zones and lines from the next frame on. What stays as it was goes on. */
  watch(zones: readonly ZoneOptions[]): void {
    this.#next = zones;
    this.#count(zones);
  }

  /** Takes one frame; frames come in the order of capture. */
  see(frame: SeenFrame): ZonedFrame {
    const ended = this.#change(frame);
    if (this.#options.length === 0) return { detections: frame.detections, notes: ended };
    const notes = [...ended, ...this.#fit(frame)];
    const before = this.#recognise(frame);
    for (const detection of frame.detections) {
      const { track_id } = detection;
      if (track_id === undefined) continue;
      const now = sightingOf(frame, detection);
      const known = this.#things.get(track_id);
      if (known && !known.isOver) notes.push(...this.#look(known, detection, now, frame));
      else notes.push(...this.#begin(track_id, detection, frame, known ?? before.get(track_id)));
    }
    for (const track of frame.ended) {
      const thing = this.#things.get(track);
      if (thing) notes.push(...this.#end(thing, frame));
    }
    notes.push(...this.#forget(frame));
    return { detections: frame.detections.map((one) => this.#zoned(one, frame)), notes };
  }

  /** How often each line was crossed so far. */
  counts(): Readonly<Record<string, LineCounts>> {
    return Object.fromEntries([...this.#counts].map(([name, counts]) => [name, { ...counts }]));
  }

  /** How many things are in each zone now. */
  occupancy(): Readonly<Record<string, number>> {
    const things = [...this.#things.values()].filter(({ isOver }) => !isOver);
    return Object.fromEntries(
      this.#options.filter(({ shape }) => shape.kind === "polygon").map(({ name }) => [
        name,
        things.filter(({ stays }) => stays.get(name)?.isTold).length,
      ]),
    );
  }

  /** How many things are known, those among them that were lost a moment ago. */
  get known(): number {
    return this.#things.size;
  }

  /** Ends all stays: the run is over. @param index number of the last frame */
  close(end: Moment & { readonly index: number }): readonly ZoneNote[] {
    const notes = [...this.#things.values()].flatMap((thing) => this.#end(thing, end));
    this.#things.clear();
    return notes;
  }

  /**
   * Brings shapes to the frame's size. It may change when a camera comes back: where things were in
   * the pixels of another picture says nothing then.
   */
  #fit(frame: SeenFrame): readonly ZoneNote[] {
    const { width, height } = frame;
    if (this.#size?.width === width && this.#size.height === height) return [];
    const notes = this.close(frame);
    this.#bring({ width, height });
    return notes;
  }

  /** Takes the zones that are to count from now on; ends what went on in those that do not any more. */
  #change(frame: SeenFrame): readonly ZoneNote[] {
    if (!this.#next) return [];
    const gone = this.#options.filter((one) => !this.#next!.includes(one));
    const things = [...this.#things.values()];
    const notes = things.filter(({ isOver }) => !isOver)
      .flatMap((thing) => this.#leave(thing, gone, frame));
    for (const { stays, crossings } of things) {
      for (const { name } of gone) {
        stays.delete(name);
        crossings.delete(name);
      }
    }
    this.#options = this.#next;
    this.#next = undefined;
    if (this.#size) this.#bring(this.#size);
    return notes;
  }

  #count(zones: readonly ZoneOptions[]): void {
    for (const { name, shape } of zones) {
      if (shape.kind === "line") got(this.#counts, name, () => ({ in: 0, out: 0 }));
    }
  }

  #bring({ width, height }: Size): void {
    this.#size = { width, height };
    this.#zones = this.#options.flatMap((options) =>
      options.shape.kind === "polygon"
        ? [{ options, area: new Area(options.shape.points, { width, height }) }]
        : []
    );
    this.#lines = this.#options.flatMap((options) =>
      options.shape.kind === "line"
        ? [{
          options,
          border: new Border(options.shape.from, options.shape.to, { width, height }),
        }]
        : []
    );
  }

  /** What the frame's new tracks were before, by their numbers. */
  #recognise(frame: SeenFrame): ReadonlyMap<number, Thing> {
    const newcomers = frame.detections.filter(({ track_id }) =>
      track_id !== undefined && !this.#things.has(track_id)
    );
    if (newcomers.length === 0) return new Map();
    const here = new Set(frame.detections.map(({ track_id }) => track_id));
    const lost = [...this.#things.values()].filter(({ trackId, hasHeir }) =>
      !hasHeir && !here.has(trackId)
    );
    return successions(newcomers, lost, frame);
  }

  /** A track that is new, or back: perhaps of a thing that is known. */
  #begin(
    trackId: number,
    detection: TrackedDetection,
    frame: SeenFrame,
    before: Thing | undefined,
  ): readonly ZoneNote[] {
    const now = sightingOf(frame, detection);
    const notes: ZoneNote[] = [];
    if (before) notes.push(...this.#end(before, frame));
    const thing = new Thing(trackId, now, before);
    if (before) before.hasHeir = true;
    this.#things.set(trackId, thing);
    for (const { options, area } of before ? this.#zones : []) {
      const told = thing.stays.get(options.name)?.resume(now);
      const isInside = area.depthOf(anchorOf(detection.box, options.anchor, frame)) > 0;
      if (!isInside) thing.stays.delete(options.name);
      else if (told) {
        const continues = before!.trackId === trackId ? {} : { continues: before!.trackId };
        notes.push({ ...this.#stayNote(thing, options.name, told, frame), ...continues });
      }
    }
    return [...notes, ...this.#look(thing, detection, now, frame)];
  }

  /** Takes where a thing is now. */
  #look(
    thing: Thing,
    detection: TrackedDetection,
    now: Sighting,
    frame: SeenFrame,
  ): readonly ZoneNote[] {
    thing.see(detection, now);
    const notes: ZoneNote[] = [];
    const size = sizeOf(detection.box);
    for (const { options, area } of this.#zones) {
      const { name, anchor, dwellMs } = options;
      const stay = got(thing.stays, name, () => new Stay(dwellMs));
      const place = { point: anchorOf(detection.box, anchor, frame), size };
      const told = stay.see(area, place, now, isMeant(options, thing.label));
      notes.push(...told.map((one) => this.#stayNote(thing, name, one, frame)));
    }
    for (const { options, border } of this.#lines) {
      const { name, anchor } = options;
      const crossing = got(thing.crossings, name, () => new Crossing());
      const place = { point: anchorOf(detection.box, anchor, frame), size };
      const crossed = crossing.see(border, place, now, isMeant(options, thing.label));
      notes.push(...crossed.map((direction) => this.#crossNote(thing, name, direction, frame)));
    }
    return notes;
  }

  /** A thing is seen no more, at least under that number. */
  #end(thing: Thing, at: Pick<SeenFrame, "index" | "wallMs">): readonly ZoneNote[] {
    if (thing.isOver) return [];
    thing.isOver = true;
    return this.#leave(thing, this.#options, at);
  }

  /** What a thing did in some zones comes to its end. */
  #leave(
    thing: Thing,
    zones: readonly ZoneOptions[],
    at: Pick<SeenFrame, "index" | "wallMs">,
  ): readonly ZoneNote[] {
    return zones.flatMap((options): ZoneNote[] => {
      const { name } = options;
      const told = thing.stays.get(name)?.end(thing.last) ?? [];
      const crossed = thing.crossings.get(name)?.end(isMeant(options, thing.label)) ?? [];
      return [
        ...told.map((one) => this.#stayNote(thing, name, one, at)),
        ...crossed.map((direction) => this.#crossNote(thing, name, direction, at)),
      ];
    });
  }

  /** Lets go of what nobody will continue any more. */
  #forget(frame: SeenFrame): readonly ZoneNote[] {
    for (const [track, { isOver, last }] of this.#things) {
      if (isOver && frame.atMs - last.atMs > SUCCESSION_MS) this.#things.delete(track);
    }
    const tooMany = Math.max(0, this.#things.size - THINGS_MAX);
    const longestAgo = tooMany === 0 ? [] : [...this.#things.values()]
      .sort((a, b) => a.last.atMs - b.last.atMs).slice(0, tooMany);
    return longestAgo.flatMap((thing) => {
      this.#things.delete(thing.trackId);
      return this.#end(thing, frame);
    });
  }

  #zoned(detection: TrackedDetection, frame: SeenFrame): ZonedDetection {
    const thing = detection.track_id === undefined
      ? undefined
      : this.#things.get(detection.track_id);
    const label = thing?.label || detection.label;
    const zones = this.#zones.filter(({ options, area }) =>
      isMeant(options, label) && area.depthOf(anchorOf(detection.box, options.anchor, frame)) > 0
    ).map(({ options }) => options.name);
    return zones.length === 0 ? detection : { ...detection, zones };
  }

  #stayNote(thing: Thing, zone: string, told: StayTold, at: Told): StayNote {
    return { ...told, zone, ...who(thing, at) };
  }

  #crossNote(thing: Thing, line: string, direction: "in" | "out", at: Told): ZoneNote {
    const counts = this.#counts.get(line)!;
    counts[direction]++;
    return { event: "cross", line, direction, counts: { ...counts }, ...who(thing, at) };
  }
}

type Told = Pick<SeenFrame, "index" | "wallMs">;

function who({ trackId, label, last }: Thing, { index, wallMs }: Told) {
  return { track_id: trackId, label, frame: index, wallMs, box: last.box };
}

function isMeant({ classes }: ZoneOptions, label: string): boolean {
  return classes.length === 0 || classes.includes(label);
}

function sightingOf(frame: SeenFrame, { box }: TrackedDetection): Sighting {
  const { index, atMs, wallMs, place } = frame;
  return { frame: index, atMs, wallMs, box, isInferred: place !== undefined };
}

function got<V>(map: Map<string, V>, name: string, make: () => V): V {
  const value = map.get(name) ?? make();
  map.set(name, value);
  return value;
}
