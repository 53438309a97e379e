/**
 * Which detections of one picture are the things of the pictures before.
 *
 * This is ByteTrack (Zhang et al., "Multi-object tracking by associating every detection box", ECCV
 * 2022), by time and not by frames: what is sure is given to tracks first, then what is less sure to
 * those that are left, then what is left to the tracks that were lost, and what begins is a track
 * when enough speaks for it.
 */

import { type Box, type Detection, iou } from "../../core/detection.ts";
import { assign } from "./assignment.ts";
import { costOf, type Gate } from "./association.ts";
import { Track } from "./track.ts";
import type { TrackedDetection } from "./tracked.ts";

/** Score from which a detection chooses first. */
const HIGH_SCORE = 0.5;

/** Sum of scores with which a track is confirmed. */
const EVIDENCE = 0.9;

/** For how long a confirmed track is looked for, ms. */
const LOST_MS = 2500;

/** For how long one is that is not confirmed. */
const UNCONFIRMED_LOST_MS = 400;

/** What one inference can add to that, ms: it takes several to lose a thing, however rare they are. */
const MISSED_ONCE_MS = 1000;

/** Time without inferences after which it is not known any more how things moved, ms. */
const PAUSE_MS = 10_000;

/** Detections of a picture that take part: the surest. */
const DETECTIONS_MAX = 300;

/** Tracks that are followed or looked for: those seen last. */
const TRACKS_MAX = 500;

/** A detection that overlaps another one so much, and found no track, begins none. */
const SAME_THING = 0.8;

const NEAR: Gate = { deviations: 3, overlap: 0.3 };
const FAR: Gate = { deviations: 4, overlap: 0.1 };

/** Costs from which two are not one. */
const LIMIT = 1.1;

/** What an update gives. */
export interface Update {
  /** The detections in the order given, with their tracks. */
  readonly detections: readonly TrackedDetection[];
  /** Numbers of the tracks that are over. */
  readonly ended: readonly number[];
}

/** Follows the things of one source. */
export class Tracker {
  #tracks: Track[] = [];
  #nextId: number;
  #atMs: number | undefined;

  /** Follows nothing yet. @param firstId of the first track */
  constructor({ firstId = 1 }: { readonly firstId?: number } = {}) {
    this.#nextId = firstId;
  }

  /** Tracks in the picture: confirmed, and seen at the last update. */
  get count(): number {
    return this.#tracks.filter(isShown).length;
  }

  /**
   * Takes what was inferred in a picture.
   *
   * @param atMs source time of the picture, never less than before
   */
  update(detections: readonly Detection[], atMs: number): Update {
    const elapsedMs = this.#advance(atMs);
    const trackOf = new Map<number, Track>(); // by a detection's place in the list
    const free = new Set(this.#tracks);
    const left = new Set(admitted(detections));
    const match = (
      tracks: readonly Track[],
      gate: Gate,
      isMeant: (one: Detection) => boolean = () => true,
    ) => {
      const places = [...left].filter((place) => isMeant(detections[place]!));
      const costs = tracks.map((track) =>
        places.map((place) => costOf(track, detections[place]!, gate))
      );
      for (const [row, column] of assign(costs, LIMIT)) {
        const [track, place] = [tracks[row]!, places[column]!];
        trackOf.set(place, track);
        left.delete(place);
        free.delete(track);
        track.see(detections[place]!, atMs);
      }
    };
    match([...free].filter(isConfirmed), NEAR, ({ score }) => score >= HIGH_SCORE);
    match([...free].filter(isShown), NEAR);
    match([...free].filter(isConfirmed), FAR);
    match([...free].filter((track) => !isConfirmed(track)), FAR);
    for (const track of free) track.missedMs += Math.min(elapsedMs, MISSED_ONCE_MS);
    for (const place of left) {
      const detection = detections[place]!;
      const isTwin = (other: number) => iou(detections[other]!.box, detection.box) > SAME_THING;
      if ([...trackOf.keys()].some(isTwin)) continue;
      const track = new Track(detection, atMs);
      this.#tracks.push(track);
      trackOf.set(place, track);
    }
    const ended = this.#end();
    for (const track of this.#tracks) {
      if (track.id === undefined && track.evidence >= EVIDENCE) track.id = this.#nextId++;
    }
    return {
      detections: detections.map((one, place) => {
        const id = trackOf.get(place)?.id;
        return id === undefined ? one : { ...one, track_id: id };
      }),
      ended,
    };
  }

  /** Where the things in the picture are at a later time. */
  at(atMs: number, { still = false }: { readonly still?: boolean } = {}): TrackedDetection[] {
    return this.#tracks.filter(isShown).map((track) => track.at(atMs, still));
  }

  /** Ends all tracks. */
  reset(): readonly number[] {
    const ended = idsOf(this.#tracks);
    this.#tracks = [];
    this.#atMs = undefined;
    return ended;
  }

  #advance(atMs: number): number {
    const elapsedMs = Math.max(0, atMs - (this.#atMs ?? atMs));
    this.#atMs = Math.max(atMs, this.#atMs ?? atMs);
    for (const track of this.#tracks) {
      if (elapsedMs > PAUSE_MS) track.stand();
      else track.advance(elapsedMs / 1000);
    }
    return elapsedMs;
  }

  #end(): readonly number[] {
    const kept = this.#tracks
      .filter((track) => track.missedMs <= (isConfirmed(track) ? LOST_MS : UNCONFIRMED_LOST_MS))
      .toSorted((a, b) => a.missedMs - b.missedMs)
      .slice(0, TRACKS_MAX);
    const stays = new Set(kept);
    const ended = idsOf(this.#tracks.filter((track) => !stays.has(track)));
    this.#tracks = this.#tracks.filter((track) => stays.has(track));
    return ended;
  }
}

function isConfirmed(track: Track): boolean {
  return track.id !== undefined;
}

function isShown(track: Track): boolean {
  return isConfirmed(track) && track.missedMs === 0;
}

function idsOf(tracks: readonly Track[]): number[] {
  return tracks.flatMap(({ id }) => id ?? []);
}

/** Places of the detections that take part, the surest first. */
function admitted(detections: readonly Detection[]): number[] {
  return [...detections.keys()]
    .filter((place) => isBox(detections[place]!.box))
    .sort((a, b) => detections[b]!.score - detections[a]!.score)
    .slice(0, DETECTIONS_MAX);
}

function isBox([x1, y1, x2, y2]: Box): boolean {
  return x2 > x1 && y2 > y1 && isFinite(x1 + y1 + x2 + y2);
}
