/** The policies of a study, ready to be asked in simulated time. */

import { type Clock, systemClock } from "../../core/clock.ts";
import type { LoadedPolicy } from "../../policies/loaded_policy.ts";
import type { ControlSnapshot } from "../../policies/offload/policy.ts";
import { loadControlPolicy } from "../../policies/registry.ts";

/** Milliseconds of real time that a user's own policy may take: nobody waits for a camera here. */
export const DECISION_MS = 5000;

/** Policies by name or path, each loaded once. */
export class LoadedPolicies {
  readonly #loaded = new Map<string, LoadedPolicy<ControlSnapshot>>();

  /** Loads none yet. */
  constructor(private readonly clock: Clock = systemClock) {}

  /** One of them. @throws {SmarteyeError} `invalid_argument` when it is not usable. */
  async get(nameOrPath: string): Promise<LoadedPolicy<ControlSnapshot>> {
    const known = this.#loaded.get(nameOrPath);
    if (known) return known;
    const host = { clock: this.clock, budgetMs: DECISION_MS, signal: NEVER };
    const policy = await loadControlPolicy(nameOrPath, host);
    this.#loaded.set(nameOrPath, policy);
    return policy;
  }

  /** Ends all of them. */
  close(): void {
    for (const policy of this.#loaded.values()) policy.close();
  }
}

const NEVER = new AbortController().signal;
