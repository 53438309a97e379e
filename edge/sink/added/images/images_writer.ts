/** Annotated frames as JPEG files in a directory of their own. */

import { join } from "node:path";
import { SmarteyeError } from "../../../../core/errors.ts";
import { type Pixels, scaledToHeight, type Size } from "../../../../core/frame.ts";
import { pixelsJpeg } from "../../../../core/image.ts";
import { pixelPool } from "../../../../core/pixel_pool.ts";
import { Typesetter } from "../../../../drawing/lettering.ts";
import { ZoneOverlay } from "../../../../drawing/zones.ts";
import type { Ending, FrameRecord } from "../../../record.ts";
import { FRAME_FILE } from "../../../run_files.ts";
import type { Shown } from "../../../scene/shown.ts";
import { drawFrame } from "../../drawn_frame.ts";
import { imageName, isDrawn, mayBeDrawn } from "../../images_rule.ts";
import { drawing } from "../../pixel_budget.ts";
import type { FrameResult } from "../../sink.ts";
import { cannotWrite, writeWhole } from "../../write.ts";
import { refuseIfThere } from "../append_file.ts";
import type { SinkPlace, SinkWriter } from "../writer.ts";
import { IMAGES_DEFAULTS, type ImagesOptions } from "./options.ts";

/** A frame that is to be drawn. */
export interface PickedImage {
  /** Its picture, as large as the image; given back when it is drawn. */
  pixels: Pixels | undefined;
  /** What was made of it: not again where that could not be written. */
  jpeg: Uint8Array | undefined;
  /** Its own size. */
  readonly size: Size;
  /** What it shows. */
  readonly shown: Shown;
  /** What its caption tells. */
  readonly record: FrameRecord;
  /** The zones and lines of its scene. */
  readonly zones: FrameResult["zones"];
}

/** Draws frames and writes each into a file, `frame_000001.jpg` …, which is whole or not there. */
export class ImagesWriter implements SinkWriter<PickedImage> {
  readonly #zones = new ZoneOverlay();
  readonly #options: ImagesOptions;

  private constructor(
    private readonly place: SinkPlace,
    private readonly type: Typesetter,
  ) {
    this.#options = place.own?.images ?? IMAGES_DEFAULTS;
  }

  /**
   * Makes the directory; images of an earlier run in it are refused, or taken away.
   *
   * @throws {SmarteyeError} when it cannot be written, or has such images that are not to go.
   */
  static async open(place: SinkPlace): Promise<ImagesWriter> {
    const { path, overwrite } = place;
    try {
      await Deno.mkdir(path, { recursive: true });
      const there = await Array.fromAsync(Deno.readDir(path));
      for (const { name } of there.filter(({ name }) => FRAME_FILE.test(name))) {
        if (!overwrite) await refuseIfThere(join(path, name));
        await Deno.remove(join(path, name));
      }
    } catch (cause) {
      throw cause instanceof SmarteyeError ? cause : cannotWrite(path, cause);
    }
    return new ImagesWriter(place, await Typesetter.open());
  }

  /** What it writes. */
  get description(): string {
    return join(this.place.path, "frame_….jpg");
  }

  /** Of a frame that the rule may want. */
  needsPicture(ending: Ending, index: number): boolean {
    return mayBeDrawn(this.#options.rule, ending, index);
  }

  /** Nothing of a frame that has no picture. */
  itemOf(): undefined {}

  /** The picture of a frame that the rule wants, as large as the image. */
  itemOfPicture({ frame: { picture }, shown, record, zones }: FrameResult):
    | Promise<PickedImage>
    | undefined {
    const { rule, heightMax } = this.#options;
    if (!isDrawn(rule, shown)) return undefined;
    const { width, height } = picture;
    const target = scaledToHeight(picture, heightMax);
    return drawing.hold(target.width * target.height, async () => {
      const pixels = await picture.rgb(target);
      return { pixels, jpeg: undefined, size: { width, height }, shown, record, zones };
    });
  }

  /** Draws and writes one frame. @throws {SmarteyeError} when it cannot be written. */
  async write([picked]: readonly PickedImage[]): Promise<void> {
    if (!picked) return;
    const { pixels, size, record } = picked;
    if (pixels) {
      this.#zones.show(picked.zones);
      drawFrame(pixels, size, picked, this.#zones, this.type);
      picked.jpeg = await pixelsJpeg(pixels, this.#options.quality);
      pixelPool.giveBack(pixels.data.buffer);
      picked.pixels = undefined;
    }
    await writeWhole(join(this.place.path, imageName(record.frame)), picked.jpeg!);
  }

  /** Each file is whole when its frame is written: nothing is left. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
