/** Says when frames are no longer sent to the cloud, and when they are again. */

import type { Clock } from "../../core/clock.ts";
import { logger, MINUTE_MS, Thinned } from "../../core/log.ts";
import type { BreakerListener } from "./circuit_breaker.ts";

const log = logger("edge");

/** One line each at once, then each minute with counts: a busy cloud refuses and answers by turns. */
export class OutageLog implements BreakerListener {
  readonly #lines: Thinned;

  /**
   * Says nothing yet.
   *
   * @param cloud where frames go, for people.
   * @param say writes a line.
   */
  constructor(
    private readonly cloud: string,
    clock: Clock,
    say: (line: string) => void = (message) => log.info("{message}", { message }),
  ) {
    this.#lines = new Thinned(say, MINUTE_MS, clock);
  }

  opened(why: string): void {
    this.#lines.tell(`no frame is sent to ${this.cloud} for now`, why);
  }

  closed(afterMs: number): void {
    this.#lines.tell(
      `frames are sent to ${this.cloud} again`,
      `after ${(afterMs / 1000).toFixed(1)} s`,
    );
  }

  /** Says what is still unsaid. */
  flush(): void {
    this.#lines.flush();
  }
}
