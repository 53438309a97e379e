/** One source as pages know it: its pictures, what happened, how it is, and the run that it can be changed by. */

import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import { percentile } from "../../core/rolling_window.ts";
import type { FrameSource, SourceState } from "../capture/source.ts";
import type { SourceOptions } from "../options.ts";
import type { Note } from "../scene/note.ts";
import type { FrameResult } from "../sink/sink.ts";
import type { SourceRun } from "../source_run.ts";
import type { RunChange } from "../run_change.ts";
import { EventMemory } from "./event_memory.ts";
import { Gauges } from "./gauges.ts";
import { type LiveListener, LiveSink } from "./live_sink.ts";
import type { UiOptions } from "./options.ts";
import type { Doing, FilterChoice, RecentFrame } from "./told.ts";

/** Frames whose end is shown, and those that latencies are told of. */
const RECENT_MAX = 40, LATENCIES_MAX = 300;

/** Milliseconds without a frame after which a source that is to deliver counts as silent. */
const SILENT_MS = 2000;

/** What a run that has begun is. */
export interface Begun {
  /** Itself. */
  readonly run: SourceRun;
  /** What it reads. */
  readonly source: Pick<FrameSource, "live" | "description" | "areStills">;
}

/** What a source is doing that is read. */
function doingOf(state: SourceState, why: string, silentMs: number): Doing {
  switch (state) {
    case "connecting":
      return { state: "opening", why };
    case "stalled":
    case "waiting":
      return { state: "lost", why };
    case "ended":
      return { state: "ended", why };
    case "live":
      if (silentMs < SILENT_MS) return { state: "reading", why: "" };
      return { state: "silent", why: `no picture for ${Math.floor(silentMs / 1000)} s` };
    default:
      return state satisfies never;
  }
}

/** A source of an edge that pages are served of. */
export class LiveSource implements LiveListener {
  /** Takes the results of its run. */
  readonly sink: LiveSink;
  /** What was seen. */
  readonly events: EventMemory;
  /** How fast it is. */
  readonly gauges: Gauges = new Gauges();
  readonly #recent: RecentFrame[] = [];
  readonly #latencies: number[] = [];
  #begun: Begun | undefined;
  #ended: { readonly failure: string | undefined } | undefined;
  #captured = 0;
  #capturedAtMs: number;
  #stateWhy = "";
  /** The filter as it was asked for last. */
  #filter: FilterChoice;

  /** Of a source that is not open yet; its directory is the one that was taken. */
  constructor(
    readonly options: SourceOptions,
    ui: UiOptions,
    private readonly clock: Clock,
  ) {
    this.sink = new LiveSink(ui, clock, this);
    this.events = new EventMemory(options.resultsDirectory);
    this.#capturedAtMs = clock.nowMs();
    const { filter } = options;
    const use = filter?.learned ? "learned" : filter ? "motion" : "none";
    this.#filter = {
      use,
      sensitivity: filter?.sensitivity ?? ui.gates[options.name]?.sensitivity ?? 1,
    };
  }

  /** What tells it from the others. */
  get name(): string {
    return this.options.name;
  }

  /** Its run and what that reads; `undefined` before it has begun. */
  get begun(): Begun | undefined {
    return this.#begun;
  }

  /** Its run has begun. */
  begin(begun: Begun): void {
    this.#begun = begun;
    this.#capturedAtMs = this.clock.nowMs();
  }

  /** It is read no more, or could not be. */
  end(failure: unknown): void {
    this.#ended = { failure: failure === undefined ? undefined : messageOf(failure) };
  }

  /** The latest frames that ended, the newest first. */
  get recent(): readonly RecentFrame[] {
    return this.#recent.toReversed();
  }

  /** Of the latest frames that were inferred, milliseconds from capture to result; `null` without any. */
  get latency(): { readonly p50: number | null; readonly p95: number | null } {
    return {
      p50: percentile(this.#latencies, 50) ?? null,
      p95: percentile(this.#latencies, 95) ?? null,
    };
  }

  /** Which filter looks at its frames, or will at the next one. */
  get filter(): FilterChoice {
    return this.#filter;
  }

  /** What of it was asked for last. */
  set filter(choice: FilterChoice) {
    this.#filter = choice;
  }

  /** What it is doing. */
  get doing(): Doing {
    if (this.#ended) {
      const { failure } = this.#ended;
      return failure === undefined
        ? { state: "ended", why: "" }
        : { state: "failed", why: failure };
    }
    if (!this.#begun) return { state: "opening", why: "" };
    const { account, failure } = this.#begun.run;
    if (failure) return { state: "failed", why: failure.message };
    const silentMs = this.clock.nowMs() - this.#capturedAtMs;
    return doingOf(account.state, this.#stateWhy, silentMs - this.options.intervalMs);
  }

  /** Takes the numbers of a moment. */
  sample(): void {
    const nowMs = this.clock.nowMs();
    if (!this.#begun) return;
    const { ledger, statistics: { traffic } } = this.#begun.run;
    const { captured, local, cloud, filtered } = ledger.counts();
    // One that waits for room is at fault, and not its source.
    if (captured > this.#captured || ledger.pending > 0) this.#capturedAtMs = nowMs;
    this.#captured = captured;
    const frames = local + cloud + filtered;
    this.gauges.sample({ frames, up: traffic.bytesUp, down: traffic.bytesDown }, nowMs);
  }

  see({ record, ending }: FrameResult): void {
    const { frame, outcome, model, latency_ms: latencyMs, server, decision } = record;
    const reason = record.detail ?? decision?.reason ?? "";
    this.#recent.push({ frame, outcome, model, reason, latencyMs, server });
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    if (!("findings" in ending)) return;
    this.#latencies.push(latencyMs);
    if (this.#latencies.length > LATENCIES_MAX) this.#latencies.shift();
  }

  note(note: Note): void {
    if (note.event === "source" && !note.changed) this.#stateWhy = note.detail ?? "";
    this.events.note(note);
  }

  /** Changes its run, where there is one. @throws {SmarteyeError} when it cannot be changed so. */
  async change(change: RunChange): Promise<void> {
    await this.#begun?.run.change(change);
  }
}
