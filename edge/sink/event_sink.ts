/** `events.jsonl`, and the best picture of each event in `events/`. */

import { join } from "node:path";
import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Clock } from "../../core/clock.ts";
import type { Pixels } from "../../core/frame.ts";
import { pixelsJpeg } from "../../core/image.ts";
import { pixelPool } from "../../core/pixel_pool.ts";
import { annotate } from "../../drawing/annotate.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import type { Snapshot } from "../events/event_book.ts";
import type { Ending } from "../record.ts";
import { EVENT_FILES } from "../run_files.ts";
import { ANY_ROOM, type Room } from "../retention/disk_room.ts";
import type { Note } from "../scene/note.ts";
import type { Summary } from "../statistics.ts";
import type { Keeping } from "./keeping.ts";
import { LineFile } from "./line_file.ts";
import { Pictured, snapshotPath } from "./pictured.ts";
import { drawing } from "./pixel_budget.ts";
import type { FrameResult, Sink } from "./sink.ts";
import { cannotWrite, writeWhole } from "./write.ts";

const QUALITY = 88;

/** Writes what happens in a scene. Pictures are replaced by better ones while their event goes on. */
export class EventSink implements Sink {
  /** Each may hold a picture. */
  readonly queueLengthMax = 16;
  readonly overflow: OverflowRule = "wait";
  /** A better picture must not be overtaken by the one before. */
  readonly atOnce = 1;
  readonly #pictured = new Pictured();

  #leftOut = 0;

  private constructor(
    private readonly directory: string,
    private readonly file: LineFile,
    private readonly type: Typesetter | undefined,
    private readonly room: Room,
  ) {}

  /**
   * Opens the file.
   *
   * @param withSnapshots whether pictures are kept, too.
   * @param keeping how large parts of the file become, and what room there is for pictures.
   * @throws {SmarteyeError} when it cannot be written.
   */
  static async open(
    directory: string,
    clock: Clock,
    withSnapshots: boolean,
    { parts, room = ANY_ROOM }: Keeping = {},
  ): Promise<EventSink> {
    const type = withSnapshots ? await Typesetter.open() : undefined;
    const how = { clock, ...(parts ? { parts } : {}) };
    const file = await LineFile.open(join(directory, "events.jsonl"), how);
    return new EventSink(directory, file, type, room);
  }

  /** Pictures for which there was no room. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** What it writes. */
  get description(): string {
    return join(this.directory, "events.jsonl");
  }

  /** Of a frame in which something was found, as long as it is not known of which events it is the best. */
  needsPicture(ending: Ending): boolean {
    return this.type !== undefined && "findings" in ending && "detections" in ending.findings &&
      ending.findings.detections.length > 0;
  }

  /**
   * Writes the pictures that a frame gives, and then what happened up to it.
   *
   * @throws {SmarteyeError} when one of them cannot be written.
   */
  async write({ frame: { picture }, snapshots, notes }: FrameResult): Promise<void> {
    const { type, room } = this;
    if (type && snapshots.length > 0 && room.isShort) this.#leftOut += snapshots.length;
    else if (type && snapshots.length > 0) {
      await drawing.hold(picture.width * picture.height, async () => {
        const pixels = await picture.rgb();
        for (const snapshot of snapshots) await this.#store(pixels, snapshot, type);
        pixelPool.giveBack(pixels.data.buffer);
      });
    }
    await Promise.all(notes.map((note) => this.note(note)));
  }

  /** Writes what happened. @throws {SmarteyeError} when this or an earlier line cannot be written. */
  async note(note: Note): Promise<void> {
    await this.file.append(this.#pictured.lineOf(note));
  }

  /** Writes what waits. @throws {SmarteyeError} when this or an earlier line cannot be written. */
  flush(): Promise<void> {
    return this.file.flush();
  }

  /** Writes what is left and closes the file. @throws {SmarteyeError} when it cannot be written. */
  async close(summary?: Summary): Promise<void> {
    await this.file.close(summary !== undefined);
  }

  /** The whole frame, with the one thing marked that the event is about. */
  async #store(
    pixels: Pixels,
    { id, label, score, box }: Snapshot,
    type: Typesetter,
  ): Promise<void> {
    const path = join(this.directory, snapshotPath(id));
    // Not with its parents: a run's directory that was removed does not come again.
    await Deno.mkdir(join(this.directory, EVENT_FILES)).catch((cause) => {
      if (!(cause instanceof Deno.errors.AlreadyExists)) throw cannotWrite(path, cause);
    });
    const own = { ...pixels, data: pixelPool.take(pixels.data.length) };
    own.data.set(pixels.data);
    annotate(own, { detections: [{ label, class_id: 0, score, box }] }, "", type);
    const jpeg = await pixelsJpeg(own, QUALITY);
    pixelPool.giveBack(own.data.buffer);
    if (!this.room.take(jpeg.length)) return void this.#leftOut++;
    await writeWhole(path, jpeg);
    this.#pictured.add(id);
  }
}
