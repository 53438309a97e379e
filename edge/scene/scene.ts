/** Makes results of the frames of a source, one after the other: who is in them, where, and what they do. */

import type { Frame } from "../../core/frame.ts";
import { EventBook } from "../events/event_book.ts";
import { type Ending, recordOf } from "../record.ts";
import type { RuleOptions } from "../rules/options.ts";
import { type RuleCounts, RuleWatch } from "../rules/rule_watch.ts";
import type { EndedFrame, FrameResult } from "../sink/sink.ts";
import type { LineCounts } from "../zones/note.ts";
import type { ZoneOptions } from "../zones/options.ts";
import { ZoneWatch } from "../zones/zone_watch.ts";
import { Follower, type FollowOptions } from "./follower.ts";
import type { Note } from "./note.ts";
import type { SeenFrame } from "./seen_frame.ts";
import type { Shown } from "./shown.ts";

/** What a scene is made of. */
export interface SceneParts extends FollowOptions {
  /** What records name as the source. */
  readonly source: string;
  /** Zones and lines. */
  readonly zones: readonly ZoneOptions[];
  /** What is to be told; absent: nothing. */
  readonly rules?: readonly RuleOptions[];
}

/** What a summary says of a scene. */
export interface SceneTotals {
  /** Things that were followed. */
  readonly tracks: number;
  /** Crossings of each line, by its name. */
  readonly lines: Readonly<Record<string, LineCounts>>;
  /** Things that no event was opened for, since too many were open. */
  readonly events_left_out: number;
  /** How often each rule was met, by its name. */
  readonly rules: Readonly<Record<string, RuleCounts>>;
}

/** The totals before a frame was seen. */
export const NOTHING_SEEN: SceneTotals = { tracks: 0, lines: {}, events_left_out: 0, rules: {} };

/** What a frame came to. */
type Watched = Pick<FrameResult, "shown" | "notes" | "snapshots">;

/** Sees the frames of one run in order of capture, each once. */
export class Scene {
  readonly #follower: Follower;
  readonly #zones: ZoneWatch;
  readonly #rules: RuleWatch;
  readonly #events: EventBook;
  /** When the frame was that was seen last. */
  #latest: ReturnType<typeof momentOf> | undefined;
  #tracks = 0;

  /** Has seen nothing yet. */
  constructor(private readonly parts: SceneParts) {
    this.#follower = new Follower(parts);
    this.#zones = new ZoneWatch(parts.zones);
    this.#rules = new RuleWatch(parts.rules ?? []);
    this.#events = new EventBook(parts.source, { rules: this.#rules });
  }

  /** Things that are followed and were seen in the latest frame that was inferred. */
  get tracks(): number {
    return this.#follower.tracks;
  }

  /** Its zones and lines. */
  get zones(): readonly ZoneOptions[] {
    return this.#zones.options;
  }

  /** Has other zones and lines from the next frame on that shows something. */
  watch(zones: readonly ZoneOptions[]): void {
    this.#zones.watch(zones);
  }

  /** Things in each zone now. */
  occupancy(): Readonly<Record<string, number>> {
    return this.#zones.occupancy();
  }

  /** The numbers so far. */
  totals(): SceneTotals {
    return {
      tracks: this.#tracks,
      lines: this.#zones.counts(),
      events_left_out: this.#events.counts().leftOut,
      rules: this.#rules.counts(),
    };
  }

  /** Makes the result of a frame that ended. */
  resultOf({ frame, decided, ending, latencyMs }: EndedFrame): FrameResult {
    const { source } = this.parts;
    this.#latest = momentOf(frame);
    const { shown, ended } = this.#follower.see(frame, ending);
    const watched = this.#watch(frame, ending, shown, ended);
    const record = recordOf(frame, { source, decided, ending, latencyMs, shown: watched.shown });
    return { frame, decided, ending, record, zones: this.#zones.options, ...watched };
  }

  /** Ends what is still going on, with the last frame. @returns what is to be told of that */
  end(): readonly Note[] {
    const at = this.#latest;
    return at ? this.#events.close(at, this.#zones.close(at)) : [];
  }

  #watch(
    frame: Frame,
    ending: Ending,
    shown: Shown | undefined,
    ended: readonly number[],
  ): Watched {
    const detections = shown && "detections" in shown.findings ? shown.findings.detections : [];
    if (!shown && ended.length === 0) return { shown, notes: [], snapshots: [] };
    const { width, height } = frame.picture;
    const place = "findings" in ending ? ending.outcome : undefined;
    const seen: SeenFrame = { ...momentOf(frame), width, height, detections, ended, place };
    for (const { track_id = 0 } of detections) this.#tracks = Math.max(this.#tracks, track_id);
    const zoned = this.#zones.see(seen);
    const { records, snapshots } = this.#events.see({ ...seen, ...zoned }, zoned.notes);
    return {
      shown: shown && "detections" in shown.findings
        ? { ...shown, findings: { detections: zoned.detections } }
        : shown,
      notes: records,
      snapshots,
    };
  }
}

function momentOf({ index, capturedAtMs, picture }: Frame) {
  return { index, atMs: picture.ptsMs, wallMs: capturedAtMs };
}
