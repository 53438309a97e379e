/** One thing that is followed: where it is, how it moves, what it is taken for. */

import type { Box, Detection } from "../../core/detection.ts";
import { Coordinate, dampedWay, type Motion } from "./kalman.ts";
import type { Expected } from "./association.ts";
import type { TrackedDetection } from "./tracked.ts";

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
const LENGTH_NOISE = 0.2;

/** Time in which a thing that is not looked at is shown to slow down to 1/e, s. */
const SHOWN_TAU = 3;

/** Least width and height that a box may shrink to, px. */
const LENGTH_MIN = 0.5;

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
  #x: Coordinate;
  #y: Coordinate;
  #width: Coordinate;
  #height: Coordinate;
  #last: Detection;
  #seenAtMs: number;
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
    this.#seenAtMs = atMs;
    this.#count(detection);
  }

  /** What it foretells of its next detection, as of the time that it was advanced to. */
  get expected(): Expected {
    const [x, y] = [this.#x.value, this.#y.value];
    const width = Math.max(LENGTH_MIN, this.#width.value);
    const height = Math.max(LENGTH_MIN, this.#height.value);
    const size = Math.sqrt(width * height);
    const noise = (PLACE_NOISE * size) ** 2;
    return {
      box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2],
      size,
      spread: { x: this.#x.variance + noise, y: this.#y.variance + noise },
      label: this.#winner().label,
    };
  }

  /** Lets time pass, in seconds. */
  advance(seconds: number): void {
    const { size, box: [x1, y1, x2, y2] } = this.expected;
    this.#x.advance(seconds, scaled(MOVES, size));
    this.#y.advance(seconds, scaled(MOVES, size));
    this.#width.advance(seconds, scaled(GROWS, x2 - x1));
    this.#height.advance(seconds, scaled(GROWS, y2 - y1));
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
    this.#x.correct(x, PLACE_NOISE * size);
    this.#y.correct(y, PLACE_NOISE * size);
    this.#width.correct(width, LENGTH_NOISE * width);
    this.#height.correct(height, LENGTH_NOISE * height);
    this.#last = detection;
    this.#seenAtMs = atMs;
    this.missedMs = 0;
    this.#count(detection);
  }

  /** Where it is at another time, as {@link TrackedDetection}. Changes nothing. */
  at(atMs: number, still: boolean): TrackedDetection {
    const { label, classId } = this.#winner();
    const { box: [x1, y1, x2, y2], score } = this.#last;
    const seconds = still ? 0 : (atMs - this.#seenAtMs) / 1000;
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

function scaled({ tau, speed }: Motion, unit: number): Motion {
  return { tau, speed: speed * unit };
}

function length(pixels: number): { place: number; speed: number } {
  return { place: LENGTH_NOISE * pixels, speed: GROWS.speed * pixels };
}
