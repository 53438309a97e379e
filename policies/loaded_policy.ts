/** A policy that is ready to be asked, wherever it runs. */

import type { Parameters } from "./parameters.ts";

/** What every loaded policy tells of itself. */
export interface LoadedPolicy<Snapshot> {
  /** As records name it: registered, or its module's. */
  readonly name: string;
  /** The parameters that it declares. */
  readonly parameters: Parameters;
  /** What it wants to know that costs something to find out. */
  readonly needs: readonly Need[];
  /**
   * Asks it. What it answers is not checked yet.
   *
   * @param snapshot all that it is told; it is neither changed nor kept.
   * @param seed of the numbers that it may draw: the same seed, the same numbers.
   * @throws {LateDecision} when it does not answer in time.
   * @throws what it throws.
   */
  ask(snapshot: Snapshot, seed: number): unknown;
  /** Ends it. */
  close(): void;
}

/** `difference`: how much a frame differs from the last one inferred, which takes a look at its pixels. */
export type Need = "difference";

/** Everything that a policy may need. */
export const NEEDS: readonly Need[] = ["difference"];

/** A policy did not answer in time. It can be asked again. */
export class LateDecision extends Error {
  /** What a stack trace calls it. */
  override readonly name = "LateDecision";
}
