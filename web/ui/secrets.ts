/** What opens pages: a password for people, a token for scripts; and how often who does not know it may try. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../core/clock.ts";

/** Wrong tries of one peer in {@link WINDOW_MS}; one more is not even looked at. */
const TRIES_MAX = 5;

/** Milliseconds after which wrong tries are forgotten. */
const WINDOW_MS = 60_000;

/** Peers whose wrong tries are known; the one that began first is forgotten for one more. */
const PEERS_MAX = 1024;

/** Whether a peer may come in. `later`: it tried too often, and is to come back. */
export type Admission = "admitted" | "wrong" | { readonly later: number };

/** Knows passwords and tokens without saying them. */
export class Secrets {
  readonly #digests: readonly Uint8Array[];
  readonly #wrong = new Map<string, { tries: number; readonly fromMs: number }>();

  /** Keeps digests. None at all: whoever comes is let in. */
  constructor(secrets: readonly string[], private readonly clock: Clock) {
    this.#digests = secrets.map(digestOf);
  }

  /** Whether anything is wanted from who comes. */
  get areWanted(): boolean {
    return this.#digests.length > 0;
  }

  /**
   * Whether `given` is one of them. How long that takes tells nothing of them: digests are compared, which
   * are of one length, each to its end. `later` is the number of seconds.
   */
  admit(given: string, peer: string): Admission {
    const from = networkOf(peer);
    const nowMs = this.clock.nowMs();
    let known = this.#wrong.get(from);
    if (known && nowMs - known.fromMs >= WINDOW_MS) {
      this.#wrong.delete(from);
      known = undefined;
    }
    if (known && known.tries >= TRIES_MAX) {
      return { later: Math.ceil((known.fromMs + WINDOW_MS - nowMs) / 1000) };
    }
    const digest = digestOf(given);
    const hits = this.#digests.filter((one) => timingSafeEqual(one, digest));
    if (hits.length > 0) {
      this.#wrong.delete(from);
      return "admitted";
    }
    if (known) known.tries++;
    else this.#remember(from, nowMs);
    return "wrong";
  }

  #remember(peer: string, fromMs: number): void {
    if (this.#wrong.size >= PEERS_MAX) this.#wrong.delete(this.#wrong.keys().next().value!);
    this.#wrong.set(peer, { tries: 1, fromMs });
  }
}

/** Of an IPv6 address its network: whoever has one has 2⁶⁴ addresses. */
function networkOf(peer: string): string {
  if (!peer.includes(":") || peer.startsWith("::")) return peer;
  return peer.split("::")[0]!.split(":").slice(0, 4).join(":");
}

function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
