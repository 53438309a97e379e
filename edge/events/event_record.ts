/** One line of `events.jsonl` that is about a thing: that it came, what it did, that it is gone. */

import type { Box } from "../../core/detection.ts";
import type { LineCounts } from "../zones/note.ts";

/** A stay in a zone. */
export interface ZoneVisit {
  /** The zone. */
  readonly zone: string;
  /** When it was seen in it first; ISO 8601, UTC. */
  readonly entered_at: string;
  /** When it was not seen in it any more; `null` while it is in it. */
  readonly left_at: string | null;
  /** How long, in time of the source. */
  readonly seconds: number;
}

/** The picture that shows a thing best. */
export interface BestView {
  /** Number of the frame. */
  readonly frame: number;
  /** When it was captured; ISO 8601, UTC. */
  readonly at: string;
  /** Confidence, 0 to 1. */
  readonly score: number;
  /** In pixels of the captured frame. */
  readonly box: Box;
}

/** What every line about a thing says. */
export interface EventLine {
  /** The event's name, which a file may have; `null` where there were too many to keep it. */
  readonly id: string | null;
  /** The source, as the run names it. */
  readonly source: string;
  /** Number of the track. */
  readonly track_id: number;
  /** What it is, by all that was seen of it. */
  readonly label: string;
  /** When it was seen first, of a stay when it was seen in the zone first; ISO 8601, UTC. */
  readonly started_at: string;
  /** When that frame was captured; ISO 8601, UTC. */
  readonly at: string;
  /** Time of that frame in the source, milliseconds. */
  readonly pts_ms: number;
  /** Number of the frame that says so. */
  readonly frame: number;
  /** Where it was seen last, in pixels of the captured frame. */
  readonly box: Box;
}

/** What is known of a thing so far. */
export interface ThingState extends EventLine {
  /** Each label's share of what it was taken for, the greatest first. */
  readonly labels: Readonly<Record<string, number>>;
  /** Zones that it was in, in the order in which it came to them; the latest, where there are many. */
  readonly zones: readonly ZoneVisit[];
  /** The picture that shows it best so far. */
  readonly best: BestView;
  /** Where that picture is, from the run's directory; whoever stores it says so. */
  readonly snapshot?: string;
}

/** An event opens, is told of in between, or closes. */
export interface EventState extends ThingState {
  /** `open` comes first, `close` last, and once; `update` at most once a second. */
  readonly event: "open" | "update" | "close";
}

/** A thing met a rule: with all that is known of it by then. */
export interface AlertRecord extends ThingState {
  /** People are to be told. */
  readonly event: "alert";
  /** The event's name. */
  readonly id: string;
  /** The rule. */
  readonly rule: string;
  /** The zone that it is in, of a rule that names some. */
  readonly zone?: string;
  /** The line that it crossed, of a rule that names some. */
  readonly line?: string;
  /** Since it came, in time of the source: into the picture, into the zone, or over the line. */
  readonly seconds: number;
  /** The best confidence that it was seen with, 0 to 1. */
  readonly score: number;
}

/** An event is over, with all that came of it. Times without a date are seconds since it was seen first. */
export interface EventEnd extends EventState {
  /** It is over. */
  readonly event: "close";
  /** It was seen no more, or the run ended. */
  readonly reason: "gone" | "end";
  /** When it was seen last; ISO 8601, UTC. */
  readonly ended_at: string;
  /** From the first to the last sight of it, in time of the source. */
  readonly duration_s: number;
  /** Frames that it was seen in, by where they were inferred. */
  readonly places: {
    /** On the edge. */
    readonly local: number;
    /** In the cloud. */
    readonly cloud: number;
    /** Nowhere: it was carried forward. */
    readonly carried: number;
  };
  /** Frames that it was seen in. */
  readonly frames: number;
  /** When it was in sight, from and to, in seconds; short gaps are none. */
  readonly seen: readonly (readonly [from: number, to: number])[];
  /** Where it stood: x and y as shares of the frame, with the seconds; what lies on the way is left out. */
  readonly path: readonly (readonly [x: number, y: number, seconds: number])[];
  /** Rules that it met, those among them that were not told; absent where there are none. */
  readonly rules?: readonly string[];
}

/** A thing entered a zone, loitered in it, or left it. */
export interface StayRecord extends EventLine {
  /** What it did. */
  readonly event: "enter" | "leave" | "loiter";
  /** The zone. */
  readonly zone: string;
  /** How long it is in it, or was, in time of the source. */
  readonly seconds: number;
  /** Nobody saw it leave: its track ended in the zone. */
  readonly ended?: true;
  /** Number of the track that it was taken for until now, in the same stay. */
  readonly continues?: number;
}

/** A thing crossed a line. */
export interface LineRecord extends EventLine {
  /** It crossed. */
  readonly event: "line";
  /** The line. */
  readonly line: string;
  /** `in`: from the left of who looks from the line's first point to its second to the right. */
  readonly direction: "in" | "out";
  /** How often the line was crossed so far, this one among them. */
  readonly counts: LineCounts;
}

/** A line of `events.jsonl` that is about a thing. */
export type EventRecord = EventState | EventEnd | AlertRecord | StayRecord | LineRecord;
