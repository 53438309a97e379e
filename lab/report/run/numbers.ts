/** The numbers of a page: what stands on it, and what a program is given. */

import { rounded } from "../../../core/number.ts";
import { redact } from "../../../core/redact.ts";
import type { LineCounts } from "../../../edge/zones/note.ts";
import type { Percentiles, Summary } from "../../../edge/statistics.ts";
import type { Latencies, Sent } from "./frames.ts";
import type { RunRead } from "./read_run.ts";
import type { ShadowCounts } from "./shadow.ts";
import type { Ranking } from "./tally.ts";

/** Reasons that are told one by one. */
const REASONS_MAX = 12;

/** Sizes and qualities that are told one by one. */
const SENT_MAX = 12;

/** Labels that are told one by one. */
const LABELS_MAX = 10;

/** The numbers of one source's run. What only a summary says is `null` where there is none. */
export interface RunNumbers {
  /** The source's name. */
  readonly source: string;
  /** What was read. */
  readonly input: string | null;
  /** The control policy's name. */
  readonly policy: string | null;
  /** Whether the run came to its end, with a summary. */
  readonly whole: boolean;
  /** When the first frame was captured; ISO 8601, UTC; `null` without frames. */
  readonly began: string | null;
  /** When the last result was there. */
  readonly ended: string | null;
  /** Seconds from the start of capture to the last result. */
  readonly wall_s: number;
  /** Frames inferred a second. */
  readonly fps: number;
  /** Frames by outcome. */
  readonly frames: Summary["frames"];
  /** Those that the cloud failed on and the edge inferred. */
  readonly fallbacks: number;
  /** Frames that the edge inferred beside their offload, and of those the ones whose answer did not come. */
  readonly hedged: Summary["hedged"] | null;
  /** Frames that were sent since the edge's own result was doubtful, and those whose answer counted. */
  readonly second_looks: Summary["second_looks"] | null;
  /** What the candidate of a shadow policy would have done. */
  readonly shadow: ShadowCounts;
  /** Frames that it would have treated otherwise: what became of them, and what it would have done. */
  readonly otherwise: Ranking;
  /** Frames that the policy did not decide about in time. */
  readonly late_decisions: number | null;
  /** What was changed while it ran. */
  readonly changes: NonNullable<Summary["changes"]>;
  /** From capture to result. */
  readonly latency_ms: { readonly local: Percentiles; readonly cloud: Percentiles };
  /** Between edge and forwarder. */
  readonly bytes: { readonly up: number; readonly down: number };
  /** Frames by model. */
  readonly models: Readonly<Record<string, number>>;
  /** Why it was decided so, and for how many frames; numbers in it are `N`. */
  readonly reasons: Ranking;
  /** Why frames were filtered, dropped or failed, or the cloud could not do it. */
  readonly details: Ranking;
  /** Sizes and qualities that frames were sent at. */
  readonly sent: Sent;
  /** What was found in frames that were inferred: detections by label, or the likeliest class of each. */
  readonly found: Ranking;
  /** Times that no frames were sent. */
  readonly cloud_outages: Summary["cloud_outages"] | null;
  /** Times that the source was stalled or lost. */
  readonly interruptions: Summary["interruptions"];
  /** Frames that were not captured. */
  readonly passed_over: number | null;
  /** What the source did not deliver. */
  readonly left_out: Readonly<Record<string, number>>;
  /** Things that were followed. */
  readonly tracks: number | null;
  /** Crossings of each line. */
  readonly lines: Readonly<Record<string, LineCounts>>;
  /** What zones and lines told. */
  readonly happened: RunRead["happened"];
  /** Events, and how many of each label; and things that none was kept of. */
  readonly events: {
    readonly count: number;
    readonly labels: Readonly<Record<string, number>>;
    readonly left_out: number | null;
  };
  /** How often each rule was met. */
  readonly rules: Summary["rules"];
  /** Clips that were written, and those that could not be. */
  readonly clips: Summary["clips"] | null;
  /** Pictures that were not written, to keep the last room of a disk free. */
  readonly pictures_left_out: number | null;
  /** What was deleted of the run's directory while it went on. */
  readonly deleted: NonNullable<Summary["deleted"]> | null;
  /** What became of results at each sink. */
  readonly sinks: Summary["sinks"];
  /** What ended the run early; `null` where nothing did, or nothing is known. */
  readonly error: string | null;
  /** What could not be read, in sentences. */
  readonly notes: readonly string[];
}

/** Puts them together. Of frames, the results say more than the summary; else it is the summary's word. */
export function numbersOf(run: RunRead): RunNumbers {
  const { summary, frames, folder, things, away } = run;
  const { firstMs, lastMs } = frames;
  const wallS = summary?.wall_s ?? ((lastMs ?? 0) - (firstMs ?? 0)) / 1000;
  const counts = run.hasResults ? frames.counts : summary?.frames ?? frames.counts;
  const hidden = (text: string | undefined) => text === undefined ? null : redact(text);
  return {
    source: redact(summary?.source ?? frames.source ?? folder.name),
    input: hidden(summary?.input),
    policy: summary?.policy ?? (frames.policies.ranking(1).top[0]?.[0] ?? null),
    whole: summary !== undefined,
    began: firstMs === undefined ? null : new Date(firstMs).toISOString(),
    ended: lastMs === undefined ? null : new Date(lastMs).toISOString(),
    wall_s: rounded(wallS, 3),
    fps: summary?.fps ?? (wallS > 0 ? rounded((counts.local + counts.cloud) / wallS, 2) : 0),
    frames: { ...counts },
    ...ofFrames(run),
    hedged: summary?.hedged ?? null,
    second_looks: summary?.second_looks ?? null,
    late_decisions: summary?.late_decisions ?? null,
    changes: (summary?.changes ?? []).map((change) => ({ ...change, to: redact(change.to) })),
    cloud_outages: summary?.cloud_outages ?? null,
    interruptions: summary?.interruptions ??
      { count: away.count, seconds: rounded(away.seconds, 3) },
    passed_over: summary?.passed_over ?? null,
    left_out: summary?.left_out ?? {},
    tracks: summary?.tracks ?? null,
    lines: summary?.lines ?? Object.fromEntries(run.lines),
    happened: run.happened,
    events: {
      ...{ count: things.count, labels: things.labels.all() },
      left_out: summary?.events_left_out ?? null,
    },
    rules: summary?.rules ?? {},
    clips: summary?.clips ?? null,
    pictures_left_out: summary?.pictures_left_out ?? null,
    deleted: summary?.deleted ?? null,
    sinks: summary?.sinks ?? {},
    error: hidden(summary?.error),
    notes: run.notes,
  };
}

/** What lines of frames say, else the summary where there are none. */
function ofFrames(
  { frames, summary, hasResults }: RunRead,
): Pick<
  RunNumbers,
  | ("fallbacks" | "shadow" | "otherwise" | "latency_ms" | "bytes" | "models")
  | ("reasons" | "details" | "sent" | "found")
> {
  const { latencies } = frames;
  const own = {
    fallbacks: frames.fallbacks,
    latency_ms: { local: percentiles(latencies.local), cloud: percentiles(latencies.cloud) },
    bytes: { ...frames.bytes },
    models: frames.models.all(),
  };
  const { fallbacks, latency_ms, bytes, models } = hasResults ? own : { ...own, ...summary };
  const { counts, otherwise } = frames.shadow;
  return {
    ...{ fallbacks, latency_ms, bytes, models },
    shadow: hasResults ? counts : { ...counts, ...summary?.shadow },
    otherwise: otherwise.ranking(REASONS_MAX),
    reasons: frames.reasons.ranking(REASONS_MAX),
    details: frames.details.ranking(REASONS_MAX),
    sent: frames.sent(SENT_MAX),
    found: frames.labels.ranking(LABELS_MAX),
  };
}

function percentiles(latencies: Latencies): Percentiles {
  const [p50, p95, p99] = [50, 95, 99].map((p) => latencies.percentile(p));
  return { p50: p50!, p95: p95!, p99: p99! };
}
