/** Looks at every inference server now and then. */

import type { Clock } from "../core/clock.ts";
import type { Server } from "./server.ts";
import type { ServerPool } from "./server_pool.ts";

/** Milliseconds that a server has to say how it is, at most. */
const LOOK_MS_MAX = 2000;

/** Asks all servers at once, round after round; a round begins only when the last one has ended. */
export class Monitor {
  readonly #stop = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> | undefined;

  /** Does nothing before `start`. */
  constructor(
    private readonly pool: ServerPool,
    /** Milliseconds from the start of a round to the start of the next. */
    public intervalMs: number,
    private readonly clock: Clock,
  ) {}

  /** Milliseconds that a look may take: a round that waits for a server that hangs keeps its beat. */
  get lookDeadlineMs(): number {
    return Math.min(this.intervalMs, LOOK_MS_MAX);
  }

  /**
   * Milliseconds until a server that hangs is down, and what it has goes elsewhere, at most: it may
   * have begun to right after it was looked at, and has until its deadline to answer the next look.
   */
  get foundWithinMs(): number {
    return this.intervalMs + this.lookDeadlineMs;
  }

  /** Looks for the first time, which takes at most 2 s, then goes on by itself until `close`. */
  async start(): Promise<void> {
    await this.#round();
    this.#running = this.#rounds();
  }

  /** Begins the next round at once, or right after the one that is under way. */
  lookNow(): void {
    this.#wake.abort();
  }

  /** Ends the rounds, cancelling what is under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #rounds(): Promise<void> {
    const { signal } = this.#stop;
    let pauseMs = this.intervalMs;
    while (!signal.aborted) {
      await this.clock.sleep(pauseMs, this.#wake.signal);
      if (signal.aborted) return;
      this.#wake = new AbortController();
      const startedAtMs = this.clock.nowMs();
      await this.#round();
      pauseMs = Math.max(0, this.intervalMs - (this.clock.nowMs() - startedAtMs));
    }
  }

  /** Looks at one server now. Never rejects. */
  async look(server: Server): Promise<void> {
    await server.look({ deadlineMs: this.lookDeadlineMs, signal: this.#stop.signal });
  }

  async #round(): Promise<void> {
    await Promise.all(this.pool.servers.map((server) => this.look(server)));
  }
}
