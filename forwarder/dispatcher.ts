/** Brings a request to a server: picks one, attempts it, and once more elsewhere if that failed. */

import { ERRORS, isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { attempt, type AttemptParts, type RequestLimits, type Work } from "./attempt.ts";
import type { Reply } from "./backend.ts";
import type { Picker } from "./picker.ts";
import type { Server } from "./server.ts";
import type { ServerPool } from "./server_pool.ts";

/** Servers that a request is tried on, at most. */
const ATTEMPTS_MAX = 2;

/** What the dispatcher works with. */
export interface DispatcherParts extends AttemptParts {
  /** The servers. */
  readonly pool: ServerPool;
  /** Picks one of them. */
  readonly picker: Pick<Picker, "pick">;
}

/** An answer, and the server that gave it. */
export interface Dispatched {
  /** What the server answered. */
  readonly reply: Reply;
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
    if (this.parts.pool.candidates(model, new Set(), true).length === 0) {
      throw this.#nobodyHas(model);
    }
  }

  /**
   * Infers an image on one server, or on a second one if the first could not.
   *
   * @throws {SmarteyeError} with the code that the client is to see.
   */
  async dispatch(work: Work, limits: RequestLimits): Promise<Dispatched> {
    const { pool, metrics, clock } = this.parts;
    const { model } = work.request;
    const tried = new Set<Server>();
    let failed: SmarteyeError | undefined;
    while (tried.size < ATTEMPTS_MAX) {
      const candidates = pool.candidates(model, tried, work.takesDrawn);
      if (candidates.length === 0) break;
      if (failed && clock.nowMs() < limits.deadlineAtMs) metrics.retried(failed.code);
      const server = await this.#pick(model, candidates, limits);
      tried.add(server);
      try {
        return { reply: await attempt(server, work, limits, this.parts), server: server.name };
      } catch (error) {
        if (!isSmarteyeError(error)) throw error;
        if (!ERRORS[error.code].retryable) throw this.#answerFor(error, model);
        if (!failed || weight(error) >= weight(failed)) failed = error;
      }
    }
    throw failed ? this.#answerFor(failed, model) : this.#nobodyHas(model);
  }

  async #pick(model: string, servers: readonly Server[], limits: RequestLimits): Promise<Server> {
    const sequence = this.#sequences.get(model) ?? 0;
    this.#sequences.set(model, sequence + 1);
    const candidates = servers.map((server) => server.candidate());
    const picked = await this.parts.picker.pick({ sequence, model, candidates }, limits);
    return servers.find(({ name }) => name === picked)!;
  }

  /** The error that the client is told of a failure that is not tried again. */
  #answerFor(failure: SmarteyeError, model: string): SmarteyeError {
    const { code, message, retryAfterMs } = failure;
    if (code === "not_found") return this.#nobodyHas(model);
    // What the client did wrong the server has said in a whole sentence already.
    const said = ERRORS[code].retryable || code === "deadline_exceeded"
      ? `Cannot infer with ${JSON.stringify(model)}: ${message}`
      : message;
    return new SmarteyeError(code, said, { cause: failure, retryAfterMs });
  }

  #nobodyHas(model: string): SmarteyeError {
    const { pool } = this.parts;
    const cannot = `Cannot infer with ${JSON.stringify(model)}: `;
    if (pool.readyCount === 0) {
      return new SmarteyeError("unavailable", `${cannot}no inference server is up`);
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

/**
 * Of two failures the heavier is told: one that may be over in a moment rather than that of a
 * model, and that a model cannot do it rather than that it is not there.
 */
function weight({ code }: SmarteyeError): number {
  if (code === "not_found") return 0;
  return ERRORS[code].scope === "model" ? 1 : 2;
}
