/** The clips of one run: begun by alerts, filled from the tape, told when they are whole. */

import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import type { Thinned } from "../../core/log.ts";
import { rounded } from "../../core/number.ts";
import { within } from "../../core/within.ts";
import type { PacketTape, Segment } from "../capture/media/packet_tape.ts";
import type { AlertRecord } from "../events/event_record.ts";
import { iso } from "../events/scene_event.ts";
import type { ClipSpan, RuleOptions } from "../rules/options.ts";
import type { Note } from "../scene/note.ts";
import type { FrameResult } from "../sink/sink.ts";
import { EVENT_FILES } from "../run_files.ts";
import { clipPath } from "../sink/pictured.ts";
import { Clip, type ClipOutput } from "./clip.ts";
import type { ClipRecord } from "./clip_record.ts";

/** Milliseconds that a clip lasts at most. */
export const CLIP_MAX_MS = 120_000;

/** Clips of one source that are written at once. */
const CLIPS_MAX = 16;

/** Milliseconds by which a track may be older than the frame that says so. */
const SLACK_MS = 2000;

/** Milliseconds that clips have to be written when their run ends. */
const END_MS = 10_000;

/** What of clips became. */
export interface ClipCounts {
  /** They are whole. */
  readonly written: number;
  /** They could not be written, or there were too many. */
  readonly failed: number;
}

/** Where none were wanted. */
export const NO_CLIPS: ClipCounts = { written: 0, failed: 0 };

/** What they are made of. */
export interface ClipsParts {
  /** What records name as the source. */
  readonly source: string;
  /** The run's directory. */
  readonly directory: string;
  /** The source's. */
  readonly rules: readonly RuleOptions[];
  /** What its video is kept on. */
  readonly tape: Pick<
    PacketTape,
    "bytes" | "read" | "release" | "keyBefore" | "refusal" | "onOver"
  >;
  /** Tells when a clip was whole, and when it takes too long. */
  readonly clock: Clock;
  /** Where it is said that one cannot be written. */
  readonly warnings: Thinned;
  /** Hears of each that is whole. */
  readonly tell: (note: ClipRecord) => void;
  /** Opens the file of one; absent: on the disk. */
  readonly open?: (path: string, segment: Segment, startTicks: bigint) => Promise<ClipOutput>;
}

/** The frame that was seen last, on the tape and by the clocks. */
interface Now {
  readonly tapeMs: number;
  readonly atMs: number;
  readonly wallMs: number;
  readonly frame: number;
}

/** An event that a clip is of. */
interface Going {
  readonly clip: Clip;
  readonly track: number;
  /** The frame of its first alert. */
  readonly at: Now;
  /** When it was seen last, on the tape. */
  seenMs: number;
  afterMs: number;
  /** Less than that is not enough, on the tape. */
  leastMs: number;
  /** The event is not over. */
  isOpen: boolean;
}

/** Makes the clips of one run. */
export class Clips {
  readonly #spans: ReadonlyMap<string, ClipSpan>;
  /** Milliseconds of video that are kept before what is seen now. */
  readonly #keptMs: number;
  readonly #going = new Map<string, Going>();
  /** Clips of events that are open. */
  readonly #made = new Map<string, number>();
  readonly #ending = new Set<Promise<void>>();
  readonly #counts = { ...NO_CLIPS };
  #now: Now | undefined;
  #isRefusalTold = false;

  /** Waits for alerts. */
  constructor(private readonly parts: ClipsParts) {
    const { rules, tape } = parts;
    this.#spans = new Map(rules.flatMap(({ name, clip }) => clip ? [[name, clip]] : []));
    const kept = rules.map(({ clip, minimumMs }) => clip ? clip.beforeMs + minimumMs : 0);
    this.#keptMs = Math.min(CLIP_MAX_MS, Math.max(0, ...kept) + SLACK_MS);
    tape.onOver = () => this.#fill();
  }

  /** What became of them. */
  get counts(): ClipCounts {
    return { ...this.#counts };
  }

  /** Takes a frame that was seen, in the order of capture, with what happened up to it. */
  see({ frame, shown, notes }: Pick<FrameResult, "frame" | "shown" | "notes">): void {
    const { picture, capturedAtMs, index } = frame;
    const { tapeMs, ptsMs } = picture;
    if (tapeMs === undefined) {
      if (picture.width > 0 && this.parts.tape.bytes === 0) this.#tellRefusal();
      return;
    }
    this.#now = { tapeMs, atMs: ptsMs, wallMs: capturedAtMs, frame: index };
    this.#hear(notes, this.#now);
    const here = new Set(
      shown && "detections" in shown.findings
        ? shown.findings.detections.map(({ track_id }) => track_id)
        : [],
    );
    for (const going of this.#going.values()) {
      if (!going.isOpen || !here.has(going.track)) continue;
      going.seenMs = tapeMs;
      going.clip.untilMs = Math.max(going.clip.untilMs, tapeMs);
    }
    this.#fill();
    this.parts.tape.release(tapeMs - this.#keptMs);
  }

  /**
   * Finishes what is under way: the run is over.
   *
   * @param notes what happens with that.
   */
  async end(notes: readonly Note[]): Promise<void> {
    if (this.#now) this.#hear(notes, this.#now);
    this.#fill();
    for (const going of [...this.#going.values()]) this.#end(going, "the run ended");
    const all = Promise.all(this.#ending);
    if (await within(END_MS, all, this.parts.clock)) return;
    this.#counts.failed += this.#ending.size;
    this.parts.warnings.tell(`${this.#ending.size} clips are given up: the disk is too slow`);
  }

  #hear(notes: readonly Note[], now: Now): void {
    const begins = this.#begins(notes, now);
    for (const note of notes) {
      if (note.event === "alert") this.#alert(note, now, begins);
      else if (note.event === "close" && note.id !== null) this.#over(note.id);
    }
  }

  /** When clips are to begin for alerts of one frame: for each event, as early as one of its rules wants. */
  #begins(notes: readonly Note[], { tapeMs }: Now): ReadonlyMap<string, number> {
    const begins = new Map<string, number>();
    for (const note of notes) {
      const span = note.event === "alert" ? this.#spans.get(note.rule) : undefined;
      if (note.event !== "alert" || !span) continue;
      const fromMs = tapeMs - note.seconds * 1000 - span.beforeMs;
      begins.set(note.id, Math.min(fromMs, begins.get(note.id) ?? fromMs));
    }
    return begins;
  }

  #alert(
    { id, track_id: track, rule }: AlertRecord,
    now: Now,
    begins: ReadonlyMap<string, number>,
  ): void {
    const span = this.#spans.get(rule);
    if (!span) return;
    const going = this.#going.get(id) ?? this.#begin({ id, track }, begins.get(id)!, now);
    if (!going) return;
    going.clip.rules.add(rule);
    going.afterMs = Math.max(going.afterMs, span.afterMs);
    going.leastMs = Math.max(going.leastMs, now.tapeMs + span.afterMs);
    going.clip.untilMs = going.leastMs;
  }

  #begin(
    { id, track }: { readonly id: string; readonly track: number },
    fromMs: number,
    at: Now,
  ): Going | undefined {
    const { tapeMs } = at;
    const { source, tape, warnings } = this.parts;
    const next = tape.keyBefore(Math.max(fromMs, tapeMs - CLIP_MAX_MS / 2), tapeMs);
    if (next === undefined || this.#going.size >= CLIPS_MAX) {
      const why = next === undefined ? "no video of it is kept" : `${CLIPS_MAX} are being written`;
      warnings.tell(`a clip of ${source} cannot be written`, `${id}: ${why}`);
      this.#counts.failed++;
      return undefined;
    }
    const made = (this.#made.get(id) ?? 0) + 1;
    this.#made.set(id, made);
    const clip: Clip = new Clip(id, next, fromMs, (segment, startTicks) => {
      const ending = segment.format === "mp4" ? "mp4" : "mkv";
      return this.#open(clip.place = clipPath(id, made, ending), segment, startTicks);
    });
    const going: Going = {
      ...{ clip, track, at, seenMs: tapeMs, afterMs: 0, leastMs: -Infinity, isOpen: true },
    };
    this.#going.set(id, going);
    return going;
  }

  async #open(place: string, segment: Segment, startTicks: bigint): Promise<ClipOutput> {
    const { directory, open } = this.parts;
    const path = join(directory, place);
    if (open) return await open(path, segment, startTicks);
    // Not with its parents: a run's directory that was removed does not come again.
    await Deno.mkdir(join(directory, EVENT_FILES)).catch(() => {}); // there, or told below
    return await (await import("./clip_file.ts")).ClipFile.begin(path, segment, startTicks);
  }

  #over(id: string): void {
    this.#made.delete(id);
    const going = this.#going.get(id);
    if (!going) return;
    going.isOpen = false;
    going.clip.untilMs = Math.max(going.leastMs, going.seenMs + going.afterMs);
  }

  /** Gives each what there is for it by now, and ends those that have all. */
  #fill(): void {
    const { tape } = this.parts;
    for (const going of [...this.#going.values()]) {
      const { clip, isOpen } = going;
      const startMs = clip.span?.firstMs;
      // What was lost does not come again: what there is of it is taken at once.
      const isLost = clip.segment?.live === true && clip.segment.isOver;
      const wantedMs = isLost ? Infinity : clip.untilMs;
      const mostMs = (startMs ?? clip.fromMs) + CLIP_MAX_MS;
      const read = tape.read(clip.next, clip.segment, Math.min(wantedMs, mostMs));
      clip.next = read.next;
      clip.add(read.packets);
      const isFull = wantedMs >= mostMs && read.isPast && !read.isOver;
      if (read.isTorn && startMs !== undefined) this.#end(going, "there was no room for all of it");
      else if (isFull) this.#end(going, `it lasts ${CLIP_MAX_MS / 1000} s at most`);
      else if (read.isOver) {
        const isWhole = !isOpen && !isLost && (clip.span?.lastMs ?? 0) >= clip.untilMs;
        this.#end(going, isWhole ? undefined : "the video ended");
      } else if (!isOpen && read.isPast) this.#end(going);
    }
  }

  #end(going: Going, cut?: string): void {
    const { clip } = going;
    const { segment, span, fromMs } = clip;
    this.#going.delete(clip.id);
    const isCramped = segment?.isCramped === true && span !== undefined &&
      span.firstMs > fromMs + SLACK_MS;
    clip.cut = cut ?? (isCramped ? "there was no room for its beginning" : undefined);
    const closing = this.#close(going).finally(() => this.#ending.delete(closing));
    this.#ending.add(closing);
  }

  async #close({ clip, at }: Going): Promise<void> {
    const { source, directory, clock, warnings, tell } = this.parts;
    const { id, span, cut, rules, place } = clip;
    try {
      await clip.close();
      if (!span || place === undefined) throw new Error("no video of it is kept");
      const { size } = await Deno.stat(join(directory, place));
      this.#counts.written++;
      // By the frame of its alert: a file is read in other than its own time.
      const wall = (ms: number) => iso(at.wallMs - at.tapeMs + ms);
      tell({
        ...{ event: "clip", id, source, clip: place },
        ...{ from: wall(span.firstMs), to: wall(span.lastMs) },
        pts_ms: rounded(at.atMs - at.tapeMs + span.firstMs, 3),
        seconds: rounded((span.lastMs - span.firstMs) / 1000, 3),
        ...{ bytes: size, rules: [...rules], at: iso(clock.epochMs()), frame: this.#now!.frame },
        ...(cut === undefined ? {} : { cut }),
      });
    } catch (error) {
      this.#counts.failed++;
      warnings.tell(`a clip of ${source} cannot be written`, messageOf(error));
    }
  }

  #tellRefusal(): void {
    if (this.#isRefusalTold) return;
    this.#isRefusalTold = true;
    const { source, tape: { refusal = "its pictures come from no video" }, warnings } = this.parts;
    warnings.tell(`no clips of ${source}: ${refusal}`);
  }
}
