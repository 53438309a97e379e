/**
 * What pages are told: the JSON between an edge and the scripts of its pages. It imports nothing, so that the
 * scripts, which are checked as a browser's, need not the rest of the program.
 */

/** How a frame ends. */
export type ToldOutcome = "local" | "cloud" | "filtered" | "dropped" | "failed";

/** Frames by how they ended. */
export type ToldCounts = Readonly<Record<"captured" | ToldOutcome, number>>;

/** A thing in a frame. */
export interface ToldDetection {
  /** What it is. */
  readonly label: string;
  /** The label's number. */
  readonly class_id: number;
  /** Confidence, 0 to 1. */
  readonly score: number;
  /** Left, top, right, bottom, in pixels of the frame. */
  readonly box: readonly [number, number, number, number];
  /** Its number, as long as it is followed. */
  readonly track_id?: number;
  /** Zones that it stands in. */
  readonly zones?: readonly string[];
}

/** What is told with a picture: as the frame's line of `results.jsonl` says it. */
export interface ShownFrame {
  /** Its number. */
  readonly frame: number;
  /** Time in the source, milliseconds. */
  readonly pts_ms: number;
  /** ISO 8601, UTC. */
  readonly captured_at: string;
  /** How it ended. */
  readonly outcome: ToldOutcome;
  /** Why it was not inferred, or not where it was meant to be. */
  readonly detail?: string;
  /** The model that inferred it. */
  readonly model: string | null;
  /** Pixels of the captured frame. */
  readonly width: number;
  /** Pixels of the captured frame. */
  readonly height: number;
  /** What it shows was found in an earlier one, and moved on. */
  readonly inferred?: false;
  /** Milliseconds by which that one is older. */
  readonly age_ms?: number;
  /** Absent where nothing is known. */
  readonly detections?: readonly ToldDetection[];
  /** Things that are left out of `detections`. */
  readonly more?: number;
  /** Of the whole frame. */
  readonly classifications?: readonly { readonly label: string; readonly score: number }[];
  /** What was decided. */
  readonly decision: { readonly policy: string; readonly reason: string } | null;
  /** From capture to result, milliseconds. */
  readonly latency_ms: number;
  /** The inference server that inferred it. */
  readonly server: string | null;
}

/** Where a frame went, and why. */
export interface RecentFrame {
  /** Its number. */
  readonly frame: number;
  /** How it ended. */
  readonly outcome: ToldOutcome;
  /** The model that inferred it. */
  readonly model: string | null;
  /** The policy's reason; what else kept it from being inferred. */
  readonly reason: string;
  /** From capture to result, milliseconds. */
  readonly latencyMs: number;
  /** The inference server that inferred it. */
  readonly server: string | null;
}

/** What a source is doing, in a word, and what a person would want to know of that. */
export interface Doing {
  /** `silent`: pictures should come, and none do. */
  readonly state: "opening" | "reading" | "silent" | "lost" | "ended" | "failed";
  /** A sentence's end; empty where there is nothing to say. */
  readonly why: string;
}

/** Each a second. */
export interface Rates {
  /** Frames that ended with a result: inferred, or filtered. */
  readonly frames: number;
  /** Bytes sent. */
  readonly up: number;
  /** Bytes received. */
  readonly down: number;
}

/** A filter, as a person chooses it. */
export interface FilterChoice {
  /** `learned`: as the settings have it. */
  readonly use: "none" | "motion" | "learned";
  /** 1; 2 notices a change half as strong. */
  readonly sensitivity: number;
}

/** What became of pictures that are shown. */
export interface LiveCounts {
  /** Encoded. */
  readonly encoded: number;
  /** Could not be. */
  readonly failed: number;
  /** Viewers that were too slow for one, together. */
  readonly skipped: number;
  /** Who watches now. */
  readonly viewers: number;
}

/** A number of frames here, and one of frames for the cloud. */
export interface Pair {
  /** Here. */
  readonly local: number;
  /** For the cloud, or there. */
  readonly cloud: number;
}

/** A zone or a line, and what happens there. */
export interface ZoneState {
  /** Its name. */
  readonly name: string;
  /** What it is. */
  readonly kind: "polygon" | "line";
  /** In shares of the frame. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Labels that it is meant for; empty: all. */
  readonly classes: readonly string[];
  /** Seconds in it after which a thing loiters; 0: nothing ever does. */
  readonly dwellS: number;
  /** Which point of a box counts. */
  readonly anchor: "bottom" | "center";
  /** Things in it now; absent of a line. */
  readonly occupancy?: number;
  /** How often it was crossed; absent of an area. */
  readonly crossed?: { readonly in: number; readonly out: number };
}

/** A source. */
export interface SourceState {
  /** What tells it from the others. */
  readonly name: string;
  /** What is read; no passwords. */
  readonly input: string;
  /** What it is doing. */
  readonly doing: Doing;
  /** Frames by how they ended. */
  readonly frames: ToldCounts;
  /** Frames and bytes a second. */
  readonly rates: Rates;
  /** Of the latest frames that were inferred, milliseconds. */
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  /** Frames that wait to be inferred here, or to be sent. */
  readonly waiting: Pair;
  /** Things that are followed. */
  readonly tracks: number;
  /** Events that began. */
  readonly events: number;
  /** The policy that is asked, by its name; empty before there is one. */
  readonly policy: string;
  /** The model that is used wherever it is there; `null`: the policy's choice. */
  readonly model: string | null;
  /** The filter. */
  readonly filter: FilterChoice;
  /** Its zones and lines. */
  readonly zones: readonly ZoneState[];
  /** The latest frames that ended, the newest first. */
  readonly recent: readonly RecentFrame[];
  /** Who watches its pictures. */
  readonly shown: LiveCounts;
}

/** The way to the cloud. */
export interface CloudState {
  /** Where the forwarder is; no passwords. */
  readonly url: string;
  /** Whether it answers. */
  readonly answers: boolean;
  /** What the circuit breaker does with frames: `open` keeps them back. */
  readonly breaker: "closed" | "open" | "half_open";
  /** Why frames are kept back; empty where they are not. */
  readonly why: string;
  /** Bytes a second that the link carries; `null` where that is not known. */
  readonly uplinkBytesPerSec: number | null;
  /** Milliseconds there and back; `null` where that is not known. */
  readonly roundTripMs: number | null;
  /** Frames being sent, and inferred here. */
  readonly underWay: Pair;
}

/** An edge. */
export interface UiState {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `null` before anything is open. */
  readonly cloud: CloudState | null;
  /** Models that can be asked for, by where they are. */
  readonly models: { readonly local: readonly string[]; readonly cloud: readonly string[] };
  /** In the order of the settings. */
  readonly sources: readonly SourceState[];
}

/** What became of a zone that was drawn, or taken away. */
export interface SavedZone {
  /** Whether it is in the config file. */
  readonly saved: boolean;
  /** For people: where it is saved, or why it is not. */
  readonly told: string;
  /** The section to put into a config file by hand; empty where that is not needed. */
  readonly text: string;
}
