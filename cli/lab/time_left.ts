/** How far long work is, and how much time it still takes. */

import type { Clock } from "../../core/clock.ts";

/** Of work whose parts take about as long each. */
export class TimeLeft {
  readonly #startAtMs: number;

  /** Begins now. @param doneBefore parts that were done before, and took no time of now. */
  constructor(private readonly clock: Clock, private readonly doneBefore = 0) {
    this.#startAtMs = clock.nowMs();
  }

  /** `12/300 frames, 1 min 20 s left`. */
  line(done: number, total: number | undefined, what = "frames"): string {
    const of = total === undefined ? `${done} ${what}` : `${done}/${total} ${what}`;
    const now = done - this.doneBefore;
    if (total === undefined || now <= 0) return of;
    const perPart = (this.clock.nowMs() - this.#startAtMs) / now;
    return `${of}, ${span(perPart * Math.max(0, total - done))} left`;
  }
}

function span(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds % 3600 / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
