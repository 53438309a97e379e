/** One client of the gateway: what it may do, and what it does at the moment. */

import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { parseReference } from "../../core/reference.ts";
import type { Grant } from "./grant.ts";

/** Milliseconds after which one with too many requests under way may have fewer. */
const AGAIN_MS = 1000;

/** Requests under way, by who asked. Of others nothing is kept. */
export class InFlight {
  readonly #counts = new Map<string, number>();

  /** Of one client. */
  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** One more of a client. @returns what takes it away; to be called once. */
  add(name: string): () => void {
    this.#counts.set(name, this.of(name) + 1);
    return () => {
      const left = this.of(name) - 1;
      if (left > 0) this.#counts.set(name, left);
      else this.#counts.delete(name);
    };
  }
}

/** A client, held to its grant. */
export class Client {
  #grant: Grant;
  #tokens: number;
  #filledAtMs: number;

  /** Has asked nothing yet. */
  constructor(
    grant: Grant,
    private readonly clock: Clock,
    private readonly inFlight: InFlight = new InFlight(),
  ) {
    this.#grant = grant;
    this.#tokens = burstOf(grant);
    this.#filledAtMs = clock.nowMs();
  }

  /** What it may do. */
  get grant(): Grant {
    return this.#grant;
  }

  /** What it may do from now on; what is under way stays. */
  set grant(grant: Grant) {
    this.#fill();
    this.#grant = grant;
    this.#tokens = Math.min(this.#tokens, burstOf(grant));
  }

  /**
   * Notes that it asks once more (a token bucket that holds the requests of one second).
   *
   * @throws {SmarteyeError} `rate_limited` when it asks too often.
   */
  asks(): void {
    const { requestsPerSec, name } = this.#grant;
    if (requestsPerSec === undefined) return;
    this.#fill();
    if (this.#tokens >= 1) {
      this.#tokens--;
      return;
    }
    throw new SmarteyeError(
      "rate_limited",
      `Cannot take the request: ${name} asks more often than ${requestsPerSec} times a second`,
      { retryAfterMs: (1 - this.#tokens) * 1000 / requestsPerSec },
    );
  }

  /** Holds that it may ask for a model. @throws {SmarteyeError} `permission_denied` when it may not. */
  assertMay(model: string): void {
    const { models, name } = this.#grant;
    if (!models || models.has(model) || models.has(parseReference(model).name)) return;
    throw new SmarteyeError(
      "permission_denied",
      `Cannot infer with ${JSON.stringify(model)}: ${name} may ask for ${[...models].join(", ")}`,
    );
  }

  /**
   * Takes a place for a request.
   *
   * @returns what gives it back; to be called once.
   * @throws {SmarteyeError} `rate_limited` when it has too many under way.
   */
  take(): () => void {
    const { inFlightMax, name } = this.#grant;
    if (inFlightMax !== undefined && this.inFlight.of(name) >= inFlightMax) {
      throw new SmarteyeError(
        "rate_limited",
        `Cannot take the request: ${inFlightMax} others of ${name} are under way`,
        { retryAfterMs: AGAIN_MS },
      );
    }
    return this.inFlight.add(name);
  }

  #fill(): void {
    const nowMs = this.clock.nowMs();
    const { requestsPerSec = 0 } = this.#grant;
    const gained = (nowMs - this.#filledAtMs) * requestsPerSec / 1000;
    this.#tokens = Math.min(burstOf(this.#grant), this.#tokens + gained);
    this.#filledAtMs = nowMs;
  }
}

/** Requests that may come at once: those of a second. One a second at least, however slow the rate. */
function burstOf({ requestsPerSec = 0 }: Grant): number {
  return Math.max(1, requestsPerSec);
}
