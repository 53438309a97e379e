/** The few frames of which something is greatest, each from another part of the run. */

import type { FrameRecord } from "../../../edge/record.ts";

/** Parts of the run of which the best is kept. */
const PARTS_MAX = 64;

/** Share of the run that two frames are apart, at least: neighbours show the same. */
const APART = 1 / 25;

/** What is kept of a frame. */
export interface KeptFrame {
  /** Its number. */
  readonly frame: number;
  /** Time in its source, milliseconds. */
  readonly ptsMs: number;
  /** What became of it. */
  readonly outcome: FrameRecord["outcome"];
  /** Who inferred it. */
  readonly model: string | null;
  /** From capture to result, milliseconds. */
  readonly latencyMs: number;
  /** Mean score of what was found; `undefined` where nothing was. */
  readonly meanScore: number | undefined;
  /** What was found, by label. */
  readonly found: Readonly<Record<string, number>>;
}

/** The best of a part. */
interface Best {
  readonly value: number;
  readonly frame: KeptFrame;
}

/** Keeps frames of which a value is great. */
export class Extremes {
  /** Frames of a part. */
  #width = 1;
  #parts: (Best | undefined)[] = [];

  /** Offers a frame. @param keep makes what is kept of it, and is called only for what is. */
  offer(number: number, value: number, keep: () => KeptFrame): void {
    if (!(number >= 1)) return;
    while (Math.floor((number - 1) / this.#width) >= PARTS_MAX) this.#widen();
    const at = Math.floor((number - 1) / this.#width);
    const kept = this.#parts[at];
    if (kept && kept.value >= value) return;
    this.#parts[at] = { value, frame: keep() };
  }

  /**
   * The frames with the greatest values, the greatest first.
   *
   * @param frames how many the run has.
   * @param isTaken tells which ones are shown elsewhere.
   */
  top(
    count: number,
    frames: number,
    isTaken: (frame: number) => boolean = () => false,
  ): readonly KeptFrame[] {
    const chosen: KeptFrame[] = [];
    const sorted = this.#parts.filter((part) => part !== undefined)
      .sort((a, b) => b.value - a.value || a.frame.frame - b.frame.frame);
    for (const { frame } of sorted) {
      if (chosen.length === count) break;
      if (isTaken(frame.frame)) continue;
      const isApart = chosen.every((one) => Math.abs(one.frame - frame.frame) >= APART * frames);
      if (isApart) chosen.push(frame);
    }
    return chosen;
  }

  #widen(): void {
    const halved: (Best | undefined)[] = [];
    for (const [i, part] of this.#parts.entries()) {
      const at = Math.floor(i / 2);
      const other = halved[at];
      if (part && !(other && other.value >= part.value)) halved[at] = part;
    }
    [this.#parts, this.#width] = [halved, 2 * this.#width];
  }
}
