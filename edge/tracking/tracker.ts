/**
 * Which detections of one picture are the things of the pictures before.
 *
 * This is ByteTrack (Zhang et al., "Multi-object tracking by associating every detection box", ECCV
 * 2022) by time and not by frames: detections that are sure are given to tracks first, among them to
 * those that were lost; then what is left to the tracks that are left. How far a track reaches goes
 * by how vaguely it is known where its thing is by now, so it holds at two frames a second, too. Why,
 * and what was measured, says docs/design/tracks_go_by_time.md.
 */

import { type Detection, iou } from "../../core/detection.ts";
import { assign } from "./assignment.ts";
import { costOf, LIKELY, POSSIBLE, racingCostOf } from "./association.ts";
import { Track } from "./track.ts";
import type { TrackedDetection } from "./tracked.ts";

/** Score from which a detection is sure. Most models' own threshold is no lower. */
const SURE_SCORE = 0.3;

/** Sum of scores that confirms a track: once is enough when it is seen well. */
const EVIDENCE = 0.6;

/** For how long a track that is not seen is looked for, ms, once it is confirmed and before. */
const LOST_MS = 2500;
const UNCONFIRMED_LOST_MS = 500;

/** What one inference adds to that at most, ms: it takes several to lose a thing, however rare. */
const MISSED_ONCE_MS = 1000;

/** Time without any inference after which nobody knows how things moved, ms. */
const PAUSE_MS = 10_000;

/** Detections of a picture that take part: the surest. */
const DETECTIONS_MAX = 300;

/** Tracks that are followed or looked for: those missed least. */
const TRACKS_MAX = 500;

/** Overlap with one that belongs to a track, from which a detection is the same thing again. */
const SAME_THING = 0.7;

/** What an update gives. */
export interface Update {
  /** The detections in the order given, each with its track where it belongs to one. */
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
   * Takes what was inferred in a picture. Time in which nothing was inferred ages no track: one is
   * lost only by inferences that do not see it. After a pause of more than ten seconds a thing is
   * looked for where it was last seen, and what is elsewhere is another one.
   *
   * Boxes without a size, and all but the 300 surest, come back without a track.
   *
   * @param atMs source time of the picture, ms; one that is less than before counts as no time
   */
  update(detections: readonly Detection[], atMs: number): Update {
    const elapsedMs = this.#advance(atMs);
    const trackOf = new Map<number, Track>(); // by a detection's place in the list
    const free = new Set(this.#tracks);
    const left = new Set(admitted(detections));
    const match = (
      isCandidate: (track: Track) => boolean,
      isMeant: (detection: Detection) => boolean,
      limit: number,
      costsOf: (track: Track) => (detection: Detection) => number = likeness,
    ) => {
      const tracks = [...free].filter(isCandidate);
      const places = [...left].filter((place) => isMeant(detections[place]!));
      const costs = tracks.map((track) => {
        const costOfTrack = costsOf(track);
        return places.map((place) => costOfTrack(detections[place]!));
      });
      for (const [row, column] of assign(costs, limit)) {
        const [track, place] = [tracks[row]!, places[column]!];
        trackOf.set(place, track);
        left.delete(place);
        free.delete(track);
        track.see(detections[place]!, atMs);
      }
    };
    match(isConfirmed, ({ score }) => score >= SURE_SCORE, LIKELY);
    match(isShown, () => true, POSSIBLE);
    match(isConfirmed, () => true, LIKELY);
    match((track) => !isConfirmed(track), () => true, POSSIBLE);
    match(
      ({ isNew }) => isNew,
      () => true,
      1,
      (track) => (detection) => racingCostOf(track.last, detection, (atMs - track.seenAtMs) / 1000),
    );
    for (const track of free) track.miss(Math.min(elapsedMs, MISSED_ONCE_MS));
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

  /**
   * Where the things in the picture are at another time, as far as one can tell: for pictures that
   * were not inferred. They go on as they went, ever slower. A label is what the track mostly was, a
   * score that with which it was last seen; there are no masks. Boxes may reach beyond the picture.
   * Changes nothing.
   *
   * @param atMs source time, ms
   * @param how `still`: nothing has moved since, so all is where it was last seen
   */
  at(atMs: number, { still = false }: { readonly still?: boolean } = {}): TrackedDetection[] {
    return this.#tracks.filter(isShown).map((track) => track.at(atMs, still));
  }

  /** Ends all tracks, for another scene begins, at any time. Ids go on. @returns those that end */
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

function likeness({ expected }: Track): (detection: Detection) => number {
  return (detection) => costOf(expected, detection);
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
    .filter((place) => isFollowed(detections[place]!))
    .sort((a, b) => detections[b]!.score - detections[a]!.score)
    .slice(0, DETECTIONS_MAX);
}

/** What is no box, or of no size, is handed on and not followed. */
function isFollowed({ score, box: [x1, y1, x2, y2] }: Detection): boolean {
  return x2 > x1 && y2 > y1 && isFinite(score + x1 + y1 + x2 + y2);
}
