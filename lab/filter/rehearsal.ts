/** A filter on a video whose every frame is inferred: what it would have kept back, and what that costs. */

import { f1 } from "../../core/agreement.ts";
import type { Frame } from "../../core/frame.ts";
import { CarriedResult } from "../../edge/filter/carried.ts";
import type { FrameFilter, Result } from "../../edge/filter/frame_filter.ts";

/** What is mostly lost within, and what it weighs beside what is seen: as so much F1 of frames. */
const USUAL = { within: 0.6, weight: 5 };

/** What came of a rehearsal. */
export interface Score {
  /** All of them. */
  readonly frames: number;
  /** Frames that the filter let through. */
  readonly inferred: number;
  /** Mean F1 of all frames against the result of inferring each; nothing found where nothing is counts 1. */
  readonly accuracy: number;
  /** The same of those frames alone for which something is found, or said to be there. */
  readonly judgedAccuracy: number;
  /** How many those are. */
  readonly judged: number;
  /** The least of that of each quarter of them: what is to come may be as that was. */
  readonly worstAccuracy: number;
  /** What was lost on average before an inference, as a part of what was found lost there, 0 to 1. */
  readonly within: number;
}

/** One filter, shown a video. */
export class Rehearsal {
  readonly #carried = new CarriedResult();
  #frames = 0;
  #agreements = 0;
  /** F1 of each frame for which something is found, or said to be there. */
  readonly #judged: number[] = [];
  /** Frames that were kept back since the last inference although something moves, and what they lost. */
  #gap = { frames: 0, lost: 0 };
  #within = 0;
  #atEnds = 0;
  #inferred = 0;

  /** Of a filter that has seen nothing yet. */
  constructor(private readonly filter: FrameFilter) {}

  /** Shows the next frame, and what was found in it, which the filter hears of where it asks. */
  async show(frame: Frame, result: Result): Promise<void> {
    const { skip, still } = await this.filter.look(frame);
    const found = "detections" in result.findings ? result.findings.detections : [];
    const carried = this.#carried.at(frame.picture, still);
    const agreement = f1(carried, found);
    if (skip === undefined) {
      if (this.#inferred++ > 0) this.#endGap(1 - agreement);
      this.#carried.see(found, frame.picture);
      this.filter.settled(frame.index, result);
    } else if (!still) {
      this.#gap.frames++;
      this.#gap.lost += 1 - agreement;
    }
    this.#frames++;
    this.#agreements += skip === undefined ? 1 : agreement;
    const isJudged = found.length + (skip === undefined ? 0 : carried.length) > 0;
    if (isJudged) this.#judged.push(skip === undefined ? 1 : agreement);
  }

  /** An inference finds what was lost since the one before. */
  #endGap(lost: number): void {
    this.#within += this.#gap.lost;
    this.#atEnds += this.#gap.frames * lost;
    this.#gap = { frames: 0, lost: 0 };
  }

  /** What came of it so far. */
  score(): Score {
    return {
      frames: this.#frames,
      inferred: this.#inferred,
      accuracy: this.#frames === 0 ? 1 : this.#agreements / this.#frames,
      judgedAccuracy: meanOf(this.#judged),
      judged: this.#judged.length,
      worstAccuracy: Math.min(...quartersOf(this.#judged).map(meanOf)),
      within: Math.min(
        1,
        (this.#within + USUAL.within * USUAL.weight) / (this.#atEnds + USUAL.weight),
      ),
    };
  }
}

/** 1 of nothing. */
function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quartersOf(values: readonly number[]): readonly (readonly number[])[] {
  const from = (part: number) => Math.round(part * values.length / 4);
  return [0, 1, 2, 3].map((part) => values.slice(from(part), from(part + 1)));
}
