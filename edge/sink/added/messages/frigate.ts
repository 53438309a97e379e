/** Events in the words of Frigate's MQTT messages: https://docs.frigate.video/integrations/mqtt */

import { type Box, iou } from "../../../../core/detection.ts";
import type { Size } from "../../../../core/frame.ts";
import { rounded } from "../../../../core/number.ts";
import type { EventEnd, EventState } from "../../../events/event_record.ts";
import type { FrameRecord } from "../../../record.ts";

/** A thing rests when its box has stayed so much the same for so long, milliseconds. */
const SAME_IOU = 0.6;
const REST_MS = 10_000;

/** Corners in whole pixels. */
export type Corners = readonly [x1: number, y1: number, x2: number, y2: number];

/** What Frigate says of a thing. Times are seconds since the Unix epoch. */
export interface FrigateObject {
  /** The event's name. */
  readonly id: string;
  /** The source. */
  readonly camera: string;
  /** Of the frame that says so. */
  readonly frame_time: number;
  /** The picture of it, and where it is there; `null` without one. */
  readonly snapshot: {
    readonly frame_time: number;
    readonly box: Corners;
    readonly area: number;
    readonly region: Corners;
    readonly score: number;
    readonly attributes: readonly [];
  } | null;
  /** What it is, by all that was seen of it. */
  readonly label: string;
  /** Nobody knows. */
  readonly sub_label: null;
  /** The greatest confidence so far. */
  readonly top_score: number;
  /** What is told of is none. */
  readonly false_positive: false;
  /** When it was seen first. */
  readonly start_time: number;
  /** When it was seen last; `null` while it is there. */
  readonly end_time: number | null;
  /** Confidence in the latest frame. */
  readonly score: number;
  /** Where it was seen last. */
  readonly box: Corners;
  /** Of that, in pixels. */
  readonly area: number;
  /** Of that, its width by its height. */
  readonly ratio: number;
  /** Where it was looked for: the whole frame. */
  readonly region: Corners;
  /** It has moved lately. */
  readonly active: boolean;
  /** It has not. */
  readonly stationary: boolean;
  /** Frames for which it has not. */
  readonly motionless_count: number;
  /** How often it moved on from where it rested. */
  readonly position_changes: number;
  /** Zones that it is in. */
  readonly current_zones: readonly string[];
  /** Zones that it was in, in the order in which it came to them. */
  readonly entered_zones: readonly string[];
  /** Whether a clip of it is kept, which is whole some seconds after its end. */
  readonly has_clip: boolean;
  /** Whether there is a picture of it. */
  readonly has_snapshot: boolean;
  /** None is sent along. */
  readonly thumbnail: null;
  /** Nobody knows any. */
  readonly attributes: Readonly<Record<string, never>>;
  /** Nobody knows any. */
  readonly current_attributes: readonly [];
  /** Zones tell that by themselves. */
  readonly pending_loitering: false;
  /** Nobody tells that. */
  readonly max_severity: null;
  /** Nobody knows. */
  readonly current_estimated_speed: 0;
  /** Nobody knows. */
  readonly average_estimated_speed: 0;
  /** Nobody knows. */
  readonly velocity_angle: 0;
  /** The line of `events.jsonl` has it. */
  readonly path_data: readonly [];
  /** Nobody knows. */
  readonly recognized_license_plate: null;
}

/** A message of `<prefix>/events`. */
export interface FrigateEvent {
  /** `new` comes first, `end` last, and once. */
  readonly type: "new" | "update" | "end";
  /** As the message before told it; of the first one the same as `after`. */
  readonly before: FrigateObject;
  /** As it is. */
  readonly after: FrigateObject;
}

/** What is kept of an event. */
export interface Kept {
  /** The best picture of it. */
  readonly hasSnapshot: boolean;
  /** The video around it. */
  readonly hasClip: boolean;
}

/** What is known of a thing between the lines about it. */
interface Thing {
  topScore: number;
  score: number;
  /** Where it rests, and since when in time of the source. */
  restBox: Box | undefined;
  restSinceMs: number;
  /** Frames for which it has. */
  restFrames: number;
  positionChanges: number;
  isStationary: boolean;
  /** As it was told last; `undefined` before. */
  before: FrigateObject | undefined;
}

/** Tells of the events of one camera; frames come in order, each before the lines that it gives. */
export class FrigateEvents {
  readonly #things = new Map<number, Thing>();
  #size: Size = { width: 0, height: 0 };

  /** Takes what is in a frame. Whether something came to rest, or moves again. */
  see({ detections, width, height, pts_ms }: FrameRecord): boolean {
    let isOther = false;
    if (width > 0) this.#size = { width, height };
    for (const { track_id, score, box } of detections ?? []) {
      const thing = track_id === undefined ? undefined : this.#things.get(track_id);
      if (!thing) continue;
      thing.score = score;
      thing.topScore = Math.max(thing.topScore, score);
      const wasStationary = thing.isStationary;
      rest(thing, box, pts_ms);
      isOther ||= thing.isStationary !== wasStationary;
    }
    return isOther;
  }

  /** Whether a thing was told of, and not of its end. */
  hasTold(track: number): boolean {
    return this.#things.get(track)?.before !== undefined;
  }

  /** Whether a thing has not moved for a while. */
  isStationary(track: number): boolean {
    return this.#things.get(track)?.isStationary ?? false;
  }

  /** Takes a line of an event, whether or not it is told. */
  follow(state: EventState | EventEnd): void {
    if (state.id !== null) this.#thing(state);
  }

  /** A thing is gone. */
  forget(track: number): void {
    this.#things.delete(track);
  }

  /** The message about a line of an event. @param kept what is kept of it */
  of(state: EventState | EventEnd, kept: Kept): FrigateEvent | undefined {
    if (state.id === null) return undefined;
    const thing = this.#thing(state);
    const isNew = thing.before === undefined;
    const after = this.#object(state, state.id, thing, kept);
    const before = thing.before ?? after;
    thing.before = after;
    return { type: state.event === "close" ? "end" : isNew ? "new" : "update", before, after };
  }

  #thing({ track_id, best: { score }, box, pts_ms }: EventState): Thing {
    const known = this.#things.get(track_id);
    if (known) return known;
    const thing: Thing = {
      ...{ topScore: score, score, restBox: box, restSinceMs: pts_ms, restFrames: 0 },
      ...{ positionChanges: 0, isStationary: false, before: undefined },
    };
    this.#things.set(track_id, thing);
    return thing;
  }

  #object(
    state: EventState | EventEnd,
    id: string,
    { topScore, score, isStationary, restFrames, positionChanges }: Thing,
    { hasSnapshot, hasClip }: Kept,
  ): FrigateObject {
    const { source, at, label, started_at, box, zones, best } = state;
    const region: Corners = [0, 0, this.#size.width, this.#size.height];
    const corners = cornersOf(box);
    const [width, height] = sidesOf(corners);
    const ofBest = cornersOf(best.box);
    const [bestWidth, bestHeight] = sidesOf(ofBest);
    return {
      ...{ id, camera: source, frame_time: seconds(at) },
      snapshot: hasSnapshot
        ? {
          frame_time: seconds(best.at),
          box: ofBest,
          area: bestWidth * bestHeight,
          region,
          score: best.score,
          attributes: [],
        }
        : null,
      ...{ label, sub_label: null, top_score: Math.max(topScore, best.score) },
      false_positive: false,
      start_time: seconds(started_at),
      end_time: "ended_at" in state ? seconds(state.ended_at) : null,
      ...{ score, box: corners, area: width * height },
      ratio: rounded(width / Math.max(1, height), 2),
      ...{ region, active: !isStationary, stationary: isStationary },
      ...{ motionless_count: restFrames, position_changes: positionChanges },
      current_zones: zones.filter(({ left_at }) => left_at === null).map(({ zone }) => zone),
      entered_zones: [...new Set(zones.map(({ zone }) => zone))],
      ...{ has_clip: hasClip, has_snapshot: hasSnapshot, thumbnail: null },
      ...{ attributes: {}, current_attributes: [], pending_loitering: false, max_severity: null },
      ...{ current_estimated_speed: 0, average_estimated_speed: 0, velocity_angle: 0 },
      ...{ path_data: [], recognized_license_plate: null },
    };
  }
}

/** Takes where a thing is: whether it still rests. */
function rest(thing: Thing, box: Box, ptsMs: number): void {
  if (thing.restBox && iou(box, thing.restBox) >= SAME_IOU) {
    thing.restFrames++;
    thing.isStationary ||= ptsMs - thing.restSinceMs >= REST_MS;
    return;
  }
  if (thing.isStationary) thing.positionChanges++;
  thing.isStationary = false;
  [thing.restBox, thing.restSinceMs, thing.restFrames] = [box, ptsMs, 0];
}

function seconds(iso: string): number {
  return Date.parse(iso) / 1000;
}

function cornersOf([x1, y1, x2, y2]: Box): Corners {
  return [Math.round(x1), Math.round(y1), Math.round(x2), Math.round(y2)];
}

function sidesOf([x1, y1, x2, y2]: Corners): readonly [width: number, height: number] {
  return [x2 - x1, y2 - y1];
}
