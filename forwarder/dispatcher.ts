/** Brings a request to a server: pick, lease, call, and once more elsewhere if that failed. */

import type { Clock } from "../core/clock.ts";
import { type ErrorCode, messageOf, SmarteyeError } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";
import { checkedPick } from "../policies/dispatch/check.ts";
import type { DispatchCandidate, DispatchPolicy } from "../policies/dispatch/policy.ts";
import type { InferReply } from "../core/infer.ts";
import { BackendFailure, type FailureKind, type InferRequest } from "./backend.ts";
import type { LeaseOutcome } from "./lease.ts";
import type { Metrics } from "./metrics.ts";
import type { ServerPool } from "./server_pool.ts";

/** Servers that a request is tried on, at most. */
const ATTEMPTS_MAX = 2;

/** What the dispatcher works with. */
export interface DispatcherParts {
  /** The servers. */
  readonly pool: ServerPool;
  /** What picks one of them, and its name for messages. */
  readonly policy: { readonly name: string; readonly pick: DispatchPolicy };
  /** The policy's randomness. */
  readonly rng: Rng;
  /** Measures what is left of a deadline. */
  readonly clock: Clock;
  /** Counts calls, failures and retries. */
  readonly metrics: Metrics;
}

/** How long a request may take, and what ends it before that. */
export interface DispatchLimits {
  /** On the clock's `nowMs`. */
  readonly deadlineAtMs: number;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** An answer, and the server that gave it. */
export interface Dispatched {
  /** What the server answered. */
  readonly reply: InferReply;
  /** The server's name. */
  readonly server: string;
}

/** Dispatches requests over the servers of a pool. */
export class Dispatcher {
  readonly #sequences = new Map<string, number>();

  /** Remembers nothing but how many requests each model had. */
  constructor(private readonly parts: DispatcherParts) {}

  /**
   * Whether a request for `model` could be dispatched now.
   *
   * @throws {SmarteyeError} `not_found` when no server has the model, `unavailable` when none that
   * has it takes requests.
   */
  assertOffered(model: string): void {
    if (this.parts.pool.candidates(model, new Set()).length === 0) throw this.#nobodyHas(model);
  }

  /**
   * Infers an image on one server, or on a second one if the first could not.
   *
   * @throws {SmarteyeError} with the code that the client is to see.
   */
  async dispatch(request: InferRequest, limits: DispatchLimits): Promise<Dispatched> {
    const { pool, metrics } = this.parts;
    const tried = new Set<string>();
    let failed: BackendFailure | undefined;
    while (tried.size < ATTEMPTS_MAX) {
      const candidates = pool.candidates(request.model, tried);
      if (candidates.length === 0) break;
      if (failed) metrics.retried(failed.kind);
      const server = this.#pick(request.model, candidates);
      tried.add(server);
      try {
        return { reply: await this.#call(server, request, limits), server };
      } catch (error) {
        if (!(error instanceof BackendFailure)) throw error;
        if (!EFFECTS[error.kind].retry) throw this.#told(error, request.model);
        // Of two failures the one that may be over in a moment is told: "no such model" is not.
        if (!failed || error.kind !== "no_such_model") failed = error;
      }
    }
    throw failed ? this.#told(failed, request.model) : this.#nobodyHas(request.model);
  }

  #pick(model: string, candidates: readonly DispatchCandidate[]): string {
    const { policy, rng } = this.parts;
    const sequence = this.#sequences.get(model) ?? 0;
    this.#sequences.set(model, sequence + 1);
    const snapshot = { sequence, model, candidates };
    try {
      return checkedPick(policy.pick(snapshot, rng), snapshot);
    } catch (cause) {
      throw new SmarteyeError(
        "internal",
        `Cannot pick a server with the dispatch policy "${policy.name}": ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  async #call(server: string, request: InferRequest, limits: DispatchLimits): Promise<InferReply> {
    const { pool, clock, metrics } = this.parts;
    const deadlineMs = limits.deadlineAtMs - clock.nowMs();
    if (deadlineMs <= 0) throw new BackendFailure("deadline_exceeded", "no time was left for it");
    const lease = pool.lease(server);
    // What is neither an answer nor a known failure is a fault in here, not the server's.
    let outcome: LeaseOutcome = "ignored";
    try {
      const reply = await pool.backend(server).infer(request, {
        deadlineMs,
        signal: limits.signal,
      });
      pool.noteLoad(server, reply.load);
      outcome = "success";
      return reply;
    } catch (error) {
      if (error instanceof BackendFailure) {
        outcome = EFFECTS[error.kind].outcome;
        this.#act(server, request.model, error);
      }
      throw error;
    } finally {
      lease.end(outcome);
      metrics.dispatched(server, outcome);
    }
  }

  /** What a failed call says about the server that failed it. */
  #act(server: string, model: string, { kind, message }: BackendFailure): void {
    const { pool, metrics } = this.parts;
    if (kind === "unreachable" || kind === "broken") pool.lost(server, message);
    if (kind === "no_such_model") pool.forgetModel(server, model);
    if (kind !== "cancelled") metrics.failed(server, kind);
  }

  #told(failure: BackendFailure, model: string): SmarteyeError {
    if (failure.kind === "no_such_model") return this.#nobodyHas(model);
    const { code, retry } = EFFECTS[failure.kind];
    // What the client did wrong the server has said in a whole sentence already.
    const said = retry || failure.kind === "deadline_exceeded"
      ? `Cannot infer with ${JSON.stringify(model)}: ${failure.message}`
      : failure.message;
    return new SmarteyeError(code, said, { cause: failure });
  }

  #nobodyHas(model: string): SmarteyeError {
    const { pool } = this.parts;
    const cannot = `Cannot infer with ${JSON.stringify(model)}: `;
    if (pool.readyCount === 0) {
      return new SmarteyeError("unavailable", `${cannot}no inference server is up`);
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

/** What each kind of failure means: for the client, for the server's lease, and for a second try. */
const EFFECTS: Readonly<
  Record<
    FailureKind,
    { readonly code: ErrorCode; readonly outcome: LeaseOutcome; readonly retry: boolean }
  >
> = {
  unreachable: { code: "unavailable", outcome: "failed", retry: true },
  broken: { code: "internal", outcome: "failed", retry: true },
  busy: { code: "overloaded", outcome: "failed", retry: true },
  no_such_model: { code: "not_found", outcome: "ignored", retry: true },
  refused: { code: "invalid_argument", outcome: "ignored", retry: false },
  too_large: { code: "payload_too_large", outcome: "ignored", retry: false },
  deadline_exceeded: { code: "deadline_exceeded", outcome: "failed", retry: false },
  cancelled: { code: "cancelled", outcome: "ignored", retry: false },
};
