/** What can be changed of a run while it goes on: from its next frame on it counts. */

import type { LoadedPolicy } from "../policies/loaded_policy.ts";
import type { ControlSnapshot } from "../policies/offload/policy.ts";
import type { ParameterValues } from "../policies/parameters.ts";
import type { FrameFilter } from "./filter/frame_filter.ts";
import type { ZoneOptions } from "./zones/options.ts";

/** A policy, and the values that it is asked with. */
export interface AskedPolicy {
  /** Asked once a frame. */
  readonly policy: Pick<LoadedPolicy<ControlSnapshot>, "name" | "ask" | "needs">;
  /** The policy's own parameters. */
  readonly parameters: ParameterValues;
}

/** One change. */
export type RunChange =
  | (AskedPolicy & {
    readonly what: "policy";
    /** As the user named it. */
    readonly to: string;
    /** Called when no frame goes by the one before any more. */
    readonly onApplied?: () => void;
  })
  | {
    readonly what: "model";
    /** The one that is used wherever it is there; `undefined`: the policy's choice. */
    readonly model: string | undefined;
  }
  | {
    readonly what: "filter";
    /** Looks at each frame; `undefined`: none is kept back. */
    readonly filter: FrameFilter | undefined;
    /** What it is, for people. */
    readonly to: string;
  }
  | {
    readonly what: "zones";
    /** All of them; their names differ. */
    readonly zones: readonly ZoneOptions[];
    /** Which of them is another, for people. */
    readonly to: string;
  };

/** What a change came to, as the summary tells it. */
export interface ChangeRecord {
  /** What was changed. */
  readonly what: RunChange["what"];
  /** What it is from then on. */
  readonly to: string;
  /** Frames that were captured before. */
  readonly frame: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Changes that a summary tells; of more, the latest. */
const CHANGES_MAX = 100;

/** What was changed of one run. */
export class ChangeLog {
  readonly #records: ChangeRecord[] = [];

  /** Notes one. */
  add(record: ChangeRecord): void {
    this.#records.push(record);
    if (this.#records.length > CHANGES_MAX) this.#records.shift();
  }

  /** The latest, in order. */
  get records(): readonly ChangeRecord[] {
    return [...this.#records];
  }
}

/** What a change makes of it, for people. */
export function toldOf(change: RunChange): string {
  return change.what === "model" ? change.model ?? "the policy's choice" : change.to;
}
