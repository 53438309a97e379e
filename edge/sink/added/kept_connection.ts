/** A connection that is opened again whenever it is lost, for as long as it is wanted. */

import { type Clock, OVER } from "../../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../../core/errors.ts";
import { logger } from "../../../core/log.ts";
import { redact } from "../../../core/redact.ts";
import { within } from "../../../core/within.ts";

const log = logger("edge");

/** Milliseconds before the first further try, and the longest time before one; it doubles between. */
const RETRY_MS = 1000;
const RETRY_MAX_MS = 30_000;

/** Milliseconds that a try is waited for: whoever is there is there by then. */
const TRY_MS = 5000;

/** What is kept open. */
export interface Connection {
  /** Resolves when it is lost or closed, with why. Never rejects. */
  readonly closed: Promise<string>;
  /** Closes it. Never rejects. */
  close(): Promise<void>;
}

/** What one is made of. */
export interface KeptParts<C extends Connection> {
  /** Whom it is to, for people: an address without its password. */
  readonly to: string;
  /** Opens one. @throws when nobody is there. */
  readonly open: () => Promise<C>;
  /** Called with each new one before it is used; it is closed when that fails. */
  readonly greet?: (connection: C) => Promise<void>;
  /** Tells when to try again. */
  readonly clock: Clock;
}

/** Keeps a connection. That nobody is there is told once, and once that they are there again. */
export class KeptConnection<C extends Connection> {
  readonly #over = new AbortController();
  /** Is over with the try that is under way, or the next one. */
  #try = Promise.withResolvers<void>();
  /** Ends the wait before the next try. */
  #pause = new AbortController();
  readonly #running: Promise<void>;
  #back = Promise.withResolvers<void>();
  #current: C | undefined;
  #why = "it is being opened";
  #isTold = false;

  /** Begins to open it. */
  constructor(private readonly parts: KeptParts<C>) {
    this.#running = this.#run();
  }

  /**
   * Where it does not stand, waits for the try that is under way, or for one at once, for some seconds.
   * Whoever is not there may come later.
   */
  async tried(): Promise<void> {
    if (this.#current) return;
    this.#pause.abort(OVER);
    await within(TRY_MS, this.#try.promise, this.parts.clock);
  }

  /** The connection, if it stands. */
  get current(): C | undefined {
    return this.#current;
  }

  /** The connection. @throws {SmarteyeError} `unavailable` when it does not stand. */
  get(): C {
    if (this.#current) return this.#current;
    throw new SmarteyeError("unavailable", `Cannot reach ${this.parts.to}: ${this.#why}`);
  }

  /** Resolves when the next connection stands; of one that stands, the one after it. */
  back(): Promise<void> {
    return this.#back.promise;
  }

  /** Closes it, and opens none any more. */
  async close(): Promise<void> {
    this.#over.abort(OVER);
    await this.#current?.close();
    // One that is being opened is closed when it is open: nobody waits for that.
    if (this.#current) await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    for (let waitMs = RETRY_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
      if (await this.#hold()) waitMs = RETRY_MS;
      if (signal.aborted) break;
      if (!this.#isTold) {
        this.#isTold = true;
        const { to } = this.parts;
        log.warn("{to} is not there, it is tried again: {why}", { to, why: this.#why });
      }
      this.#pause = new AbortController();
      await this.parts.clock.sleep(waitMs, AbortSignal.any([signal, this.#pause.signal]));
    }
    this.#try.resolve();
  }

  /** Opens it and waits until it is lost. Whether it stood. */
  async #hold(): Promise<boolean> {
    const { open, greet, to } = this.parts;
    let connection: C | undefined;
    try {
      connection = await open();
      if (this.#over.signal.aborted) throw new Error("nobody wants it any more");
      await greet?.(connection);
    } catch (cause) {
      this.#why = redact(messageOf(cause));
      await connection?.close();
      this.#tried();
      return false;
    }
    this.#current = connection;
    this.#tried();
    this.#back.resolve();
    this.#back = Promise.withResolvers();
    if (this.#isTold) log.info("{to} is there again", { to });
    this.#isTold = false;
    this.#why = redact(await connection.closed);
    this.#current = undefined;
    return true;
  }

  #tried(): void {
    this.#try.resolve();
    this.#try = Promise.withResolvers();
  }
}
