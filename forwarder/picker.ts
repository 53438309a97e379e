/** Picks a server by the dispatch policy; by the shortest queue where the policy does not help. */

import { type Clock, OVER } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { inTime } from "../core/in_time.ts";
import { logger, MINUTE_MS, Thinned } from "../core/log.ts";
import { anySeed, type Rng, seededRng } from "../core/rng.ts";
import { checkedPick } from "../policies/dispatch/check.ts";
import type { DispatchSnapshot } from "../policies/dispatch/policy.ts";
import { shortestQueue } from "../policies/dispatch/shortest_queue.ts";
import { LateDecision, type LoadedPolicy, NotAsked } from "../policies/loaded_policy.ts";
import type { ParameterValues } from "../policies/parameters.ts";
import type { RequestLimits } from "./work.ts";
import type { Metrics } from "./metrics.ts";

const log = logger("forwarder");

/** Decisions that may go wrong one after the other before the policy is asked no more. */
export const IN_A_ROW_MAX = 10;

/** What a picker works with. */
export interface PickerParts {
  /** What is asked. */
  readonly policy: Pick<LoadedPolicy<DispatchSnapshot>, "name" | "ask" | "close">;
  /** The policy's own parameters. */
  readonly parameters: ParameterValues;
  /** Milliseconds that a request waits for its decision, and for those of others before it. */
  readonly decisionMs: number;
  /** The policy's randomness. */
  readonly rng: Rng;
  /** What the wait goes by. */
  readonly clock: Clock;
  /** Counts what the policy did not decide. */
  readonly metrics: Metrics;
}

/** Why another one picks: the policy was late, failed, or is asked no more. */
type Why = Parameters<Metrics["dispatchFallback"]>[0];

/** A policy's answer: the name of a candidate, or why it has none. */
type Judged =
  | { readonly name: string }
  | { readonly name?: undefined; readonly why: Why; readonly detail: string };

/**
 * Asks the policy, and costs no request anything but the time for that: what is late, throws, or names
 * nobody is decided by `shortest_queue` instead, and told. A policy that goes wrong several times in a
 * row is set aside for good.
 */
export class Picker {
  readonly #warnings: Thinned;
  #inARow = 0;
  #isOver = false;

  /** Takes over the policy: it is closed with the picker. */
  constructor(private readonly parts: PickerParts) {
    this.#warnings = new Thinned(
      (message) => log.warn("{message}", { message }),
      MINUTE_MS,
      parts.clock,
    );
  }

  /**
   * The name of a candidate. A policy that runs apart is waited for until its time is up, also while
   * it decides about others, and no longer than the request's own limits allow: when those are over
   * it does not matter any more who is picked.
   */
  async pick(
    known: Omit<DispatchSnapshot, "parameters">,
    { deadlineAtMs, signal }: RequestLimits,
  ): Promise<string> {
    const { policy, parameters, rng, clock, metrics, decisionMs } = this.parts;
    const snapshot: DispatchSnapshot = { ...known, parameters };
    const seed = anySeed(rng);
    const instead = () => shortestQueue(snapshot, seededRng(seed));
    if (this.#isOver) {
      metrics.dispatchFallback("set_aside");
      return instead();
    }
    const over = new AbortController();
    const left = Promise.withResolvers<undefined>();
    const leave = () => left.resolve(undefined);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    const waitMs = Math.max(0, Math.min(decisionMs, deadlineAtMs - clock.nowMs()));
    try {
      const judging = Promise.race([left.promise, this.#judged(snapshot, seed, over.signal)]);
      const judged: Judged | undefined = await inTime(waitMs, judging, clock)
        ? await judging
        : { why: "late", detail: `it did not answer within ${decisionMs} ms` };
      if (judged?.name !== undefined) return judged.name;
      if (judged && clock.nowMs() < deadlineAtMs) {
        metrics.dispatchFallback(judged.why);
        const what = `the dispatch policy "${policy.name}" did not pick, shortest_queue did`;
        if (judged.why !== "set_aside") this.#warnings.tell(what, judged.detail);
      }
      return instead();
    } finally {
      signal.removeEventListener("abort", leave);
      over.abort(OVER);
    }
  }

  /** Ends the policy. */
  close(): void {
    this.#isOver = true;
    this.parts.policy.close();
    this.#warnings.flush();
  }

  async #judged(snapshot: DispatchSnapshot, seed: number, signal: AbortSignal): Promise<Judged> {
    try {
      const name = checkedPick(await this.parts.policy.ask(snapshot, seed, signal), snapshot);
      this.#inARow = 0;
      return { name };
    } catch (error) {
      // It was ended for what became of others.
      if (this.#isOver) return { why: "set_aside", detail: "" };
      // What was not asked says nothing about the policy.
      if (!(error instanceof NotAsked)) this.#wentWrong(messageOf(error));
      const why = error instanceof LateDecision ? "late" : "failed";
      return { why, detail: messageOf(error) };
    }
  }

  #wentWrong(why: string): void {
    if (++this.#inARow < IN_A_ROW_MAX) return;
    this.close();
    log.error(
      'the dispatch policy "{policy}" went wrong {times} times in a row and is asked no more, ' +
        "shortest_queue dispatches from now on: {why}",
      { policy: this.parts.policy.name, times: IN_A_ROW_MAX, why },
    );
  }
}
