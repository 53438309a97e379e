/** One line that says how a run is going. */

import { every } from "../core/clock.ts";
import type { RoleDeps } from "../core/role.ts";
import type { SourceRun } from "./source_run.ts";

/** Milliseconds between two lines. */
const EVERY_MS = 250;

/** Shows frames, frames a second, here and in the cloud, latency and pending, while a run goes on. */
export class ProgressLine implements Disposable {
  readonly #stop = new AbortController();
  readonly #startAtMs: number;

  /**
   * Starts to show at once, where `deps.progress` is there.
   *
   * @param frameCount how many frames there are, where that is known.
   */
  constructor(
    private readonly run: Pick<SourceRun, "ledger" | "statistics" | "pending">,
    private readonly frameCount: number | undefined,
    private readonly deps: Pick<RoleDeps, "clock" | "progress">,
  ) {
    const { clock, progress } = deps;
    this.#startAtMs = clock.nowMs();
    if (progress) void every(clock, EVERY_MS, () => progress(this.line()), this.#stop.signal);
  }

  /** The line as of now. */
  line(): string {
    const { ledger, statistics, pending } = this.run;
    const { captured, local, cloud, dropped, failed } = ledger.counts();
    const seconds = Math.max(0.001, (this.deps.clock.nowMs() - this.#startAtMs) / 1000);
    const of = this.frameCount === undefined ? "" : `/${this.frameCount}`;
    const latency = (place: "local" | "cloud") => {
      const median = statistics.medianMs(place);
      return median === null ? "" : ` (${median.toFixed(0)} ms)`;
    };
    const lost = dropped + failed > 0 ? ` · ${dropped} dropped, ${failed} failed` : "";
    return `${captured}${of} frames · ${((local + cloud) / seconds).toFixed(1)} fps · ` +
      `${local} here${latency("local")} · ${cloud} cloud${latency("cloud")} · ` +
      `${pending.local + pending.cloud} pending${lost}`;
  }

  /** Shows nothing more; what stands there is left to whoever writes next. */
  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}
