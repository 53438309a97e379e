/**
 * The pictures of one source for whoever watches: encoded once for all of them, only while somebody does,
 * and only so many a second. It loses what comes meanwhile, and holds nobody up.
 */

import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Clock } from "../../core/clock.ts";
import { scaledToHeight } from "../../core/frame.ts";
import { Viewers } from "../../web/ui/viewers.ts";
import type { Ending } from "../record.ts";
import type { Note } from "../scene/note.ts";
import type { FrameResult, Sink } from "../sink/sink.ts";
import type { UiOptions } from "./options.ts";
import { partOf, shownFrame } from "./part.ts";
import type { LiveCounts, ShownFrame } from "./told.ts";

/** JPEG quality: good enough to look at. */
const QUALITY = 75;

/** Frames whose picture is on its way to be encoded; more are not taken. */
const PICKED_MAX = 4;

/** Milliseconds for which one who asked for one picture counts as watching: they ask again. */
const GLANCE_MS = 3000;

/** What else hears of results. */
export interface LiveListener {
  /** A frame ended. */
  see(result: FrameResult): void;
  /** Something happened beside the frames, or in them. */
  note(note: Note): void;
}

/** A picture that was encoded. */
export interface LivePicture {
  /** What is known of its frame. */
  readonly frame: ShownFrame;
  /** JPEG. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

/** Shows a run's frames. */
export class LiveSink implements Sink {
  readonly description = "the live page";
  /** Results without pictures, mostly: they are looked at and forgotten. */
  readonly queueLengthMax = 256;
  readonly overflow: OverflowRule = "drop_oldest";
  /** An encoding must not keep those behind it. */
  readonly atOnce: number = PICKED_MAX;
  readonly #viewers: Viewers;
  /** Frames whose picture was asked for, and did not come yet. */
  readonly #picked = new Set<number>();
  readonly #waiting = new Set<(picture: LivePicture | undefined) => void>();
  #dueAtMs = -Infinity;
  #glanceUntilMs = -Infinity;
  #latest: LivePicture | undefined;
  #encoding = 0;
  #encoded = 0;
  #failed = 0;

  /** Shows nothing yet. */
  constructor(
    private readonly options: Pick<UiOptions, "fpsMax" | "heightMax" | "viewersMax">,
    private readonly clock: Clock,
    private readonly listener: LiveListener,
  ) {
    this.#viewers = new Viewers({ viewersMax: options.viewersMax, clock });
  }

  /** What became of pictures so far. */
  get counts(): LiveCounts {
    const { count: viewers, counts: { skipped } } = this.#viewers;
    return { encoded: this.#encoded, failed: this.#failed, skipped, viewers };
  }

  /** A stream of pictures, until `over` aborts. @returns `undefined` when too many watch. */
  stream(headers: Readonly<Record<string, string>>, over: AbortSignal): Response | undefined {
    const latest = this.#latest;
    return this.#viewers.open(headers, over, latest && partOf(latest.frame, latest.jpeg));
  }

  /** The next picture, or the latest when none comes in time; `undefined` where there is none at all. */
  async glance(waitMs: number): Promise<LivePicture | undefined> {
    this.#glanceUntilMs = this.clock.nowMs() + GLANCE_MS;
    if (this.#waiting.size >= this.options.viewersMax) return this.#latest;
    const { promise, resolve } = Promise.withResolvers<LivePicture | undefined>();
    this.#waiting.add(resolve);
    const over = new AbortController();
    void this.clock.sleep(waitMs, over.signal).then(() => resolve(undefined));
    const next = await promise;
    over.abort();
    this.#waiting.delete(resolve);
    return next ?? this.#latest;
  }

  /** While somebody watches, of a frame as soon as one is due. */
  needsPicture(_: Ending, index: number): boolean {
    const nowMs = this.clock.nowMs();
    const isWatched = this.#viewers.count > 0 || nowMs < this.#glanceUntilMs;
    if (!isWatched || nowMs < this.#dueAtMs) return false;
    if (this.#picked.size + this.#encoding >= PICKED_MAX) return false;
    const everyMs = 1000 / this.options.fpsMax;
    // On the beat, where frames come more often than that: a due time that is missed by a little is not lost.
    this.#dueAtMs = Math.max(this.#dueAtMs + everyMs, nowMs + everyMs / 2);
    this.#picked.add(index);
    return true;
  }

  /** Looks at a result, and encodes its picture if it is one of those. */
  async write(result: FrameResult): Promise<void> {
    this.listener.see(result);
    for (const note of result.notes) this.listener.note(note);
    const { frame: { index, picture } } = result;
    if (!this.#picked.delete(index)) return;
    // What its queue dropped does not come any more: results come in order.
    for (const picked of this.#picked) if (picked < index) this.#picked.delete(picked);
    this.#encoding++;
    try {
      if (picture.width === 0 || picture.unreadable) return;
      const size = scaledToHeight(picture, this.options.heightMax);
      this.#show({ frame: shownFrame(result.record), jpeg: await picture.jpeg(size, QUALITY) });
    } catch { // whoever infers it tells why it cannot be read
      this.#failed++;
    } finally {
      this.#encoding--;
    }
  }

  /** Hears what happened. */
  note(note: Note): Promise<void> {
    this.listener.note(note);
    return Promise.resolve();
  }

  /** The last picture stays. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #show(picture: LivePicture): void {
    if (picture.frame.frame < (this.#latest?.frame.frame ?? 0)) return; // it was overtaken
    this.#latest = picture;
    this.#encoded++;
    if (this.#viewers.count > 0) this.#viewers.send(partOf(picture.frame, picture.jpeg));
    for (const wake of this.#waiting) wake(picture);
  }
}
