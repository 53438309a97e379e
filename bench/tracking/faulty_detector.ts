/**
 * A model of a detector's faults: from what is there to what one would say. How sure it is of a
 * thing goes by how much of it is seen and how large it is, and wavers over some tenths of a second;
 * below the threshold it says nothing, so misses come in runs, as those of real ones do.
 */

import type { Box, Detection } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { pickIndex, type Rng, seededRng, seedOf } from "../../core/rng.ts";
import { CLASS_IDS, type Label } from "../../street/look.ts";
import type { TruthBox } from "../../street/scene.ts";

/** Least score that is told. */
const SCORE_MIN = 0.3;

/** Mean score of a large thing that is wholly seen, and what the worst cover and smallness take off. */
const SCORE = { best: 0.86, covered: 0.55, small: 0.25 };

/** Size (root of the area) of a small thing, px. */
const SMALL = 18;

/** Deviation of the score's wavering, and how long it lasts, s. */
const WAVER = { deviation: 0.13, seconds: 0.3 };

/** Share of looks at which nothing is said of a thing, for no reason. */
const MISSED = 0.03;

/** Deviation of each side of a box, of the thing's width or height. */
const JITTER = 0.03;

/** False alarms that begin, a second and by themselves in each look, and how long the former last. */
const FALSE = { perSec: 0.25, perLook: 0.06, lastSeconds: 0.5 };

/** Share of looks at which a thing is taken for another kind, and for which. */
const FLICKER = 0.04;
const TAKEN_FOR: Readonly<Record<Label, Label>> = {
  person: "bicycle",
  bicycle: "motorcycle",
  car: "truck",
  motorcycle: "bicycle",
  bus: "truck",
  truck: "bus",
};

/** Looks at one street, in order of time. */
export class FaultyDetector {
  readonly #rng: Rng;
  readonly #wavering = new Map<string, number>();
  #alarms: { untilMs: number; detection: Detection }[] = [];
  #atMs: number | undefined;

  /** Has not looked yet. @param seed of its faults */
  constructor(private readonly size: Size, seed: number) {
    this.#rng = seededRng(seedOf(seed, 0xfa17));
  }

  /** @param truth far to near @param atMs source time */
  look(truth: readonly TruthBox[], atMs: number): Detection[] {
    const seconds = (atMs - (this.#atMs ?? atMs)) / 1000;
    this.#atMs = atMs;
    const found = truth.flatMap((thing, place) => {
      const score = this.#score(thing, truth.slice(place + 1), seconds);
      if (score < SCORE_MIN || this.#rng() < MISSED) return [];
      return [this.#detect(thing, score)];
    });
    return [...found, ...this.#falseAlarms(atMs, seconds)];
  }

  #score({ thing, box }: TruthBox, nearer: readonly TruthBox[], seconds: number): number {
    const area = areaOf(box);
    const covered = Math.min(1, nearer.reduce((sum, one) => sum + shared(box, one.box), 0) / area);
    const small = Math.min(1, SMALL / Math.sqrt(area));
    const kept = seconds > 0 ? Math.exp(-seconds / WAVER.seconds) : 0;
    const waver = kept * (this.#wavering.get(thing) ?? 0) +
      Math.sqrt(1 - kept ** 2) * WAVER.deviation * normal(this.#rng);
    this.#wavering.set(thing, waver);
    return Math.min(0.98, SCORE.best - SCORE.covered * covered - SCORE.small * small + waver);
  }

  #detect({ label, box: [x1, y1, x2, y2] }: TruthBox, score: number): Detection {
    const [dx, dy] = [JITTER * (x2 - x1), JITTER * (y2 - y1)];
    const rng = this.#rng;
    const said = rng() < FLICKER ? TAKEN_FOR[label] : label;
    const { width, height } = this.size;
    return {
      label: said,
      class_id: CLASS_IDS[said],
      score,
      box: [
        Math.max(0, x1 + dx * normal(rng)),
        Math.max(0, y1 + dy * normal(rng)),
        Math.min(width, x2 + dx * normal(rng)),
        Math.min(height, y2 + dy * normal(rng)),
      ],
    };
  }

  #falseAlarms(atMs: number, seconds: number): Detection[] {
    const rng = this.#rng;
    this.#alarms = this.#alarms.filter(({ untilMs }) => untilMs > atMs);
    if (rng() < FALSE.perSec * seconds) {
      const lastMs = -1000 * FALSE.lastSeconds * Math.log(1 - rng());
      this.#alarms.push({ untilMs: atMs + lastMs, detection: this.#falseAlarm() });
    }
    const lasting = this.#alarms.map(({ detection }) => ({
      ...detection,
      score: Math.max(SCORE_MIN, detection.score + 0.05 * normal(rng)),
    }));
    return rng() < FALSE.perLook ? [...lasting, this.#falseAlarm()] : lasting;
  }

  #falseAlarm(): Detection {
    const rng = this.#rng;
    const labels = Object.keys(CLASS_IDS) as Label[];
    const label = labels[pickIndex(rng, labels.length)]!;
    const [width, height] = [15 + 60 * rng(), 15 + 60 * rng()];
    const x1 = rng() * (this.size.width - width);
    const y1 = rng() * (this.size.height - height);
    const score = SCORE_MIN + 0.3 * rng() ** 2;
    return { label, class_id: CLASS_IDS[label], score, box: [x1, y1, x1 + width, y1 + height] };
  }
}

function areaOf([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}

function shared(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return Math.max(0, width) * Math.max(0, height);
}

/** A standard normal number (G. E. P. Box and M. E. Muller, 1958). */
function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}
