/** Has a server load a model that none has ready. */

import { type Clock, OVER } from "../core/clock.ts";
import { asSmarteyeError, messageOf, SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { ModelStatus } from "../core/model.ts";
import { isMeant, parseReference } from "../core/reference.ts";
import { within } from "../core/within.ts";
import type { RequestLimits } from "./work.ts";
import type { Server } from "./server.ts";
import type { ServerPool } from "./server_pool.ts";

const log = logger("forwarder");

/** Milliseconds that a server has to load a model. */
const LOAD_MS = 120_000;

/** Milliseconds that a server has to list its models. */
const LIST_MS = 2000;

/** Milliseconds for which what servers listed holds: strangers may ask for anything at all. */
const LISTED_MS = 5000;

/** Milliseconds after which a model that could not be loaded is tried again. */
export const TRY_AGAIN_MS = 30_000;

/** Models that are loaded at once, at most. */
const LOADS_MAX = 8;

/** Failures that are remembered. */
const FAILURES_MAX = 100;

/** How an attempt to load a model ended. */
export type LoadOutcome = "loaded" | "failed";

/** What model loading works with. */
export interface ModelLoadingParts {
  /** Whose servers are asked. */
  readonly pool: ServerPool;
  /** Waits go by it. */
  readonly clock: Clock;
  /** Whether models are loaded at all. */
  readonly isOn: () => boolean;
  /** Looks at a server that has loaded one, so that it is known to have it. Never rejects. */
  readonly look: (server: Server) => Promise<void>;
  /** Told how each attempt ended. */
  readonly onLoad: (server: string, outcome: LoadOutcome) => void;
}

/** What a server that is ready lists of a model. */
interface Listed {
  readonly server: Server;
  readonly model: ModelStatus;
}

/** A model that could not be loaded. */
interface Failure {
  readonly untilMs: number;
  readonly why: string;
}

/**
 * Loads a model once, for however many requests want it. An attempt goes on when those that wait for
 * it have gone; one that failed is not made again for a while.
 */
export class ModelLoading {
  readonly #attempts = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, Failure>();
  readonly #stop = new AbortController();
  #listing: { readonly atMs: number; readonly models: Promise<readonly Listed[]> } | undefined;

  /** Asks nobody anything before `load`. */
  constructor(private readonly parts: ModelLoadingParts) {}

  /** Whether a request for a model that no server has is worth to be taken: it may be loaded. */
  mayLoad(): boolean {
    return this.parts.isOn() && this.parts.pool.servers.some(canLoad);
  }

  /**
   * Has a server load the model, and waits as long as the request may take.
   *
   * @returns whether one was asked: where none lists the model, or none is to be asked, it is not.
   * @throws {SmarteyeError} `unavailable` when it could not be loaded; `deadline_exceeded`, `cancelled`
   * by the limits.
   */
  async load(model: string, limits: RequestLimits): Promise<boolean> {
    if (!this.mayLoad()) return false;
    const { clock } = this.parts;
    const failure = this.#failures.get(model);
    if (failure && clock.nowMs() < failure.untilMs) throw this.#refusal(model, failure);
    const running = this.#attempts.get(model);
    if (running) return await this.#waitFor(model, running, limits);
    const listed = await this.#inTime(model, this.#listed(), limits);
    // Another request may have begun meanwhile.
    const begun = this.#attempts.get(model);
    if (begun) return await this.#waitFor(model, begun, limits);
    const chosen = choose(model, listed);
    if (!chosen) return false;
    if (this.#attempts.size >= LOADS_MAX) {
      throw new SmarteyeError("unavailable", `Cannot load "${model}": ${LOADS_MAX} others are`);
    }
    return await this.#waitFor(model, this.#attempt(model, chosen), limits);
  }

  /** Waits for nothing any more. */
  close(): void {
    this.#stop.abort(OVER);
  }

  #attempt(model: string, { server, model: { state } }: Listed): Promise<void> {
    const attempt = this.#loaded(model, server, state).finally(() => this.#attempts.delete(model));
    attempt.catch(() => {}); // those that wait are told; nobody may wait any more
    this.#attempts.set(model, attempt);
    return attempt;
  }

  async #loaded(model: string, server: Server, state: ModelStatus["state"]): Promise<void> {
    const { clock, look, onLoad } = this.parts;
    try {
      if (state !== "ready") {
        log.info("no server has {model}, {server} is asked to load it", {
          model,
          server: server.name,
        });
        await server.backend.loadModel!(model, {
          deadlineMs: LOAD_MS,
          signal: this.#stop.signal,
        });
        onLoad(server.name, "loaded");
      }
      await look(server);
      this.#listing = undefined;
    } catch (error) {
      onLoad(server.name, "failed");
      const why = `${server.name} could not load it: ${messageOf(error)}`;
      log.warn("no server has {model}, and {why}; it is tried again in {s} s at the earliest", {
        ...{ model, why },
        s: TRY_AGAIN_MS / 1000,
      });
      const failure = { untilMs: clock.nowMs() + TRY_AGAIN_MS, why };
      this.#remember(model, failure);
      throw this.#refusal(model, failure);
    }
  }

  #remember(model: string, failure: Failure): void {
    this.#failures.delete(model);
    this.#failures.set(model, failure);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > FAILURES_MAX) this.#failures.delete(oldest!);
  }

  #refusal(model: string, { untilMs, why }: Failure): SmarteyeError {
    return new SmarteyeError("unavailable", `Cannot infer with ${JSON.stringify(model)}: ${why}`, {
      retryAfterMs: Math.max(0, untilMs - this.parts.clock.nowMs()),
    });
  }

  async #waitFor(model: string, attempt: Promise<void>, limits: RequestLimits): Promise<true> {
    await this.#inTime(model, attempt, limits);
    return true;
  }

  async #inTime<T>(model: string, done: Promise<T>, limits: RequestLimits): Promise<T> {
    const { clock } = this.parts;
    const gone = Promise.withResolvers<never>();
    const leave = () => gone.reject(new SmarteyeError("cancelled", "nobody waits for it"));
    if (limits.signal.aborted) leave();
    limits.signal.addEventListener("abort", leave, { once: true });
    gone.promise.catch(() => {});
    try {
      const either = Promise.race([done, gone.promise]);
      if (await within(limits.deadlineAtMs - clock.nowMs(), either, clock)) return await either;
      throw new SmarteyeError(
        "deadline_exceeded",
        `Cannot infer with ${JSON.stringify(model)}: it is being loaded, which takes longer than ` +
          "the request may",
      );
    } finally {
      limits.signal.removeEventListener("abort", leave);
    }
  }

  /** What ready servers list; asked of all of them at once, and not again for a while. */
  #listed(): Promise<readonly Listed[]> {
    const { clock, pool } = this.parts;
    const last = this.#listing;
    if (last && clock.nowMs() - last.atMs < LISTED_MS) return last.models;
    const limits = { deadlineMs: LIST_MS, signal: this.#stop.signal };
    const lists = pool.servers.filter(canLoad).map(async (server) => {
      try {
        const models = await server.backend.listModels!(limits);
        return models.map((model) => ({ server, model }));
      } catch (error) {
        const { message } = asSmarteyeError(error, "list models");
        log.debug("{server} did not list its models: {message}", { server: server.name, message });
        return [];
      }
    });
    const models = Promise.all(lists).then((all) => all.flat());
    this.#listing = { atMs: clock.nowMs(), models };
    return models;
  }
}

function canLoad({ isReady, backend }: Server): boolean {
  return isReady && backend.listModels !== undefined && backend.loadModel !== undefined;
}

/** The model on the server that has least to do; one that is at it already, or done, before all others. */
function choose(reference: string, listed: readonly Listed[]): Listed | undefined {
  const meant = parseReference(reference);
  const [first] = listed
    .filter(({ server, model }) =>
      server.isReady && isMeant(meant, model) &&
      model.state !== "failed" && model.state !== "unloading"
    )
    .sort((a, b) => rank(a) - rank(b) || busy(a.server) - busy(b.server));
  return first;
}

function rank({ model: { state } }: Listed): number {
  return state === "ready" ? 0 : state === "loading" ? 1 : 2;
}

/** Requests for each Worker, those that others sent as well. */
function busy(server: Server): number {
  const { inFlight, load } = server.candidate();
  if (!load) return inFlight;
  const { queueLength = 0, running = 0, workers = 1 } = load;
  return Math.max(inFlight, queueLength + running) / Math.max(1, workers);
}
