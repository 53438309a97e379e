/**
 * A square with people and cars that nobody rules: they go, stand, turn and come back, where a
 * rendered street has all things pass by evenly. Nothing is rendered; there are boxes alone.
 */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { type Rng, seededRng, seedOf } from "../../core/rng.ts";
import { CLASS_IDS } from "../../street/look.ts";
import type { TruthBox } from "../../street/scene.ts";

/** How a kind of thing moves: lengths in its own heights. */
interface Kind {
  readonly label: "person" | "car";
  /** Width by height. */
  readonly aspect: number;
  /** Height where it stands nearest, as a share of the frame's. */
  readonly height: number;
  /** Speed when it goes, a second. */
  readonly speed: readonly [low: number, high: number];
  /** Time in which it comes to another speed, s. */
  readonly reaction: number;
}

const PERSON: Kind = {
  label: "person",
  aspect: 0.38,
  height: 0.34,
  speed: [0.4, 1],
  reaction: 0.4,
};
const CAR: Kind = { label: "car", aspect: 2.2, height: 0.22, speed: [0.8, 3], reaction: 1 };

/** How many there are of each. */
const CAST: readonly (readonly [Kind, number])[] = [[PERSON, 9], [CAR, 4]];

/** Mean time for which it goes, and for which it stands, s. */
const GOES = 3.5;
const STANDS = 2;

/** Share of a thing that must be in the frame and not hidden for it to be seen. */
const SEEN_MIN = 0.25;

/** Steps of the simulation, s. */
const STEP = 0.04;

class Roamer {
  x: number;
  depth: number; // 0 far, 1 near
  #dx = 0;
  #wanted = 0;
  #untilSeconds = 0;

  constructor(readonly name: string, readonly kind: Kind, private readonly rng: Rng) {
    this.x = rng();
    this.depth = rng();
  }

  step(seconds: number): void {
    if (seconds >= this.#untilSeconds) this.#choose(seconds);
    this.#dx += (this.#wanted - this.#dx) * STEP / this.kind.reaction;
    this.x += this.#dx * STEP;
    // Beyond the frame it waits a moment and comes back.
    if (this.x < -0.25) this.#wanted = Math.abs(this.#wanted);
    if (this.x > 1.25) this.#wanted = -Math.abs(this.#wanted);
  }

  /** Its box, which may reach beyond the frame. */
  box({ width, height }: Size): Box {
    const tall = this.kind.height * (0.45 + 0.55 * this.depth) * height;
    const wide = tall * this.kind.aspect;
    const foot = height * (0.4 + 0.58 * this.depth);
    return [this.x * width - wide / 2, foot - tall, this.x * width + wide / 2, foot];
  }

  #choose(seconds: number): void {
    const { speed: [low, high], height } = this.kind;
    const goes = this.rng() < 0.65;
    const speed = (low + (high - low) * this.rng()) * height * (0.45 + 0.55 * this.depth) * 9 / 16;
    this.#wanted = goes ? speed * (this.rng() < 0.5 ? 1 : -1) : 0;
    this.#untilSeconds = seconds - (goes ? GOES : STANDS) * Math.log(1 - this.rng());
  }
}

/** What there is in each frame, far to near: as `StreetScene` tells it. */
export function squareTruth(
  { seed, fps, seconds }: { seed: number; fps: number; seconds: number },
  size: Size,
): TruthBox[][] {
  const roamers = CAST.flatMap(([kind, count], k) =>
    Array.from(
      { length: count },
      (_, i) => new Roamer(`${kind.label} ${i}`, kind, seededRng(seedOf(seed, 100 * k + i))),
    )
  ).sort((a, b) => a.depth - b.depth);
  const frames: TruthBox[][] = [];
  let steps = 0;
  for (let index = 0; index < seconds * fps; index++) {
    for (; steps * STEP <= index / fps; steps++) roamers.forEach((one) => one.step(steps * STEP));
    frames.push(seenOf(roamers, size));
  }
  return frames;
}

function seenOf(roamers: readonly Roamer[], size: Size): TruthBox[] {
  return roamers.flatMap(({ name, kind: { label } }, place) => {
    const whole = roamers[place]!.box(size);
    const box: Box = [
      Math.max(0, whole[0]),
      Math.max(0, whole[1]),
      Math.min(size.width, whole[2]),
      Math.min(size.height, whole[3]),
    ];
    if (box[2] <= box[0] || box[3] <= box[1]) return [];
    const covered = roamers.slice(place + 1)
      .map((nearer) => shared(box, nearer.box(size)) / areaOf(whole));
    const seen = areaOf(box) / areaOf(whole) - Math.max(0, ...covered);
    return seen < SEEN_MIN ? [] : [{ label, class_id: CLASS_IDS[label], thing: name, box }];
  });
}

function areaOf([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}

function shared(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return Math.max(0, width) * Math.max(0, height);
}
