/** Who has shown that they know the password: random names in cookies, for some hours. */

import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../core/clock.ts";

/** Sessions at once; the one that was used longest ago ends for one more. */
const SESSIONS_MAX = 64;

/** Milliseconds after which a session ends that nobody uses, and one that somebody does. */
const IDLE_MS = 12 * 3_600_000, AGE_MS = 7 * 24 * 3_600_000;

/** Bytes of a name, which nobody guesses. */
const ID_BYTES = 32;

interface Session {
  readonly sinceMs: number;
  usedMs: number;
}

/** The sessions of one server; they end with it. */
export class Sessions {
  /** By their names, the one that was used longest ago in front. */
  readonly #open = new Map<string, Session>();
  readonly #key = randomBytes(ID_BYTES);

  /** None is open yet. */
  constructor(private readonly clock: Clock) {}

  /** How many are open, or were and nobody has asked since. */
  get count(): number {
    return this.#open.size;
  }

  /** Seconds for which a browser keeps a session's cookie. */
  get ageMaxS(): number {
    return AGE_MS / 1000;
  }

  /** Opens one. @returns its name, which is all that opens it. */
  begin(): string {
    if (this.#open.size >= SESSIONS_MAX) this.#open.delete(this.#open.keys().next().value!);
    const id = randomBytes(ID_BYTES).toString("base64url");
    const nowMs = this.clock.nowMs();
    this.#open.set(id, { sinceMs: nowMs, usedMs: nowMs });
    return id;
  }

  /** Whether there is such a session; it then has been used. */
  uses(id: string): boolean {
    const session = this.#open.get(id);
    if (!session) return false;
    const nowMs = this.clock.nowMs();
    this.#open.delete(id);
    if (nowMs - session.usedMs >= IDLE_MS || nowMs - session.sinceMs >= AGE_MS) return false;
    session.usedMs = nowMs;
    this.#open.set(id, session);
    return true;
  }

  /** Ends one. */
  end(id: string): void {
    this.#open.delete(id);
  }

  /** What a form of a session carries, so that no other site's form is taken for it. */
  formToken(id: string): string {
    return createHmac("sha256", this.#key).update(id).digest("base64url");
  }

  /** Whether a form is of that session. */
  isOfSession(id: string, token: string): boolean {
    const wanted = Buffer.from(this.formToken(id));
    const given = Buffer.from(token);
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  }
}
