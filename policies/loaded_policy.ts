/** A policy that is ready to be asked, wherever it runs. */

import type { Parameters } from "./parameters.ts";

/** What every loaded policy tells of itself. */
export interface LoadedPolicy<Snapshot> {
  /** As records name it: registered, or its module's. */
  readonly name: string;
  /** What it does, in one line; absent or empty where nobody says. */
  readonly about?: string;
  /** The parameters that it declares; of one that others are combined in, theirs: `NAME.PARAMETER`. */
  readonly parameters: Parameters;
  /** Those that are combined in it, by whose names users give parameters; absent where it is one alone. */
  readonly parts?: readonly PolicyPart[];
  /** What it wants to know that costs something to find out. */
  readonly needs: readonly Need[];
  /**
   * Asks it. What it answers is not checked yet.
   *
   * @param snapshot all that it is told; it is neither changed nor kept.
   * @param seed of the numbers that it may draw: the same seed, the same numbers.
   * @param signal aborts when nobody waits for it any more: it is not asked then, unless it is already.
   * @throws {LateDecision} when it does not answer in time.
   * @throws what it throws.
   */
  ask(snapshot: Snapshot, seed: number, signal?: AbortSignal): unknown;
  /** Ends it. */
  close(): void;
}

/** A policy that is combined with others, and is no combination itself. */
export type PolicyPart = Pick<LoadedPolicy<never>, "name" | "parameters">;

/**
 * What takes a look at a frame's pixels. `difference`: how much it differs from the last one inferred;
 * `motion`: how much of it has changed since the frame before.
 */
export type Need = "difference" | "motion";

/** Everything that a policy may need. */
export const NEEDS: readonly Need[] = ["difference", "motion"];

/** A policy did not answer in time. It can be asked again. */
export class LateDecision extends Error {
  /** What a stack trace calls it. */
  override readonly name = "LateDecision";
}

/** A policy was not asked: those before took too long. That says nothing about this decision. */
export class NotAsked extends LateDecision {}
