/** A filter on a video whose every frame is inferred: what it would have kept back, and what that costs. */

import { f1 } from "../../core/agreement.ts";
import type { Frame } from "../../core/frame.ts";
import { CarriedResult } from "../../edge/filter/carried.ts";
import type { FrameFilter, Result } from "../../edge/filter/frame_filter.ts";

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
}

/** One filter, shown a video. */
export class Rehearsal {
  readonly #carried = new CarriedResult();
  readonly #all = new Mean();
  readonly #judged = new Mean();
  #inferred = 0;

  /** Of a filter that has seen nothing yet. */
  constructor(private readonly filter: FrameFilter) {}

  /** Shows the next frame, and what was found in it, which the filter hears of where it asks. */
  async show(frame: Frame, result: Result): Promise<void> {
    const { skip, still } = await this.filter.look(frame);
    const found = "detections" in result.findings ? result.findings.detections : [];
    const said = skip === undefined ? found : this.#carried.at(frame.picture, still);
    if (skip === undefined) {
      this.#inferred++;
      this.#carried.see(found, frame.picture);
      this.filter.settled(frame.index, result);
    }
    const agreement = skip === undefined ? 1 : f1(said, found);
    this.#all.add(agreement);
    if (said.length + found.length > 0) this.#judged.add(agreement);
  }

  /** What came of it so far. */
  score(): Score {
    return {
      frames: this.#all.count,
      inferred: this.#inferred,
      accuracy: this.#all.value,
      judgedAccuracy: this.#judged.value,
      judged: this.#judged.count,
    };
  }
}

class Mean {
  count = 0;
  #sum = 0;

  add(value: number): void {
    this.count++;
    this.#sum += value;
  }

  /** 1 of nothing. */
  get value(): number {
    return this.count === 0 ? 1 : this.#sum / this.count;
  }
}
