/**
 * Tells a queue that only evens out bursts from one in which everything waits, and how much to drop of
 * the latter: CoDel (Nichols and Jacobson, Controlling Queue Delay, 2012; RFC 8289). What counts is how
 * long items were in the queue, not how many are: that holds for whatever is at its end.
 */

/**
 * Milliseconds that an item may wait. RFC 8289 wants 5 to 10 % of the interval for packets, where
 * a queue must not run empty between two of them. An item here takes a slot for tens of milliseconds: a
 * target below what one takes would drop one behind another that is just being done. Results that are
 * 100 ms older than they need be are still of the same scene (3 frames of 30 a second).
 */
export const TARGET_MS = 100;

/**
 * Milliseconds for which all of them have to wait longer until one is dropped. RFC 8289 wants the
 * time in which a drop shows any effect: for frames about that of an offload with its answer, and long
 * enough that a model's first inference or a burst of some frames is over by then.
 */
export const INTERVAL_MS = 500;

/** Intervals after which what was dropped before says nothing about now (RFC 8289, 5). */
const FORGET = 16;

/** Decides about each item that is taken out of one queue, in order. The code is that of RFC 8289, 5. */
export class ControlledDelay {
  /** When items will have waited too long for a whole interval; `undefined` while one did not. */
  #aboveUntilMs: number | undefined;
  #isDropping = false;
  #nextAtMs = 0;
  /** Drops since it began to drop. */
  #count = 0;
  /** The same at the beginning. */
  #firstCount = 0;

  /**
   * Whether the item that was taken is dropped, and the next one has to be taken.
   *
   * @param waitedMs how long it was in the queue.
   * @param left items that are in there still: the last one is never dropped, nothing newer is there.
   */
  drops(waitedMs: number, left: number, nowMs: number): boolean {
    const isTooLate = this.#isTooLate(waitedMs, left, nowMs);
    if (!isTooLate) {
      this.#isDropping = false;
      return false;
    }
    if (!this.#isDropping) {
      this.#begin(nowMs);
      return true;
    }
    if (nowMs < this.#nextAtMs) return false;
    this.#count++;
    this.#nextAtMs += INTERVAL_MS / Math.sqrt(this.#count);
    return true;
  }

  #isTooLate(waitedMs: number, left: number, nowMs: number): boolean {
    if (waitedMs < TARGET_MS || left === 0) {
      this.#aboveUntilMs = undefined;
      return false;
    }
    this.#aboveUntilMs ??= nowMs + INTERVAL_MS;
    return nowMs >= this.#aboveUntilMs;
  }

  /** Begins where it stopped, if that is not long ago: that rate was about the right one. */
  #begin(nowMs: number): void {
    const before = this.#count - this.#firstCount;
    this.#count = before > 1 && nowMs - this.#nextAtMs < FORGET * INTERVAL_MS ? before : 1;
    this.#firstCount = this.#count;
    this.#isDropping = true;
    this.#nextAtMs = nowMs + INTERVAL_MS / Math.sqrt(this.#count);
  }
}
