/** What is taken of a server is given back exactly once. */

/**
 * How a lease ends (Netflix concurrency-limits, `Limiter.Listener`): `success` answered; `failed`
 * the server is at fault; `refused` it is well, and has too much to do; `ignored` says nothing about the
 * server: the client left, or was wrong.
 */
export type LeaseOutcome = "success" | "failed" | "refused" | "ignored";

/** One request's place on one server. */
export class Lease {
  #ended = false;

  /** Calls `giveBack` when it ends. */
  constructor(
    /** Name of the server. */
    readonly server: string,
    /** Aborts when the server is found to hang or to be gone: there will be no answer in time. */
    readonly lost: AbortSignal,
    private readonly giveBack: (outcome: LeaseOutcome) => void,
  ) {}

  /** Gives the place back. @throws {Error} when it was given back before. */
  end(outcome: LeaseOutcome): void {
    if (this.#ended) {
      throw new Error(`Cannot end a lease of ${this.server} as ${outcome}: it has ended before`);
    }
    this.#ended = true;
    this.giveBack(outcome);
  }
}
