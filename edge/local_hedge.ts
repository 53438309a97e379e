/**
 * A frame is inferred here as well when its answer from the cloud takes long: so that there is a result in
 * time whether the cloud answers or not. A hedged request (Dean and Barroso, The Tail at Scale, CACM
 * 56(2), 2013), of which the second place is the edge itself.
 */

import { type Clock, OVER } from "../core/clock.ts";
import type { Ending } from "./record.ts";

/** One frame's. It is in one of these states, and comes to the next ones only. */
type State = "waiting" | "submitted" | "begun" | "over";

/** The inference here of a frame that is on its way to the cloud. */
export class LocalHedge {
  #state: State = "waiting";
  readonly #stop = new AbortController();
  readonly #done = Promise.withResolvers<Ending | undefined>();

  /**
   * Waits.
   *
   * @param inMs milliseconds after which the edge infers, too.
   * @param submit brings the frame to the queue of local tasks.
   */
  constructor(inMs: number, clock: Clock, submit: () => void) {
    void clock.sleep(inMs, this.#stop.signal).then(() => {
      if (this.#state !== "waiting") return;
      this.#state = "submitted";
      submit();
    });
  }

  /** A place is free for it. @returns whether it is still wanted: then `done` is to be called. */
  begin(): boolean {
    if (this.#state !== "submitted") return false;
    this.#state = "begun";
    return true;
  }

  /** The inference has ended so. */
  done(ending: Ending): void {
    this.#done.resolve(ending);
  }

  /**
   * The cloud has answered, or failed. What has begun is waited for: it looks at the frame's picture.
   *
   * @returns what it came to; `undefined` when it had not begun, and now never will.
   */
  async end(): Promise<Ending | undefined> {
    const hasBegun = this.#state === "begun";
    this.#state = "over";
    this.#stop.abort(OVER);
    return hasBegun ? await this.#done.promise : undefined;
  }
}
