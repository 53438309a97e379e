/** The light of a scene: the sky's colours, how strong shadows are, and what the camera makes of it. */

import type { Rng } from "../core/rng.ts";
import { between, choose, type Colour } from "./variation.ts";

/** The light of a scene. */
export interface Lighting {
  /** The sky's colour overhead. */
  readonly skyTop: Colour;
  /** The sky's colour at the horizon. */
  readonly skyLow: Colour;
  /** Opacity of clouds, 0 to 1. */
  readonly clouds: number;
  /** How hard the sun's shadows are, 0 (overcast) to 1. */
  readonly sun: number;
  /** What the red, green and blue of everything are multiplied by. */
  readonly gain: readonly [red: number, green: number, blue: number];
  /** What is added to each, out of 255: haze. */
  readonly haze: number;
  /** Largest change that sensor noise makes, out of 255. */
  readonly noise: number;
}

const SKIES: readonly Omit<Lighting, "noise">[] = [
  { skyTop: "#4f8fd0", skyLow: "#cfe3f2", clouds: 0.75, sun: 0.6, gain: [1.0, 1.0, 1.0], haze: 4 },
  { skyTop: "#6fa3d6", skyLow: "#f0e3cd", clouds: 0.5, sun: 1, gain: [1.05, 1.0, 0.92], haze: 5 },
  { skyTop: "#a9b6c2", skyLow: "#dde3e7", clouds: 0.9, sun: 0, gain: [0.96, 0.99, 1.03], haze: 9 },
  {
    skyTop: "#3f7fc4",
    skyLow: "#bcd8ee",
    clouds: 0.35,
    sun: 0.9,
    gain: [1.03, 1.02, 1.0],
    haze: 2,
  },
];

/** A light chosen by `rng`. */
export function createLighting(rng: Rng): Lighting {
  const sky = choose(rng, SKIES);
  const exposure = between(rng, 0.93, 1.05);
  const [red, green, blue] = sky.gain;
  return {
    ...sky,
    gain: [red * exposure, green * exposure, blue * exposure],
    noise: between(rng, 2.5, 5),
  };
}

/** What becomes of each level of red, green and blue: 3 × 256 values. */
export interface Curves {
  /** The exposure's deviation from the scene's own, which the levels are for. */
  readonly breath: number;
  /** At 256 × channel + level, the new level. */
  readonly levels: Uint8Array;
}

/** Values in a noise table; a power of two. */
const NOISE_LENGTH = 1 << 16;

/** What the camera does to a finished frame: exposure that breathes a little, and sensor noise. */
export class Sensor {
  readonly #noise = new Int8Array(NOISE_LENGTH);
  #curves: Curves | undefined;

  /** A sensor whose noise `rng` fixes. */
  constructor(private readonly lighting: Lighting, rng: Rng) {
    for (let i = 0; i < NOISE_LENGTH; i++) {
      // The sum of two uniform numbers: most of the noise is small.
      this.#noise[i] = Math.round((rng() + rng() - 1) * lighting.noise);
    }
  }

  /** The exposure at `seconds`. */
  curvesAt(seconds: number): Curves {
    // Thin clouds pass: within 2 %, in steps so small that the curves are seldom made anew.
    const breath = Math.round(12 * Math.sin(seconds * 0.31) + 8 * Math.sin(seconds * 0.83)) / 1000;
    if (this.#curves?.breath === breath) return this.#curves;
    const levels = new Uint8Array(3 * 256);
    for (let channel = 0; channel < 3; channel++) {
      const gain = this.lighting.gain[channel]! * (1 + breath);
      for (let value = 0; value < 256; value++) {
        const lit = this.lighting.haze + value * gain * (1 - this.lighting.haze / 255);
        // Highlights roll off instead of burning out.
        const soft = lit <= 220 ? lit : 220 + (lit - 220) * 0.7;
        levels[channel * 256 + value] = Math.max(0, Math.min(255, Math.round(soft)));
      }
    }
    return this.#curves = { breath, levels };
  }

  /** Develops the rows from `from` up to `to` of RGB rows of `stride` bytes, in place. */
  develop(
    rgb: Uint8Array,
    stride: number,
    from: number,
    to: number,
    { levels: curves }: Curves,
    rng: Rng,
  ): void {
    const noise = this.#noise;
    for (let row = from; row < to; row++) {
      let n = Math.floor(rng() * NOISE_LENGTH);
      const end = (row + 1) * stride;
      for (let i = row * stride; i < end; i += 3) {
        const r = curves[rgb[i]!]! + noise[n & 65535]!;
        const g = curves[256 + rgb[i + 1]!]! + noise[(n + 1) & 65535]!;
        const b = curves[512 + rgb[i + 2]!]! + noise[(n + 2) & 65535]!;
        n += 3;
        rgb[i] = r < 0 ? 0 : r > 255 ? 255 : r;
        rgb[i + 1] = g < 0 ? 0 : g > 255 ? 255 : g;
        rgb[i + 2] = b < 0 ? 0 : b > 255 ? 255 : b;
      }
    }
  }
}
