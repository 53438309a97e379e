/** A profile as what a simulation plays: frames, and what any model finds in them however they are sent. */

import type { Detection } from "../../core/detection.ts";
import { f1 } from "../../core/agreement.ts";
import type { Answer, Encoding, Profile, ProfiledFrame } from "../profile/profile.ts";

/** A place in a recording: 0, 1, 2 …; after the last frame the first comes again. */
export type Place = number;

/** An operating point that was measured, as its place among the profile's. */
export type PointIndex = number;

/** A profile, with quick answers. */
export class Recording {
  /** What models offer: their operating points, whole frames apart from those that are sent. */
  readonly #whole = new Map<string, PointIndex>();
  readonly #sent = new Map<string, readonly (Encoding & { readonly point: PointIndex })[]>();
  /** F1 of an answer to one frame in another one. */
  readonly #across = new Map<number, number>();

  /** Plays a profile. @throws {RangeError} when it has no frame. */
  constructor(readonly profile: Profile) {
    if (profile.frames.length === 0) throw new RangeError("Cannot play a profile without frames");
    const { points } = profile.head;
    for (const [point, { model, encoding }] of points.entries()) {
      if (!encoding) this.#whole.set(model, point);
      else this.#sent.set(model, [...this.#sent.get(model) ?? [], { ...encoding, point }]);
    }
  }

  /** The frame at a place. */
  frame(place: Place): ProfiledFrame {
    return this.profile.frames[place % this.profile.frames.length]!;
  }

  /** The operating point of a model for whole frames; `undefined` when it was not profiled. */
  wholePoint(model: string): PointIndex | undefined {
    return this.#whole.get(model);
  }

  /**
   * The measured operating point that stands in for an encoding: the best that is no better in height
   * and quality, so that nobody finds more for being between two; the least where all are better.
   * `undefined` when the model was not profiled.
   */
  sentPoint(model: string, { height, quality }: Encoding): PointIndex | undefined {
    const own = this.profile.head.height;
    const sent = this.#sent.get(model) ?? [];
    const pixels = (point: Encoding) => Math.min(point.height, own);
    const least = Math.min(...sent.map(pixels));
    const fit = sent.filter((point) => pixels(point) <= Math.max(least, Math.min(height, own)));
    const top = Math.max(...fit.map(pixels));
    const lowest = Math.min(...fit.map((point) => point.quality));
    return fit.filter((point) =>
      pixels(point) === top && point.quality <= Math.max(lowest, quality)
    )
      .sort((a, b) => b.quality - a.quality)[0]?.point;
  }

  /** What an operating point gives for the frame at a place. */
  answer(place: Place, point: PointIndex): Answer {
    return this.frame(place).answers[point]!;
  }

  /**
   * How large a frame is when it is sent, and how long that takes to encode. Between what was measured,
   * sizes are interpolated: bytes go as powers of the height and of the quality.
   */
  encoded(place: Place, encoding: Encoding): Pick<Answer, "bytes" | "encodeMs"> {
    const [model] = this.#sent.keys();
    const known = model === undefined ? [] : this.#sent.get(model)!;
    if (known.length === 0) return { bytes: 0, encodeMs: 0 };
    const own = this.profile.head.height;
    const height = Math.min(encoding.height, own);
    const heights = around([...new Set(known.map((point) => point.height))], height, own);
    const qualities = around([...new Set(known.map((point) => point.quality))], encoding.quality);
    const of = (height: number, quality: number) => {
      const at = known.find((point) => point.height === height && point.quality === quality)!;
      return this.answer(place, at.point);
    };
    const across = (value: (answer: Answer) => number) =>
      heights.reduce(
        (sum, [h, hShare]) =>
          sum + hShare * qualities.reduce((sum, [q, qShare]) => sum + qShare * value(of(h, q)), 0),
        0,
      );
    return {
      bytes: Math.round(Math.exp(across(({ bytes }) => Math.log(Math.max(1, bytes))))),
      encodeMs: across(({ encodeMs }) => encodeMs),
    };
  }

  /** Whether an encoding was measured as it is. */
  isMeasured({ height, quality }: Encoding): boolean {
    const own = this.profile.head.height;
    return this.profile.head.points.some(({ encoding }) =>
      encoding?.quality === quality &&
      Math.min(encoding.height, own) === Math.min(height, own)
    );
  }

  /** F1, in the frame at a place, of what was found in another one: as if nothing had moved since. */
  carried(from: Place, point: PointIndex, to: Place): number {
    const { frames, head: { points } } = this.profile;
    const [a, b] = [from % frames.length, to % frames.length];
    if (a === b) return frames[a]!.answers[point]!.f1;
    const key = (a * frames.length + b) * points.length + point;
    const known = this.#across.get(key);
    if (known !== undefined) return known;
    const value = f1(frames[a]!.answers[point]!.detections, frames[b]!.truth);
    this.#across.set(key, value);
    return value;
  }

  /** F1 of having nothing to say of the frame at a place. */
  nothing(place: Place): number {
    return f1(NOTHING, this.frame(place).truth);
  }
}

const NOTHING: readonly Detection[] = [];

/** The measured values around one that is wanted, and what share each has in it. */
function around(
  measured: readonly number[],
  wanted: number,
  most = Infinity,
): readonly (readonly [value: number, share: number])[] {
  const sorted = measured.toSorted((a, b) => a - b);
  const real = (value: number) => Math.min(value, most);
  const above = sorted.find((value) => real(value) >= wanted);
  const below = sorted.findLast((value) => real(value) <= wanted);
  if (above === undefined || below === undefined || real(above) === real(below)) {
    return [[above ?? below!, 1]];
  }
  const share = Math.log(wanted / real(below)) / Math.log(real(above) / real(below));
  return [[below, 1 - share], [above, share]];
}
