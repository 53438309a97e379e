/** The numbers of a run: what `summary.json` says, in bounded memory however long the run is. */

import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { SmarteyeError } from "../core/errors.ts";
import { redact } from "../core/redact.ts";
import type { Shadow } from "../policies/offload/policy.ts";
import type { FrameCounts, FrameLedger } from "./ledger.ts";
import type { ClipCounts } from "./clips/clips.ts";
import type { Outages } from "./cloud/circuit_breaker.ts";
import type { Verdict } from "./filter/frame_filter.ts";
import { Histogram } from "./histogram.ts";
import type { Ending, Traffic } from "./record.ts";
import type { ChangeRecord } from "./run_change.ts";
import type { SceneTotals } from "./scene/scene.ts";
import type { SinkCounts, SinkTally } from "./sink/sink.ts";
import type { SourceTotals } from "./source_account.ts";

/** Latencies, capture to result, in milliseconds; `null` without frames. */
export interface Percentiles {
  /** The median. */
  readonly p50: number | null;
  /** 19 of 20 frames were no slower. */
  readonly p95: number | null;
  /** 99 of 100 frames were no slower. */
  readonly p99: number | null;
}

/** `summary.json`, and what `--json` prints. */
export interface Summary extends SourceTotals, SceneTotals {
  /** The source's name, as in every line of `results.jsonl`. */
  readonly source: string;
  /** What was read, for people: a path or an address; no passwords. */
  readonly input: string;
  /** The control policy's name. */
  readonly policy: string;
  /** Complete at the end of a run: they add up to `captured`. */
  readonly frames: FrameCounts;
  /** Frames that the cloud failed on and the edge then inferred itself: they count as `local`. */
  readonly fallbacks: number;
  /** Frames that the edge inferred beside their offload, and of those the ones whose answer did not come. */
  readonly hedged: { readonly begun: number; readonly used: number };
  /** Frames that were sent since the edge's own result was doubtful, and those whose answer counted. */
  readonly second_looks: { readonly begun: number; readonly used: number };
  /** Decisions that another policy was asked about too, and those that it would have made alike. */
  readonly shadow: { readonly asked: number; readonly agreed: number };
  /** Frames that the policy did not decide about in time. */
  readonly late_decisions: number;
  /** Times that no frames were sent since the cloud failed or was not there, and how long, together. */
  readonly cloud_outages: { readonly count: number; readonly seconds: number };
  /** Of all that was left to chance: the same one, the same choices. */
  readonly seed: number;
  /** Frames inferred, here or in the cloud, a second. */
  readonly fps: number;
  /** Seconds from the start of capture to the last result; models are loaded before that. */
  readonly wall_s: number;
  /** Fallbacks count as `local`, with the time that the cloud took to fail. */
  readonly latency_ms: { readonly local: Percentiles; readonly cloud: Percentiles };
  /** Bytes on the wire between edge and forwarder: HTTP headers and bodies of the frames. */
  readonly bytes: { readonly up: number; readonly down: number };
  /** Frames by the model that inferred them. */
  readonly models: Readonly<Record<string, number>>;
  /** What became of results at each sink beside the run's own files, by its name. */
  readonly sinks: Readonly<Record<string, SinkCounts>>;
  /** What was changed while it ran, the latest; absent where nothing was. `policy` is the last one. */
  readonly changes?: readonly ChangeRecord[];
  /** Pictures that were not written, to keep the last room of a disk free; absent when all were. */
  readonly pictures_left_out?: number;
  /** What was deleted of the run's directory while it went on; absent when nothing was. */
  readonly deleted?: { readonly files: number; readonly bytes: number };
  /** Clips that were written, and those that could not be. */
  readonly clips: ClipCounts;
  /** What ended the run early or kept results from being stored; absent when nothing did. */
  readonly error?: string;
}

/** What of a run is not in its frames. */
export interface RunFacts {
  /** The source's name. */
  readonly source: string;
  /** What was read. */
  readonly input: string;
  /** The control policy's name. */
  readonly policy: string;
  /** Of all that was left to chance. */
  readonly seed: number;
  /** Its frames. */
  readonly ledger: FrameLedger;
  /** From the start of capture to the last result, milliseconds. */
  readonly wallMs: number;
  /** Times that no frames were sent. */
  readonly outages: Pick<Outages, "count" | "totalMs">;
  /** What its source was like. */
  readonly totals: SourceTotals;
  /** What happened before it. */
  readonly scene: SceneTotals;
  /** What became of its results at sinks that may lose some. */
  readonly sinks: readonly SinkTally[];
  /** What was changed while it ran. */
  readonly changes?: readonly ChangeRecord[];
  /** Pictures that were not written; absent: none. */
  readonly picturesLeftOut?: number;
  /** What was deleted of it; absent: nothing. */
  readonly deleted?: { readonly files: number; readonly bytes: number } | undefined;
  /** What became of its clips. */
  readonly clips: ClipCounts;
  /** What ended it early. */
  readonly error?: string;
}

/** What a filter sees in a frame: nothing that moves, too little, or enough to let it through. */
export type Saw = "nothing" | "little" | "change";

/** Histograms count in microseconds: three significant digits of whatever latency. */
const TICKS_PER_MS = 1000;

/** Adds up how frames ended. */
export class RunStatistics {
  readonly #latency = { local: createHistogram(), cloud: createHistogram() };
  /** Latencies once more, in the buckets that a scrape reads. */
  readonly latencies: Readonly<Record<"local" | "cloud", Histogram>> = {
    local: new Histogram(),
    cloud: new Histogram(),
  };
  readonly #models = new Map<string, number>();
  #newestAtMs: number | undefined;
  #bytesUp = 0;
  #bytesDown = 0;
  #fallbacks = 0;
  #lateDecisions = 0;
  readonly #hedged = { begun: 0, used: 0 };
  readonly #secondLooks = { begun: 0, used: 0 };
  readonly #shadow = { asked: 0, agreed: 0 };
  readonly #looks: Record<Saw, number> = { nothing: 0, little: 0, change: 0 };

  /** Frames that the cloud failed on and the edge then inferred itself. */
  get fallbacks(): number {
    return this.#fallbacks;
  }

  /** When the newest frame that was inferred or filtered was captured, on the run's clock; if there is one. */
  get newestAtMs(): number | undefined {
    return this.#newestAtMs;
  }

  /** Frames that the policy did not decide about in time. */
  get lateDecisions(): number {
    return this.#lateDecisions;
  }

  /** Bytes of the frames' offloads, those that failed among them. */
  get traffic(): Traffic {
    return { bytesUp: this.#bytesUp, bytesDown: this.#bytesDown };
  }

  /** Counts a frame that the policy did not decide about in time. */
  addLateDecision(): void {
    this.#lateDecisions++;
  }

  /** Counts a frame that the edge inferred beside its offload. @param isUsed whether its answer did not come. */
  addHedge(isUsed: boolean): void {
    this.#hedged.begun++;
    if (isUsed) this.#hedged.used++;
  }

  /** Counts a frame that was sent after the edge had inferred it. @param isUsed whether its answer counted. */
  addSecondLook(isUsed: boolean): void {
    this.#secondLooks.begun++;
    if (isUsed) this.#secondLooks.used++;
  }

  /** Counts what another policy would have done with a frame. */
  addShadow(shadow: Shadow): void {
    this.#shadow.asked++;
    if ("agrees" in shadow && shadow.agrees) this.#shadow.agreed++;
  }

  /** Counts a frame that the filter looked at. */
  addLook({ skip, still }: Verdict): void {
    this.#looks[skip === undefined ? "change" : still ? "nothing" : "little"]++;
  }

  /** Frames that the filter looked at, by what it saw. */
  get looks(): Readonly<Record<Saw, number>> {
    return { ...this.#looks };
  }

  /** Counts one frame that ended, captured at `startAtMs` of the run's clock. */
  add(ending: Ending, latencyMs: number, startAtMs: number): void {
    if (ending.outcome !== "dropped" && ending.outcome !== "failed") {
      this.#newestAtMs = Math.max(this.#newestAtMs ?? startAtMs, startAtMs);
    }
    this.#bytesUp += ending.traffic?.bytesUp ?? 0;
    this.#bytesDown += ending.traffic?.bytesDown ?? 0;
    if (!("findings" in ending)) return;
    this.#latency[ending.outcome].record(Math.max(1, Math.round(latencyMs * TICKS_PER_MS)));
    this.latencies[ending.outcome].add(latencyMs / 1000);
    this.#models.set(ending.model, (this.#models.get(ending.model) ?? 0) + 1);
    if (ending.outcome === "local" && ending.fallback !== undefined) this.#fallbacks++;
  }

  /** Median latency of a place so far, in milliseconds. */
  medianMs(place: "local" | "cloud"): number | null {
    return percentile(this.#latency[place], 50);
  }

  /** The run's summary. */
  summary(run: RunFacts): Summary {
    const frames = run.ledger.counts();
    const wallS = run.wallMs / 1000;
    return {
      source: redact(run.source),
      input: redact(run.input),
      policy: run.policy,
      frames,
      fallbacks: this.#fallbacks,
      hedged: { ...this.#hedged },
      second_looks: { ...this.#secondLooks },
      shadow: { ...this.#shadow },
      late_decisions: this.#lateDecisions,
      cloud_outages: {
        count: run.outages.count,
        seconds: Number((run.outages.totalMs / 1000).toFixed(3)),
      },
      ...run.totals,
      ...run.scene,
      seed: run.seed,
      fps: wallS > 0 ? Number(((frames.local + frames.cloud) / wallS).toFixed(2)) : 0,
      wall_s: Number(wallS.toFixed(3)),
      latency_ms: {
        local: percentiles(this.#latency.local),
        cloud: percentiles(this.#latency.cloud),
      },
      bytes: { up: this.#bytesUp, down: this.#bytesDown },
      models: Object.fromEntries(this.#models),
      sinks: Object.fromEntries(run.sinks.map(({ name, ...counts }) => [name, counts])),
      ...(run.changes && run.changes.length > 0 ? { changes: run.changes } : {}),
      ...(run.picturesLeftOut ? { pictures_left_out: run.picturesLeftOut } : {}),
      ...(run.deleted?.files ? { deleted: { ...run.deleted } } : {}),
      clips: { ...run.clips },
      ...(run.error === undefined ? {} : { error: redact(run.error) }),
    };
  }
}

function percentiles(histogram: RecordableHistogram): Percentiles {
  return {
    p50: percentile(histogram, 50),
    p95: percentile(histogram, 95),
    p99: percentile(histogram, 99),
  };
}

function percentile(histogram: RecordableHistogram, p: number): number | null {
  if (histogram.count === 0) return null;
  return Number((histogram.percentile(p) / TICKS_PER_MS).toFixed(2));
}

/** Why a run failed of which no frame came to anything; `undefined` when one did, or none was captured. */
export function nothingInferred({ frames }: Summary): SmarteyeError | undefined {
  const { captured, local, cloud, filtered, dropped, failed } = frames;
  if (captured === 0 || local + cloud + filtered > 0) return undefined;
  return new SmarteyeError(
    "failed_precondition",
    `Cannot do anything with the ${captured} frames: ${failed} failed, ${dropped} were dropped; ` +
      `results.jsonl says why`,
  );
}
