/** Delay that varies: by how much what a connection sends comes later. */

import type { Rng } from "../../core/rng.ts";

/**
 * Milliseconds between two packets of a connection from which on they count as sent apart. A request's
 * head, its body and what a sender's system holds back follow each other more closely.
 */
const APART_MS = 10;

/**
 * The delay of one connection's packets. What is sent at a stretch is late by the same time, and what
 * comes after a pause by another one, drawn evenly: a transfer then takes longer by half the jitter in
 * the mean, as in a `SharedWay`. If each packet drew its own, and none overtakes, a transfer of many
 * would be late by nearly all of it.
 */
export class Jitter {
  #lateMs = 0;
  #departedAtMs = -Infinity;

  /** Nothing has been sent. @param rng drawn from once a stretch. */
  constructor(private readonly rng: Rng) {}

  /**
   * Milliseconds by which a packet comes later.
   *
   * @param jitterMs milliseconds at most.
   * @param readyAtMs since when it could have been carried.
   * @param departsAtMs when it has passed the bottleneck.
   */
  lateMs(jitterMs: number, readyAtMs: number, departsAtMs: number): number {
    if (readyAtMs > this.#departedAtMs + APART_MS) this.#lateMs = this.rng() * jitterMs;
    this.#departedAtMs = departsAtMs;
    return this.#lateMs;
  }
}
