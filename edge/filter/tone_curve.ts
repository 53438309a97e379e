/** How brightness changed from one picture to another as a whole: exposure, clouds, the time of day. */

/** Levels of brightness that are looked at together. */
const STEP = 16;
const STEPS = 256 / STEP;

/** Each how manieth pixel is looked at: no side of a picture is a multiple of it. */
const EVERY = 3;

/** Pixels that say how a step of brightness changed; fewer may all be of one thing. */
const PIXELS_MIN = 100;

/** Levels by which a step may change more or less than the whole picture: more is a thing that moved. */
const APART_MAX = 16;

/** Differences there can be. */
const DIFFERENCES = 511;

/** Finds the curve between pictures, by the median change of each step of brightness. */
export class ToneCurve {
  readonly #counts = new Int32Array(STEPS * DIFFERENCES);
  readonly #changes = new Float64Array(STEPS);
  readonly #curve = new Int32Array(256);

  #overall = 0;

  /** Levels by which the later picture is brighter as a whole. */
  get overall(): number {
    return this.#overall;
  }

  /** Knows nothing yet. @param scale of what it gives: parts of a level. */
  constructor(private readonly scale: number) {}

  /**
   * What each level of the earlier picture is expected to be in the later one.
   *
   * @returns 256 levels, scaled; good until it is asked again.
   */
  between(now: Uint8Array, before: Uint8Array): Int32Array {
    const counts = this.#counts.fill(0);
    for (let at = 0; at < now.length; at += EVERY) {
      const level = before[at]!;
      const place = (level >> 4) * DIFFERENCES + now[at]! - level + 255;
      counts[place]!++;
    }
    this.#findChanges();
    for (let level = 0; level < 256; level++) {
      // A step's change is that of its middle.
      const along = Math.min(STEPS - 1, Math.max(0, (level + 0.5) / STEP - 0.5));
      const step = Math.min(STEPS - 2, Math.floor(along));
      const [low, high] = [this.#changes[step]!, this.#changes[step + 1]!];
      const change = low + (high - low) * (along - step);
      this.#curve[level] = Math.round(this.scale * (level + change));
    }
    return this.#curve;
  }

  /** The median change of each step; of one with few pixels, that of the whole picture. */
  #findChanges(): void {
    const whole = new Int32Array(DIFFERENCES);
    for (let at = 0; at < this.#counts.length; at++) whole[at % DIFFERENCES]! += this.#counts[at]!;
    const overall = medianOf(whole, 1) ?? 0;
    this.#overall = overall;
    for (let step = 0; step < STEPS; step++) {
      const own = this.#counts.subarray(step * DIFFERENCES, (step + 1) * DIFFERENCES);
      const change = medianOf(own, PIXELS_MIN) ?? overall;
      const apart = Math.max(-APART_MAX, Math.min(APART_MAX, change - overall));
      this.#changes[step] = overall + apart;
    }
  }
}

/** The median of counted differences, between two of them where it lies there; none of too few. */
function medianOf(counts: Int32Array, least: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < least) return undefined;
  let below = 0;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at]!;
    if (below + count >= total / 2) return at - 255.5 + (total / 2 - below) / count;
    below += count;
  }
  return undefined;
}
