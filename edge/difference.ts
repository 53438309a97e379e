/** How much a frame differs from others of its run, for policies that need to know. */

import type { Frame } from "../core/frame.ts";
import type { Need } from "../policies/loaded_policy.ts";
import type { ControlSnapshot } from "../policies/offload/policy.ts";
import { areaChange, LOOKED_AT, pixelChange } from "./filter/features.ts";

/** What a policy is told; `undefined` where it does not need it, or there is nothing to compare with. */
export type Differing = Pick<ControlSnapshot["frame"], Need>;

/** Of a policy that needs none of it, or of a picture that cannot be read. */
export const UNKNOWN: Differing = { difference: undefined, motion: undefined };

/** Compares the frames of one run. */
export class Differences {
  /** Of frames that have no outcome yet, by their number. */
  readonly #seen = new Map<number, Uint8Array>();
  #inferred: { readonly index: number; readonly grey: Uint8Array } | undefined;
  #before: Uint8Array | undefined;

  /** Has seen nothing yet. */
  constructor(private readonly needs: readonly Need[]) {}

  /**
   * Looks at a frame that is decided about.
   *
   * @throws what keeps the picture from being read.
   */
  async of({ index, picture }: Frame): Promise<Differing> {
    if (this.needs.length === 0) return UNKNOWN;
    const grey = await picture.grey(LOOKED_AT);
    const [inferred, before] = [this.#inferred?.grey, this.#before];
    this.#seen.set(index, grey);
    this.#before = grey;
    return {
      difference: this.needs.includes("difference") && inferred
        ? pixelChange(grey, inferred)
        : undefined,
      motion: this.needs.includes("motion") && before ? areaChange(grey, before) : undefined,
    };
  }

  /** Notes that a frame has its outcome; the latest that was inferred is what others are compared to. */
  settled(index: number, wasInferred: boolean): void {
    const grey = this.#seen.get(index);
    this.#seen.delete(index);
    if (grey && wasInferred && index > (this.#inferred?.index ?? 0)) {
      this.#inferred = { index, grey };
    }
  }
}
