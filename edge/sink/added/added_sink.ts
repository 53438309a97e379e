/** A sink that may fail: what it cannot take in time is lost to it, and never to the run. */

import { BoundedQueue, type OverflowRule } from "../../../core/bounded_queue.ts";
import { type Clock, OVER } from "../../../core/clock.ts";
import { isSmarteyeError, messageOf, SmarteyeError } from "../../../core/errors.ts";
import { logger, MINUTE_MS, Thinned } from "../../../core/log.ts";
import { redact } from "../../../core/redact.ts";
import { within } from "../../../core/within.ts";
import type { Ending } from "../../record.ts";
import type { Room } from "../../retention/disk_room.ts";
import type { Note } from "../../scene/note.ts";
import type { Summary } from "../../statistics.ts";
import type { FrameResult, Sink, SinkTally } from "../sink.ts";
import type { SinkWriter } from "./writer.ts";

const log = logger("edge");

/** Milliseconds for which results are gathered, to be written together. */
const GATHER_MS = 250;

/** Results that are written together at most. */
const BATCH_MAX = 512;

/** Milliseconds before the first further try, and the longest time before one; it doubles between. */
const RETRY_MS = 1000;
const RETRY_MAX_MS = 60_000;

/** A write that takes longer is slow, milliseconds: nobody waits for that sink any more. */
const SLOW_MS = 2000;

/** Milliseconds that a sink that is slow has to write the rest when its run ends. */
const END_MS = 5000;

/** Pictures that something is taken of at once where nobody waits: one more is dropped. */
const TAKING_MAX = 8;

/** What one is made of. */
export interface AddedSinkParts {
  /** As it is set. */
  readonly name: string;
  /** Results that may wait. */
  readonly queueLengthMax: number;
  /** While it does well, what there is no room for waits: else it is dropped at once. */
  readonly waits: boolean;
  /** Tells when to try again. */
  readonly clock: Clock;
  /** Room for what it makes of pictures; absent: as much as the disk has. */
  readonly room?: Room;
}

/**
 * Puts results into a queue of its own and writes what gathers there. While the writer does well, a full
 * queue may wait for it; while it fails or is slow, a full queue drops what comes. A write that failed is
 * tried again after growing waits. Neither ends the run.
 */
export class AddedSink implements Sink {
  /** What there is no room for waits behind the one that waits for room. */
  readonly queueLengthMax = 1;
  readonly overflow: OverflowRule = "wait";
  /** Where nobody waits, one more than it takes of pictures: what is too much is seen, and dropped. */
  readonly atOnce: number;
  readonly #batchMax: number;
  readonly #queue: BoundedQueue<unknown>;
  readonly #warnings: Thinned;
  readonly #counts = { written: 0, dropped: 0, failed: 0 };
  /** Called when there may be room, or nobody waits for it any more. */
  readonly #atDoor = new Set<() => void>();
  #working: Promise<void> | undefined;
  /** Items that were taken out of the queue to be written. */
  #batch: readonly unknown[] = [];
  /** Ends the time in which results are gathered. */
  #gathering = new AbortController();
  /** Ends the wait before another try. */
  readonly #ending = new AbortController();
  #isWell = true;
  /** Pictures that something is being taken of. */
  #taking = 0;
  /** What was dropped before it began to fail; `undefined` while it does not. */
  #droppedBefore: number | undefined;
  #isOver = false;
  #closed = false;

  /** Writes nothing yet. @throws {RangeError} if `queueLengthMax` is less than 1. */
  constructor(private readonly writer: SinkWriter, private readonly parts: AddedSinkParts) {
    const { queueLengthMax, waits, clock } = parts;
    this.atOnce = writer.needsPicture && !waits ? TAKING_MAX + 1 : 1;
    this.#batchMax = writer.batchMax ?? (writer.needsPicture ? 1 : BATCH_MAX);
    this.#queue = new BoundedQueue(queueLengthMax, "drop_newest", () => this.#drop(), clock);
    this.#warnings = new Thinned((message) => log.warn("{message}", { message }), MINUTE_MS, clock);
  }

  /** What it writes. */
  get description(): string {
    return this.writer.description;
  }

  /** What became of what it was given; what waits is not among it yet. */
  get tally(): SinkTally {
    return { name: this.parts.name, ...this.#counts };
  }

  /** What most keep of a frame is text or numbers. */
  needsPicture(ending: Ending, index: number): boolean {
    return this.writer.needsPicture?.(ending, index) ?? false;
  }

  /**
   * Takes a result: resolves when there is room for it and what is needed of its picture was taken, or
   * it was dropped.
   */
  write(result: FrameResult): Promise<void> {
    const { ending, frame: { index } } = result;
    return this.needsPicture(ending, index)
      ? this.#putPictured(result)
      : this.#put(this.writer.itemOf(result));
  }

  /** Takes what happened beside the frames. */
  async note(note: Note): Promise<void> {
    await this.#put(this.writer.itemOfNote?.(note));
  }

  /** Writes what waits, with one more try if it fails; a sink that is slow gets some seconds. */
  async flush(): Promise<void> {
    this.#ending.abort(OVER);
    this.#gathering.abort(OVER);
    const ended = (async () => {
      do await this.#working; while (this.#working || this.#atDoor.size > 0);
    })();
    while (!this.#isOver && !await within(END_MS, ended, this.parts.clock)) {
      if (!this.#isWell) this.#giveUp("it is too slow");
    }
    this.#warnings.flush();
  }

  /** Ends it. What goes wrong with that is told. */
  async close(summary?: Summary): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    const closing = this.writer.close(summary).catch((error) =>
      this.#tell("cannot end", messageOf(error))
    );
    if (!await within(END_MS, closing, this.parts.clock)) this.#tell("does not end");
    this.#warnings.flush();
  }

  async #put(item: unknown): Promise<void> {
    if (item === undefined) return;
    while (this.#mustWait) await this.#turn();
    if (this.#isOver) {
      this.#counts.failed++;
      return;
    }
    this.#push(item);
  }

  /** Nothing is taken of a picture for which there is no room. */
  async #putPictured(result: FrameResult): Promise<void> {
    if (this.parts.room?.isShort) return void this.#counts.dropped++; // which the room tells
    while (this.#mustWait) await this.#turn();
    if (this.#isOver || this.#isFull || this.#taking >= TAKING_MAX) {
      return this.#isOver ? void this.#counts.failed++ : this.#drop();
    }
    const taken = this.writer.itemOfPicture?.(result)?.catch((cause) => {
      // It does not become better by another try.
      throw new SmarteyeError("invalid_argument", messageOf(cause), { cause });
    });
    if (!taken) return;
    this.#taking++;
    this.#push(taken);
    await taken.catch(() => {}); // told when its turn comes
    this.#taking--;
  }

  get #mustWait(): boolean {
    return this.parts.waits && this.#isFull && this.#isWell && !this.#isOver;
  }

  /** Resolves when there may be room. */
  #turn(): Promise<void> {
    return new Promise((resolve) => void this.#atDoor.add(resolve));
  }

  #push(item: unknown): void {
    void this.#queue.push(item);
    if (this.#queue.length >= this.#batchMax || this.#isFull) this.#gathering.abort(OVER);
    this.#working ??= this.#work();
  }

  get #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  get #isFull(): boolean {
    return this.#queue.length >= this.parts.queueLengthMax;
  }

  /** Writes until nothing waits. */
  async #work(): Promise<void> {
    const { clock } = this.parts;
    while (this.#queue.length > 0 && !this.#isOver) {
      if (!this.#isEnding && this.#queue.length < this.#batchMax && !this.#isFull) {
        this.#gathering = new AbortController();
        await clock.sleep(GATHER_MS, this.#gathering.signal);
      }
      const batch: unknown[] = [];
      while (batch.length < this.#batchMax && this.#queue.length > 0) {
        batch.push(this.#queue.take());
      }
      this.#batch = batch;
      this.#wake();
      await this.#store(batch);
      this.#batch = [];
    }
    this.#working = undefined;
  }

  /** Tries until it is written, or given up. */
  async #store(batch: readonly unknown[]): Promise<void> {
    for (let waitMs = RETRY_MS; !this.#isOver; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
      try {
        if (this.#isEnding) await this.writer.tried?.();
        await this.#writeInTime(this.writer.needsPicture ? await Promise.all(batch) : batch);
        if (this.#isOver) return; // it was counted
        this.#counts.written += batch.length;
        this.#recovered();
        return;
      } catch (error) {
        if (this.#isOver) return;
        this.#isWell = false;
        this.#droppedBefore ??= this.#counts.dropped;
        this.#wake();
        this.#tell("cannot write", messageOf(error));
        if (isSmarteyeError(error) && error.code === "invalid_argument") {
          this.#counts.failed += batch.length;
          return;
        }
        if (this.#isEnding) return this.#giveUp();
        const { retryAfterMs = 0 } = isSmarteyeError(error) ? error : {};
        const pauseMs = Math.min(Math.max(waitMs, retryAfterMs), RETRY_MAX_MS);
        const isBack = new AbortController();
        void this.writer.back?.().then(() => isBack.abort(OVER));
        const over = AbortSignal.any([this.#ending.signal, isBack.signal]);
        await this.parts.clock.sleep(pauseMs, over);
      }
    }
  }

  /** Writes; when that takes long, nobody waits for it any more. */
  async #writeInTime(batch: readonly unknown[]): Promise<void> {
    const done = new AbortController();
    void this.parts.clock.sleep(SLOW_MS, done.signal).then(() => {
      if (done.signal.aborted) return;
      this.#isWell = false;
      this.#wake();
    });
    const startMs = this.parts.clock.nowMs();
    try {
      await this.writer.write(batch);
    } finally {
      done.abort(OVER);
    }
    this.#isWell = this.parts.clock.nowMs() - startMs < SLOW_MS;
  }

  #recovered(): void {
    if (this.#droppedBefore === undefined) return;
    const lost = this.#counts.dropped - this.#droppedBefore;
    this.#droppedBefore = undefined;
    const { name } = this.parts;
    log.info("the sink {name} writes again; {lost} results are lost to it", { name, lost });
  }

  #giveUp(why?: string): void {
    this.#isOver = true;
    let failed = this.#batch.length;
    while (this.#queue.take() !== undefined) failed++;
    this.#counts.failed += failed;
    this.#wake();
    this.#tell(`has no time left, ${failed} results are lost to it`, why);
  }

  #drop(): void {
    this.#counts.dropped++;
    this.#tell("has a full queue: results are lost to it");
  }

  #tell(what: string, why?: string): void {
    this.#warnings.tell(`the sink ${this.parts.name} ${what}`, why && redact(why));
  }

  #wake(): void {
    for (const enter of this.#atDoor) enter();
    this.#atDoor.clear();
  }
}
