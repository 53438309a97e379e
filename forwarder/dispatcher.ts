/**
 * Brings a request to a server: picks one, attempts it, and once more elsewhere if that failed; or beside
 * it if it takes long. Second attempts have a budget.
 */

import { OVER } from "../core/clock.ts";
import { ERRORS, isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { RetryBudget } from "../core/retry_budget.ts";
import { within } from "../core/within.ts";
import {
  attempt,
  type AttemptParts,
  countAgainst,
  firstOf,
  isBreak,
  tellEjection,
} from "./attempt.ts";
import type { AttemptReason, AttemptRecord, RequestLimits, Work } from "./work.ts";
import type { Reply } from "./backend.ts";
import type { FailureOptions } from "./failure_options.ts";
import { Hedging } from "./hedging.ts";
import type { ModelLoading } from "./model_loading.ts";
import type { Picker } from "./picker.ts";
import { type Contender, race } from "./race.ts";
import type { Server } from "./server.ts";
import type { ServerPool } from "./server_pool.ts";

/** Second attempts a second that there are besides the budget's share (Finagle's `minRetriesPerSec`). */
const RETRIES_PER_SEC = 10;

/** What the dispatcher works with. */
export interface DispatcherParts extends AttemptParts {
  /** The servers. */
  readonly pool: ServerPool;
  /** Picks one of them. */
  readonly picker: Pick<Picker, "pick">;
  /** Has models loaded that no server has; absent where that is not wanted. */
  readonly loading?: Pick<ModelLoading, "mayLoad" | "load">;
  /** How many second attempts there may be. */
  readonly failure: Pick<FailureOptions, "retryBudget" | "hedge">;
}

/** An answer, and the server that gave it. */
export interface Dispatched {
  /** What the server answered. */
  readonly reply: Reply;
  /** The server's name. */
  readonly server: string;
  /** Every attempt, in the order in which they ended. */
  readonly attempts: readonly AttemptRecord[];
}

/** A request on its way. */
interface Course {
  readonly work: Work;
  readonly limits: RequestLimits;
  /** Servers that it was tried on. */
  readonly tried: Set<Server>;
}

/** How an attempt ended. */
interface Ended {
  readonly server: Server;
  readonly end: { readonly reply: Reply } | { readonly failure: SmarteyeError };
}

/** Dispatches requests over the servers of a pool. */
export class Dispatcher {
  readonly #sequences = new Map<string, number>();
  readonly #retries: RetryBudget;
  readonly #hedging: Hedging | undefined;

  /** Remembers nothing of a request but that it was, and how long it took. */
  constructor(private readonly parts: DispatcherParts) {
    const { clock, failure: { retryBudget, hedge } } = parts;
    const triesPerSec = retryBudget > 0 ? RETRIES_PER_SEC : 0;
    this.#retries = new RetryBudget(clock, { share: retryBudget, triesPerSec });
    if (hedge) this.#hedging = new Hedging(clock);
  }

  /**
   * Whether a request for `model` could be dispatched now.
   *
   * @throws {SmarteyeError} `not_found` when no server has the model, `unavailable` when none that
   * has it takes requests, `overloaded` when they have as much as they may.
   */
  assertOffered(model: string): void {
    const { pool, loading } = this.parts;
    if (pool.candidates(model, new Set(), true).length > 0 || loading?.mayLoad()) return;
    throw this.#nobodyHas(model, true);
  }

  /**
   * Infers an image on one server, or on a second one if the first could not, or takes long.
   *
   * @throws {SmarteyeError} with the code that the client is to see.
   */
  async dispatch(work: Work, limits: RequestLimits): Promise<Dispatched> {
    const { clock } = this.parts;
    const { model } = work.request;
    const attempts: AttemptRecord[] = [];
    const onAttempt = (record: AttemptRecord) => {
      attempts.push(record);
      limits.onAttempt?.(record);
    };
    const course = { work, limits: { ...limits, onAttempt }, tried: new Set<Server>() };
    const beganAtMs = clock.nowMs();
    this.#retries.request();
    this.#hedging?.request();
    await this.#haveLoaded(work, limits);
    const ends = await this.#begin(course);
    const [first] = ends;
    // What was tried on two servers at once is not tried on a third.
    if (ends.length === 1 && first && !decides(first)) {
      ends.push(...await this.#again(course, first));
    }
    for (const { server, end } of ends) {
      if (!("reply" in end)) continue;
      this.#hedging?.answered(model, clock.nowMs() - beganAtMs);
      countBreaks(ends, this.parts);
      return { reply: end.reply, server: server.name, attempts };
    }
    throw this.#failureOf(ends, work);
  }

  async #haveLoaded(
    { request: { model }, takesDrawn = false }: Work,
    limits: RequestLimits,
  ): Promise<void> {
    const { pool, loading } = this.parts;
    if (!loading || pool.candidates(model, new Set(), takesDrawn).length > 0) return;
    if (!pool.areFull(model, takesDrawn)) await loading.load(model, limits);
  }

  /** The first attempt, and one beside it when it takes long; nothing when there is no server. */
  async #begin(course: Course): Promise<Ended[]> {
    const { pool, metrics, clock } = this.parts;
    const { work: { request, takesDrawn }, limits, tried } = course;
    const { model } = request;
    const candidates = pool.candidates(model, tried, takesDrawn);
    const lateMs = this.#hedging?.delayMs(model);
    if (lateMs === undefined) return await this.#try(course, candidates, "first");
    const first = this.#contend(course, candidates, "first");
    if (await within(lateMs, first.ended, clock)) return await first.ended;
    // Nor is one begun beside a request that is over, or for which no server is picked yet.
    const isOver = limits.signal.aborted || clock.nowMs() >= limits.deadlineAtMs;
    const others = isOver || tried.size === 0 ? [] : pool.candidates(model, tried, takesDrawn);
    if (others.length === 0) return await first.ended;
    if (!this.#takeHedge()) {
      metrics.hedged("refused");
      return await first.ended;
    }
    const second = this.#contend(course, others, "hedge");
    const [decisive, other] = await race(
      first,
      second,
      ([ended]) => ended ? decides(ended) : false,
    );
    const [best] = decisive;
    const isWon = best && "reply" in best.end && decisive === await second.ended;
    metrics.hedged(isWon ? "won" : "lost");
    return [...decisive, ...other];
  }

  /** An attempt elsewhere after one that failed, if there is a budget for it. */
  async #again(course: Course, { end }: Ended): Promise<Ended[]> {
    const { pool, metrics, clock } = this.parts;
    const { work, limits, tried } = course;
    const candidates = pool.candidates(work.request.model, tried, work.takesDrawn);
    if ("reply" in end || candidates.length === 0) return [];
    const { code } = end.failure;
    // One that is over is told that it is, and nobody is asked.
    if (!limits.signal.aborted && clock.nowMs() < limits.deadlineAtMs) {
      if (!this.#retries.take()) {
        metrics.retryRefused(code);
        return [];
      }
      metrics.retried(code);
    }
    return await this.#try(course, candidates, "retry");
  }

  /** One attempt that can be given up by itself. */
  #contend(
    course: Course,
    candidates: readonly Server[],
    why: AttemptReason,
  ): Contender<Ended[]> {
    const over = new AbortController();
    const { signal, letGo } = firstOf(course.limits.signal, over.signal);
    const limits = { ...course.limits, signal };
    const ended = this.#try({ ...course, limits }, candidates, why).finally(letGo);
    return { ended, giveUp: () => over.abort(OVER) };
  }

  /** One attempt at one of the servers; nothing when there is none that takes it. */
  async #try(
    { work, limits, tried }: Course,
    candidates: readonly Server[],
    why: AttemptReason,
  ): Promise<Ended[]> {
    const { pool, metrics } = this.parts;
    const { model } = work.request;
    if (candidates.length === 0) return [];
    const picked = await this.#pick(model, candidates, limits);
    // While the policy thought, others may have filled it up, or it was removed.
    const isNone = pool.isFull(picked) || picked.isRetired;
    const server = isNone ? freest(candidates, pool) : picked;
    if (!server) return [];
    tried.add(server);
    try {
      return [{ server, end: { reply: await attempt(server, work, limits, this.parts, why) } }];
    } catch (error) {
      if (!isSmarteyeError(error)) throw error;
      return [{ server, end: { failure: error } }];
    } finally {
      const slow = server.noteSlowness(model, () => pool.latenciesBeside(server, model));
      tellEjection(server, slow, "slow", metrics);
    }
  }

  /** Hedges have a budget of their own, beside that of all second attempts. */
  #takeHedge(): boolean {
    return this.#hedging !== undefined && this.#hedging.take() && this.#retries.take();
  }

  async #pick(model: string, servers: readonly Server[], limits: RequestLimits): Promise<Server> {
    const sequence = this.#sequences.get(model) ?? 0;
    this.#sequences.set(model, sequence + 1);
    const candidates = servers.map((server) => server.candidate());
    const picked = await this.parts.picker.pick({ sequence, model, candidates }, limits);
    return servers.find(({ name }) => name === picked)!;
  }

  /** What the client is told where no attempt brought an answer. */
  #failureOf(ends: readonly Ended[], work: Work): SmarteyeError {
    const { request: { model }, takesDrawn } = work;
    const failures = ends.flatMap(({ end }) => "failure" in end ? [end.failure] : []);
    const [decisive] = failures.filter(({ code }) => !ERRORS[code].retryable);
    if (decisive) return this.#answerFor(decisive, work);
    let heaviest: SmarteyeError | undefined;
    for (const failure of failures) {
      if (!heaviest || weight(failure) >= weight(heaviest)) heaviest = failure;
    }
    return heaviest ? this.#answerFor(heaviest, work) : this.#nobodyHas(model, takesDrawn);
  }

  /** The error that the client is told of a failure that is not tried again. */
  #answerFor(failure: SmarteyeError, { request, takesDrawn }: Work): SmarteyeError {
    const { model } = request;
    const { code, message, retryAfterMs } = failure;
    if (code === "not_found") return this.#nobodyHas(model, takesDrawn);
    // What the client did wrong the server has said in a whole sentence already.
    const said = ERRORS[code].retryable || code === "deadline_exceeded"
      ? `Cannot infer with ${JSON.stringify(model)}: ${message}`
      : message;
    return new SmarteyeError(code, said, { cause: failure, retryAfterMs });
  }

  #nobodyHas(model: string, takesDrawn = false): SmarteyeError {
    const { pool } = this.parts;
    const cannot = `Cannot infer with ${JSON.stringify(model)}: `;
    if (pool.readyCount === 0) {
      return new SmarteyeError("unavailable", `${cannot}no inference server is up`);
    }
    if (pool.areFull(model, takesDrawn)) {
      return new SmarteyeError("overloaded", `${cannot}every server has as much as it may`);
    }
    if (pool.knowsDrawing(model)) {
      return new SmarteyeError(
        "not_found",
        `${cannot}the servers that have that model draw on the frame and do not tell what they found, ` +
          `which only the original's form can be answered with`,
      );
    }
    if (pool.knows(model)) {
      return new SmarteyeError("unavailable", `${cannot}no server that has it takes requests now`);
    }
    const offered = pool.models.join(", ") || "none";
    return new SmarteyeError(
      "not_found",
      `${cannot}no server has that model, one of those offered is wanted (${offered})`,
    );
  }
}

/** The one with the fewest requests of those that may have more. */
function freest(servers: readonly Server[], pool: ServerPool): Server | undefined {
  const [free] = servers.filter((server) => !pool.isFull(server) && !server.isRetired)
    .sort((a, b) => a.inFlight - b.inFlight);
  return free;
}

/** Whether nothing that another server says would change anything. */
function decides({ end }: Ended): boolean {
  return "reply" in end || !ERRORS[end.failure.code].retryable;
}

/**
 * A break counts against a server when another one has answered the same request: what breaks everywhere
 * is the request's fault, and whoever sends it could take servers away from everybody.
 */
function countBreaks(ends: readonly Ended[], { metrics }: AttemptParts): void {
  for (const { server, end } of ends) {
    if ("failure" in end && isBreak(end.failure)) {
      countAgainst(server, end.failure, "broke", metrics);
    }
  }
}

/**
 * Of two failures the heavier is told: one that may be over in a moment rather than that of a
 * model, and that a model cannot do it rather than that it is not there.
 */
function weight({ code }: SmarteyeError): number {
  if (code === "not_found") return 0;
  return ERRORS[code].scope === "model" ? 1 : 2;
}
