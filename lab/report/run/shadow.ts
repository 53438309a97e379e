/** What the candidate of a `shadow(live, candidate)` would have done, beside what became of the frames. */

import type { FrameRecord } from "../../../edge/record.ts";
import type { Shadow } from "../../../policies/offload/policy.ts";
import { Tally } from "./tally.ts";

/** What a candidate comes to. */
export interface ShadowCounts {
  /** Decisions that it was asked about too. */
  readonly asked: number;
  /** Those that it would have made alike: place, model, height and quality. */
  readonly agreed: number;
  /** Those about which it decided nothing. */
  readonly failed: number;
}

/** What it would have done, for people. */
const PLACES = { local: "edge", cloud: "cloud", filter: "nowhere: the last result does" } as const;

/** Adds up what a candidate said. */
export class ShadowTally {
  readonly #counts = { asked: 0, agreed: 0, failed: 0 };
  /** Frames that it would have treated otherwise, by what became of them and what it would have done. */
  readonly otherwise = new Tally();

  /** What it comes to so far. */
  get counts(): ShadowCounts {
    return { ...this.#counts };
  }

  /** Counts one decision of it. */
  add({ outcome }: FrameRecord, shadow: Shadow): void {
    this.#counts.asked++;
    if ("failed" in shadow) this.#counts.failed++;
    else if (shadow.agrees) this.#counts.agreed++;
    else this.otherwise.add(`${outcome === "local" ? "edge" : outcome} → ${wouldHave(shadow)}`);
  }
}

function wouldHave(shadow: Exclude<Shadow, { failed: string }>): string {
  const { place, model, height, quality } = shadow;
  return [
    model === undefined ? PLACES[place] : `${PLACES[place]}, ${model}`,
    ...height === undefined ? [] : [`${height}p`],
    ...quality === undefined ? [] : [`quality ${quality}`],
  ].join(", ");
}
