/** One thing that is followed: where it is, how it moves, what it is taken for. */

import type { Box, Detection } from "../../core/detection.ts";
import { Coordinate, dampedWay, type Motion } from "./kalman.ts";
import type { TrackedDetection } from "./tracked.ts";

/** How the middle of a box moves, in sizes (root of its area) of the thing. */
const MOVES: Motion = { tau: 6, speed: 1.2 };

/** How its width and height change, in themselves. */
const GROWS: Motion = { tau: 1, speed: 0.25 };

/** Deviation of the speed of a thing that was seen once, sizes a second. */
const NEW_SPEED = 1.5;

/** Deviation of a measured place, sizes, and of a measured width or height, in itself. */
const PLACE_NOISE = 0.06;
const LENGTH_NOISE = 0.1;

/** Time in which a thing that nobody looks at is taken to slow down to 1/e, s. */
const SHOWN_TAU = 2;

interface Vote {
  readonly label: string;
  classId: number;
  scores: number;
}

/** A thing over time. */
export class Track {
  /** Its number, once it is confirmed. */
  id: number | undefined;
  /** How much speaks for it: the scores with which it was seen so far. */
  evidence = 0;
  /** For how long inferences have looked and not seen it, ms; 0: the last one saw it. */
  missedMs = 0;
  /** When it was last seen, ms. */
  seenAtMs: number;

  #x: Coordinate;
  #y: Coordinate;
  #width: Coordinate;
  #height: Coordinate;
  #last: Detection;
  readonly #votes = new Map<string, Vote>();

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
    this.seenAtMs = atMs;
    this.#count(detection);
  }

  /** The detection that it was last seen as. */
  get last(): Detection {
    return this.#last;
  }

  /** Where it should be by now. */
  get box(): Box {
    const [x, y] = [this.#x.value, this.#y.value];
    const [w, h] = [Math.max(1e-3, this.#width.value), Math.max(1e-3, this.#height.value)];
    return [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
  }

  /** Root of the area of its box. */
  get size(): number {
    return Math.sqrt(Math.max(1e-6, this.#width.value * this.#height.value));
  }

  /** Variances of where its middle is measured, given where it should be. */
  get spread(): { readonly x: number; readonly y: number } {
    const noise = (PLACE_NOISE * this.size) ** 2;
    return { x: this.#x.variance + noise, y: this.#y.variance + noise };
  }

  /** What it mostly was: the label with the greatest sum of scores, the first of several. */
  get label(): string {
    return this.#winner().label;
  }

  /** Lets time pass, in seconds. */
  advance(seconds: number): void {
    const { size } = this;
    const moves = { tau: MOVES.tau, speed: MOVES.speed * size };
    this.#x.advance(seconds, moves);
    this.#y.advance(seconds, moves);
    this.#width.advance(seconds, { tau: GROWS.tau, speed: GROWS.speed * this.#width.value });
    this.#height.advance(seconds, { tau: GROWS.tau, speed: GROWS.speed * this.#height.value });
  }

  /** Takes it to stand where it was last seen, for how it moved then says nothing any more. */
  stand(): void {
    const fresh = new Track(this.#last, this.seenAtMs);
    this.#x = fresh.#x;
    this.#y = fresh.#y;
    this.#width = fresh.#width;
    this.#height = fresh.#height;
  }

  /** It is seen. */
  see(detection: Detection, atMs: number): void {
    const { x, y, width, height } = middle(detection.box);
    const size = Math.sqrt(width * height);
    this.#x.correct(x, PLACE_NOISE * size);
    this.#y.correct(y, PLACE_NOISE * size);
    this.#width.correct(width, LENGTH_NOISE * width);
    this.#height.correct(height, LENGTH_NOISE * height);
    this.#last = detection;
    this.seenAtMs = atMs;
    this.missedMs = 0;
    this.#count(detection);
  }

  /** Where it is at another time, as {@link TrackedDetection}. Changes nothing. */
  at(atMs: number, still: boolean): TrackedDetection {
    const { label, classId } = this.#winner();
    const { box: [x1, y1, x2, y2], score } = this.#last;
    const seconds = still ? 0 : (atMs - this.seenAtMs) / 1000;
    const dx = dampedWay(this.#x.speed, seconds, SHOWN_TAU);
    const dy = dampedWay(this.#y.speed, seconds, SHOWN_TAU);
    return {
      label,
      class_id: classId,
      score,
      box: [x1 + dx, y1 + dy, x2 + dx, y2 + dy],
      ...(this.id === undefined ? {} : { track_id: this.id }),
    };
  }

  #count({ label, class_id, score }: Detection): void {
    this.evidence += score;
    const vote = this.#votes.get(label);
    if (vote) {
      vote.scores += score;
      vote.classId = class_id;
    } else this.#votes.set(label, { label, classId: class_id, scores: score });
  }

  #winner(): Vote {
    let best: Vote | undefined;
    for (const vote of this.#votes.values()) {
      if (best === undefined || vote.scores > best.scores) best = vote;
    }
    return best!;
  }
}

function middle([x1, y1, x2, y2]: Box) {
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2, width: x2 - x1, height: y2 - y1 };
}

function length(pixels: number): { place: number; speed: number } {
  return { place: LENGTH_NOISE * pixels, speed: GROWS.speed * pixels };
}
