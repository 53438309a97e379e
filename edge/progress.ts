/** One line that says how a run is going. */

import type { RoleDeps } from "../core/role.ts";
import type { FrameSource } from "./capture/source.ts";
import type { Pipeline } from "./pipeline.ts";

/** Milliseconds between two lines. */
const EVERY_MS = 250;

/** Shows frames, frames a second, here and in the cloud, latency and pending, while a run goes on. */
export class ProgressLine implements Disposable {
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  readonly #startMs: number;

  /** Starts to show at once, where `deps.progress` is there. */
  constructor(
    private readonly pipeline: Pipeline,
    private readonly source: FrameSource,
    private readonly deps: RoleDeps,
  ) {
    this.#startMs = deps.clock.nowMs();
    const { progress } = deps;
    if (progress) this.#timer = setInterval(() => progress(this.line()), EVERY_MS);
  }

  /** The line as of now. */
  line(): string {
    const { ledger, statistics, pending } = this.pipeline;
    const { captured, local, cloud, dropped, failed } = ledger.counts();
    const seconds = Math.max(0.001, (this.deps.clock.nowMs() - this.#startMs) / 1000);
    const of = this.source.frameCount === undefined ? "" : `/${this.source.frameCount}`;
    const latency = (place: "local" | "cloud") => {
      const median = statistics.medianMs(place);
      return median === null ? "" : ` (${median.toFixed(0)} ms)`;
    };
    const lost = dropped + failed > 0 ? ` · ${dropped} dropped, ${failed} failed` : "";
    return `${captured}${of} frames · ${((local + cloud) / seconds).toFixed(1)} fps · ` +
      `${local} here${latency("local")} · ${cloud} cloud${latency("cloud")} · ` +
      `${pending} pending${lost}`;
  }

  /** Shows nothing more; what stands there is left to whoever writes next. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
