/** One thing that is followed: where it is, how it moves, what it is taken for. */

import type { Box, Detection } from "../../core/detection.ts";
import { displacement } from "./displacement.ts";
import { Coordinate, dampedWay, type Motion } from "./kalman.ts";
import type { Expected } from "./association.ts";
import { LabelVotes } from "./label_votes.ts";
import type { TrackedDetection } from "./tracked.ts";

// The figures below were chosen by `bench/tracking.ts` on seeds from 100 up, streets and squares alike.

/** How the middle of a box moves, in sizes (root of its area) of the thing. */
const MOVES: Motion = { tau: 8, speed: 1.8 };

/** How its width and height change, in themselves. */
const GROWS: Motion = { tau: 3, speed: 0.2 };

/** Deviation of the speed of a thing that was seen once, sizes a second. */
const NEW_SPEED = 3;

/**
 * Deviation of a measured middle, in sizes, and of a measured width or height, in itself: most of it is
 * not the detector's, but that of legs that swing and of things that cover each other.
 */
const PLACE_NOISE = 0.16;
const LENGTH_NOISE = 0.25;

/** Time in which a thing that is not looked at is shown to slow down to 1/e, s. */
const SHOWN_TAU = 3;

/** Least width and height that a box may shrink to, px. */
const LENGTH_MIN = 0.5;

/** A thing over time. */
export class Track {
  /** Its number, once it is confirmed. */
  id: number | undefined;
  #x: Coordinate;
  #y: Coordinate;
  #width: Coordinate;
  #height: Coordinate;
  #last: Detection;
  #seenAtMs: number;
  #missedMs = 0;
  #sightings = 0;
  #evidence = 0;
  readonly #votes = new LabelVotes();
  /** Places of labels in their model's list, as they were told last. */
  readonly #classIds = new Map<string, number>();

  /** Begins with what was seen. */
  constructor(detection: Detection, atMs: number) {
    const { x, y, width, height } = middle(detection.box);
    const size = Math.sqrt(width * height);
    const place = { place: PLACE_NOISE * size, speed: NEW_SPEED * size };
    this.#x = new Coordinate(x, place);
    this.#y = new Coordinate(y, place);
    this.#width = new Coordinate(width, length(width));
    this.#height = new Coordinate(height, length(height));
    this.#last = detection;
    this.#seenAtMs = atMs;
    this.#count(detection);
  }

  /** Whether it was seen once so far: nobody knows how it moves. */
  get isNew(): boolean {
    return this.#sightings === 1;
  }

  /** As what it was seen last. */
  get last(): Detection {
    return this.#last;
  }

  /** When. */
  get seenAtMs(): number {
    return this.#seenAtMs;
  }

  /** How much speaks for it: the scores with which it was seen so far. */
  get evidence(): number {
    return this.#evidence;
  }

  /** For how long inferences have looked and not seen it, ms; 0: the last one saw it. */
  get missedMs(): number {
    return this.#missedMs;
  }

  /** What it foretells of its next detection, as of the time that it was advanced to. */
  get expected(): Expected {
    const [x, y] = [this.#x.value, this.#y.value];
    const width = Math.max(LENGTH_MIN, this.#width.value);
    const height = Math.max(LENGTH_MIN, this.#height.value);
    const area = width * height;
    const noise = PLACE_NOISE ** 2 * area;
    const spread = { x: this.#x.variance + noise, y: this.#y.variance + noise };
    return {
      box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2],
      spread,
      vague: Math.log(spread.x * spread.y / area ** 2) / 2,
      label: this.#label,
    };
  }

  /** Lets time pass, in seconds. */
  advance(seconds: number): void {
    const { width, height } = middle(this.expected.box);
    const moves = scaled(MOVES, Math.sqrt(width * height));
    this.#x.advance(seconds, moves);
    this.#y.advance(seconds, moves);
    this.#width.advance(seconds, scaled(GROWS, width));
    this.#height.advance(seconds, scaled(GROWS, height));
  }

  /** Takes it to stand where it was last seen, for how it moved then says nothing any more. */
  stand(): void {
    const fresh = new Track(this.#last, this.#seenAtMs);
    this.#x = fresh.#x;
    this.#y = fresh.#y;
    this.#width = fresh.#width;
    this.#height = fresh.#height;
  }

  /** It is seen. */
  see(detection: Detection, atMs: number): void {
    const { x, y, width, height } = middle(detection.box);
    const size = Math.sqrt(width * height);
    const expected = this.expected.box;
    const was = middle(expected);
    // Where its middle is by the part of it that is seen may have changed without its having moved.
    const moved = displacement(expected, detection.box);
    this.#x.shift(x - was.x - moved.x);
    this.#y.shift(y - was.y - moved.y);
    this.#x.correct(x, PLACE_NOISE * size);
    this.#y.correct(y, PLACE_NOISE * size);
    this.#width.correct(width, LENGTH_NOISE * width);
    this.#height.correct(height, LENGTH_NOISE * height);
    this.#last = detection;
    this.#seenAtMs = atMs;
    this.#missedMs = 0;
    this.#count(detection);
  }

  /** An inference did not see it, which counts as so many milliseconds. */
  miss(forMs: number): void {
    this.#missedMs += Math.max(1, forMs); // pictures of the same time count, too
  }

  /** Where it is at another time, as {@link TrackedDetection}. Changes nothing. */
  at(atMs: number, still: boolean): TrackedDetection {
    const label = this.#label;
    const { box: [x1, y1, x2, y2], score } = this.#last;
    const seconds = still ? 0 : (atMs - this.#seenAtMs) / 1000;
    const dx = dampedWay(this.#x.speed, seconds, SHOWN_TAU);
    const dy = dampedWay(this.#y.speed, seconds, SHOWN_TAU);
    return {
      label,
      class_id: this.#classIds.get(label)!,
      score,
      box: [x1 + dx, y1 + dy, x2 + dx, y2 + dy],
      ...(this.id === undefined ? {} : { track_id: this.id }),
    };
  }

  #count({ label, class_id, score }: Detection): void {
    this.#evidence += score;
    this.#sightings++;
    this.#votes.add(label, score);
    this.#classIds.set(label, class_id);
  }

  /** What it mostly was. */
  get #label(): string {
    return this.#votes.label!; // a track begins with a detection
  }
}

function middle([x1, y1, x2, y2]: Box) {
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2, width: x2 - x1, height: y2 - y1 };
}

function scaled({ tau, speed }: Motion, unit: number): Motion {
  return { tau, speed: speed * unit };
}

function length(pixels: number): { place: number; speed: number } {
  return { place: LENGTH_NOISE * pixels, speed: GROWS.speed * pixels };
}
