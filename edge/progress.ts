/** One line that says how an edge is going. */

import { every } from "../core/clock.ts";
import type { RoleDeps } from "../core/role.ts";
import type { FrameSource, SourceState } from "./capture/source.ts";
import type { SourceAccount } from "./source_account.ts";
import type { SourceRun } from "./source_run.ts";

/** Milliseconds between two lines. */
const EVERY_MS = 250;

/** Sources whose state is told; of more, only their number. */
const STATES_MAX = 3;

/** Characters of a source's name that are shown. */
const NAME_MAX = 20;

/** A run, and what it reads. */
export interface Shown {
  /** What is told of. */
  readonly run: Pick<SourceRun, "name" | "ledger" | "statistics" | "pending"> & {
    readonly account: Pick<SourceAccount, "state">;
  };
  /** Whether its state matters, and how many frames there are, where that is known. */
  readonly source: Pick<FrameSource, "live" | "frameCount">;
}

/** Shows frames, frames a second, here and in the cloud, latency and pending, while runs go on. */
export class ProgressLine implements Disposable {
  readonly #stop = new AbortController();
  readonly #startAtMs: number;

  /** Starts to show at once, where `deps.progress` is there. */
  constructor(
    private readonly shown: readonly Shown[],
    private readonly deps: Pick<RoleDeps, "clock" | "progress">,
  ) {
    const { clock, progress } = deps;
    this.#startAtMs = clock.nowMs();
    if (progress) void every(clock, EVERY_MS, () => progress(this.line()), this.#stop.signal);
  }

  /** The line as of now. What is wrong comes first: a terminal may cut its end. */
  line(): string {
    const seconds = Math.max(0.001, (this.deps.clock.nowMs() - this.#startAtMs) / 1000);
    const total = (number: (one: Shown) => number) =>
      this.shown.reduce((sum, one) => sum + number(one), 0);
    const frames = (outcome: keyof ReturnType<Shown["run"]["ledger"]["counts"]>) =>
      total(({ run }) => run.ledger.counts()[outcome]);
    const [captured, local, cloud, dropped, failed] = [
      ...[frames("captured"), frames("local"), frames("cloud")],
      ...[frames("dropped"), frames("failed")],
    ] as const;
    const isCounted = this.shown.every(({ source }) => source.frameCount !== undefined);
    const of = isCounted ? `/${total(({ source }) => source.frameCount!)}` : "";
    const pending = total(({ run }) => run.pending.local + run.pending.cloud);
    const lost = dropped + failed > 0 ? ` · ${dropped} dropped, ${failed} failed` : "";
    return `${this.#head()}${captured}${of} frames · ` +
      `${((local + cloud) / seconds).toFixed(1)} fps · ` +
      `${local} here${this.#latency("local")} · ${cloud} cloud${this.#latency("cloud")} · ` +
      `${pending} pending${lost}`;
  }

  /** How many sources there are, and the states of those that do not deliver. */
  #head(): string {
    const away = this.shown.flatMap((one) => {
      const state = stateOf(one);
      return state === undefined ? [] : [{ name: one.run.name.slice(0, NAME_MAX), state }];
    });
    if (this.shown.length === 1) return away.map(({ state }) => `${state} · `).join("");
    const more = away.length - STATES_MAX;
    const states =
      away.slice(0, STATES_MAX).map(({ name, state }) => `${name} ${state}`).join(", ") +
      (more > 0 ? ` and ${more} more` : "");
    return `${this.shown.length} sources · ${states === "" ? "" : `${states} · `}`;
  }

  /** The median of one run; those of several are not of one kind. */
  #latency(place: "local" | "cloud"): string {
    const [only, another] = this.shown;
    const median = another ? null : only?.run.statistics.medianMs(place) ?? null;
    return median === null ? "" : ` (${median.toFixed(0)} ms)`;
  }

  /** Shows nothing more; what stands there is left to whoever writes next. */
  [Symbol.dispose](): void {
    this.#stop.abort();
  }
}

/** What a live source does in place of delivering frames. */
function stateOf({ run: { account, ledger }, source }: Shown): SourceState | undefined {
  const { state } = account;
  if (!source.live || state === "live") return undefined;
  // One that never says that it is live is, once there are frames.
  return state === "connecting" && ledger.counts().captured > 0 ? undefined : state;
}
