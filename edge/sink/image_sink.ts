/** Annotated frames as JPEG files. */

import { join } from "node:path";
import type { OverflowRule } from "../../core/bounded_queue.ts";
import { pixelsJpeg } from "../../core/image.ts";
import { pixelPool } from "../../core/pixel_pool.ts";
import type { ImagesRule } from "../options.ts";
import type { Ending } from "../record.ts";
import { ANY_ROOM, type Room } from "../retention/disk_room.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import { ZoneOverlay } from "../../drawing/zones.ts";
import { drawFrame } from "./drawn_frame.ts";
import { imageName, isDrawn, mayBeDrawn } from "./images_rule.ts";
import { drawing } from "./pixel_budget.ts";
import type { FrameResult, Sink } from "./sink.ts";
import { writeWhole } from "./write.ts";

const QUALITY = 88;

/** Writes `frame_000001.jpg` … into a directory: of the frames of which something is known those of a rule. */
export class ImageSink implements Sink {
  readonly description: string;
  /** Each holds a picture. */
  readonly queueLengthMax = 16;
  readonly overflow: OverflowRule = "wait";
  /**
   * Four a core, if they are small: each goes back and forth between this thread and the threads of the
   * codec, and with fewer these run dry.
   */
  readonly atOnce: number = 4 * navigator.hardwareConcurrency;
  readonly #zones = new ZoneOverlay();
  #leftOut = 0;

  private constructor(
    private readonly directory: string,
    private readonly rule: ImagesRule,
    private readonly type: Typesetter,
    private readonly room: Room,
  ) {
    this.description = join(directory, "frame_….jpg");
  }

  /** For a directory that is there; reads the typeface of labels and captions. */
  static async open(
    directory: string,
    rule: ImagesRule,
    room: Room = ANY_ROOM,
  ): Promise<ImageSink> {
    return new ImageSink(directory, rule, await Typesetter.open(), room);
  }

  /** Pictures for which there was no room. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Of a frame that the rule may want. */
  needsPicture(ending: Ending, index: number): boolean {
    return mayBeDrawn(this.rule, ending, index);
  }

  /**
   * Draws and writes one frame, if it is one of those and there is room for it.
   *
   * @throws {SmarteyeError} when it cannot be written.
   */
  async write(result: FrameResult): Promise<void> {
    const { frame: { index, picture }, ending, shown, record, zones } = result;
    if (!this.needsPicture(ending, index) || !isDrawn(this.rule, shown)) return;
    if (this.room.isShort) return void this.#leftOut++;
    const path = join(this.directory, imageName(index));
    await drawing.hold(picture.width * picture.height, async () => {
      const pixels = await picture.rgb();
      this.#zones.show(zones);
      drawFrame(pixels, picture, { shown, record }, this.#zones, this.type);
      const jpeg = await pixelsJpeg(pixels, QUALITY);
      pixelPool.giveBack(pixels.data.buffer);
      if (!this.room.take(jpeg.length)) return void this.#leftOut++;
      await writeWhole(path, jpeg);
    });
  }

  /** Each file is whole when its frame is written: nothing is left. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
