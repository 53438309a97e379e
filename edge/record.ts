/** One line of `results.jsonl`: what became of a frame. */

import { type Classification, type Findings, roundedBox } from "../core/detection.ts";
import type { Frame } from "../core/frame.ts";
import { rounded } from "../core/number.ts";
import type { ControlSnapshot, Decision, Shadow } from "../policies/offload/policy.ts";
import { redact } from "../core/redact.ts";
import type { SourceState } from "./capture/source.ts";
import type { Outcome } from "./ledger.ts";
import type { Shown, ShownFindings } from "./scene/shown.ts";
import { sentAs } from "./sending.ts";
import type { ZonedDetection } from "./zones/zone_watch.ts";

/** Bytes on the wire of a frame's offload, HTTP headers and body. */
export interface Traffic {
  /** Edge to forwarder. */
  readonly bytesUp: number;
  /** Forwarder to edge. */
  readonly bytesDown: number;
}

/** How a frame ended, with what came of it. Findings are in pixels of the captured frame. */
export type Ending =
  | {
    readonly outcome: "local";
    readonly model: string;
    readonly findings: Findings;
    /** Why the cloud could not do it, when the decision had been to offload. */
    readonly fallback?: string;
    readonly traffic?: Traffic;
  }
  | {
    readonly outcome: "cloud";
    readonly model: string;
    readonly findings: Findings;
    readonly server: string;
    readonly traffic: Traffic;
  }
  | {
    readonly outcome: Exclude<Outcome, "local" | "cloud">;
    readonly detail: string;
    /** Nothing has moved since the last result. */
    readonly still?: true;
    readonly traffic?: Traffic;
  };

/** A decision and the name of the policy that made it. */
export interface Decided {
  /** As the policy registry names it. */
  readonly policy: string;
  /** Checked: its model is offered where the frame goes. */
  readonly decision: Decision;
  /** What it was decided on. */
  readonly snapshot: ControlSnapshot;
  /** The probability with which the policy decides so; absent where it does not say. */
  readonly propensity?: number;
  /** What another policy would have done; absent where none was asked. */
  readonly shadow?: Shadow;
  /** The policy did not say it in time: it is what is done when the cloud fails. */
  readonly late?: true;
}

/** One line of `results.jsonl`. */
export interface FrameRecord {
  /** The frame's number in the run: 1, 2, 3 … */
  readonly frame: number;
  /** The source that it is of, as the run names it; no passwords. */
  readonly source: string;
  /** The file that it is of, where the source has several. */
  readonly file?: string;
  /** Presentation time in the source, milliseconds. */
  readonly pts_ms: number;
  /** ISO 8601, UTC. */
  readonly captured_at: string;
  /** What happened, not what was decided: a fallback is `local`. */
  readonly outcome: Outcome;
  /** Why the frame was filtered, dropped or failed, or why the cloud could not do it. */
  readonly detail?: string;
  /** Whether the edge inferred it because the cloud failed. */
  readonly fallback?: true;
  /** The model that inferred it; `null` when none did. */
  readonly model: string | null;
  /** Pixels of the captured frame; 0 when it could not be read. */
  readonly width: number;
  /** Pixels of the captured frame; 0 when it could not be read. */
  readonly height: number;
  /** The frame was not inferred: what it shows was found in an earlier one, and moved on. Else absent. */
  readonly inferred?: false;
  /** Milliseconds by which that one is older; absent where the frame itself was inferred. */
  readonly age_ms?: number;
  /** In pixels of the captured frame, also when a smaller one was sent; absent where nothing is known. */
  readonly detections?: readonly ZonedDetection[];
  /** Of the whole frame; absent where nothing is known. */
  readonly classifications?: readonly Classification[];
  /** `null` for a frame that nothing was decided about. */
  readonly decision: {
    readonly policy: string;
    readonly reason: string;
    readonly height: number | null;
    readonly quality: number | null;
    /** What another policy would have done; absent where none was asked. */
    readonly shadow?: Shadow;
  } | null;
  /** From capture to result, milliseconds. */
  readonly latency_ms: number;
  /** Bytes sent for the frame; 0 when it was not offloaded. */
  readonly bytes_up: number;
  /** Bytes received for the frame; 0 when it was not offloaded. */
  readonly bytes_down: number;
  /** The inference server that inferred it, `null` unless in the cloud. */
  readonly server: string | null;
}

/** A line of `results.jsonl` that is about a source, not a frame. */
export interface SourceEventRecord {
  /** Tells it from the line of a frame. */
  readonly event: "source";
  /** As in the lines of its frames. */
  readonly source: string;
  /** What it is doing from now on. */
  readonly state: SourceState;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Frames that were captured before. */
  readonly frame: number;
  /** Why, as a clause; absent where there is nothing to say. */
  readonly detail?: string;
  /** What was changed while the run went on, and what it is from now on; absent where nothing was. */
  readonly changed?: Readonly<Record<string, string>>;
}

/** What became of a frame, and where it came from. */
export interface FrameEnd {
  /** What the run names its source; no passwords. */
  readonly source: string;
  /** Absent for a frame that nothing was decided about. */
  readonly decided: Decided | undefined;
  /** How it ended. */
  readonly ending: Ending;
  /** What it shows; `undefined` where nothing is known of that. */
  readonly shown: Shown | undefined;
  /** Milliseconds from capture to result. */
  readonly latencyMs: number;
}

/** The record of a frame that ended. Numbers are rounded to what they are good for. */
export function recordOf(
  frame: Frame,
  { source, decided, ending, shown, latencyMs }: FrameEnd,
): FrameRecord {
  const inferred = "findings" in ending;
  const detail = inferred
    ? ending.outcome === "local" ? ending.fallback : undefined
    : ending.detail;
  return {
    frame: frame.index,
    source,
    ...(frame.picture.file === undefined ? {} : { file: redact(frame.picture.file) }),
    pts_ms: rounded(frame.picture.ptsMs, 3),
    captured_at: new Date(frame.capturedAtMs).toISOString(),
    outcome: ending.outcome,
    ...(detail === undefined ? {} : { detail: redact(detail) }),
    ...(ending.outcome === "local" && ending.fallback !== undefined ? { fallback: true } : {}),
    model: inferred ? ending.model : null,
    width: frame.picture.width,
    height: frame.picture.height,
    ...(shown ? shownRecord(shown) : {}),
    decision: decided === undefined ? null : decisionRecord(decided, ending),
    latency_ms: rounded(latencyMs, 2),
    bytes_up: ending.traffic?.bytesUp ?? 0,
    bytes_down: ending.traffic?.bytesDown ?? 0,
    server: ending.outcome === "cloud" ? ending.server : null,
  };
}

function decisionRecord(
  { policy, decision, shadow }: Decided,
  { outcome, traffic }: Ending,
): FrameRecord["decision"] {
  // What was to be sent only if its result here was doubtful has no height unless it was.
  const isSent = decision.place === "cloud" || outcome === "cloud" || traffic !== undefined;
  const sent = isSent ? sentAs(decision) : undefined;
  return {
    policy,
    reason: decision.reason,
    height: sent?.height ?? null,
    quality: sent?.quality ?? null,
    ...(shadow === undefined ? {} : { shadow }),
  };
}

function shownRecord({ findings, ageMs }: Shown): Partial<FrameRecord> {
  const carried = ageMs === undefined
    ? {}
    : { inferred: false as const, age_ms: rounded(ageMs, 3) };
  return { ...carried, ...roundedFindings(findings) };
}

function roundedFindings(findings: ShownFindings): ShownFindings {
  if ("classifications" in findings) {
    return {
      classifications: findings.classifications.map((c) => ({ ...c, score: rounded(c.score, 4) })),
    };
  }
  return {
    detections: findings.detections.map((d) => ({
      label: d.label,
      class_id: d.class_id,
      score: rounded(d.score, 4),
      box: roundedBox(d.box),
      ...(d.track_id === undefined ? {} : { track_id: d.track_id }),
      ...(d.zones && d.zones.length > 0 ? { zones: d.zones } : {}),
      ...(d.mask ? { mask: d.mask } : {}),
    })),
  };
}
