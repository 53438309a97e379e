/** Annotated video of what was seen: every frame of which something is known, in its own time. */

import { dirname } from "node:path";
import type { Packet } from "node-av";
import { type Pixels, scaledToHeight, type Size } from "../../../../core/frame.ts";
import { pixelPool } from "../../../../core/pixel_pool.ts";
import { timeName } from "../../../../core/time_name.ts";
import { Typesetter } from "../../../../drawing/lettering.ts";
import { ZoneOverlay } from "../../../../drawing/zones.ts";
import type { Ending, FrameRecord } from "../../../record.ts";
import type { Shown } from "../../../scene/shown.ts";
import { drawFrame } from "../../drawn_frame.ts";
import { drawing } from "../../pixel_budget.ts";
import type { FrameResult } from "../../sink.ts";
import { cannotWrite } from "../../write.ts";
import { refuseIfThere } from "../append_file.ts";
import type { SinkPlace, SinkWriter } from "../writer.ts";
import { VIDEO_DEFAULTS, type VideoOptions } from "./options.ts";
import { TICKS, VideoEncoder } from "./encoder.ts";
import { Mp4File } from "./mp4_file.ts";

const HOUR_MS = 3_600_000;

/** Ticks after which a keyframe begins a fragment: what a program that is killed loses. */
const FRAGMENT_TICKS = 1000n * BigInt(TICKS);

/** A frame that is to be drawn. */
export interface PickedFrame {
  /** Its picture, at the size of the video. */
  readonly pixels: Pixels;
  /** Its own size. */
  readonly size: Size;
  /** What it shows. */
  readonly shown: Shown;
  /** What its caption tells. */
  readonly record: FrameRecord;
  /** The zones and lines of its scene. */
  readonly zones: FrameResult["zones"];
  /** When it is shown in its source, milliseconds. */
  readonly ptsMs: number;
  /** When it was captured, milliseconds since the Unix epoch. */
  readonly capturedAtMs: number;
}

/** What an encoder made of a frame. */
interface Encoded {
  readonly packet: Packet;
  readonly capturedAtMs: number;
}

/**
 * Draws frames and writes them as H.264. A file begins with the first frame, with each other size, with
 * each hour where that is wanted, and after one that could not be written. The packets since the last
 * keyframe are kept: when a file cannot be written, another begins with them.
 */
export class VideoWriter implements SinkWriter<PickedFrame> {
  readonly #zones = new ZoneOverlay();
  readonly #options: VideoOptions;
  /** Of the file that is written, or is to be. */
  #encoder: VideoEncoder | undefined;
  /** It gave all that was in it. */
  #isDrained = false;
  #file: Mp4File | undefined;
  /** Packets since the last keyframe, and how many of them the file has. */
  #held: Encoded[] = [];
  #stored = 0;
  /** The frame that was encoded last: not again where it could not be written. */
  #encoded: PickedFrame | undefined;
  #lastPts = -1n;
  #lastKey = -1n;
  /** Of the file: the hour that it is of. */
  #hour = NaN;
  /** A file of it has pictures: the next one is beside it. */
  #hasFile = false;
  /** The write that began last. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly place: SinkPlace,
    private readonly type: Typesetter,
  ) {
    this.#options = place.own?.video ?? VIDEO_DEFAULTS;
  }

  /**
   * Makes its directory; a file begins with the first frame.
   *
   * @throws {SmarteyeError} when that cannot be written, the file is there already, or FFmpeg has no
   * encoder of H.264.
   */
  static async open(place: SinkPlace): Promise<VideoWriter> {
    const { path, overwrite } = place;
    VideoEncoder.codec();
    if (!overwrite) await refuseIfThere(path);
    await Deno.mkdir(dirname(path), { recursive: true }).catch((cause) => {
      throw cannotWrite(path, cause);
    });
    return new VideoWriter(place, await Typesetter.open());
  }

  /** What it writes. */
  get description(): string {
    return this.place.path;
  }

  /** As of images: what was inferred is drawn, or filtered since the last result. */
  needsPicture(ending: Ending): boolean {
    return "findings" in ending || ending.outcome === "filtered";
  }

  /** Nothing of a frame that has no picture. */
  itemOf(): undefined {}

  /** The picture of a frame of which something is known, as large as the video. */
  itemOfPicture(result: FrameResult): Promise<PickedFrame> | undefined {
    const { frame: { picture, capturedAtMs }, shown, record, zones } = result;
    if (!shown) return undefined;
    const { width, height, ptsMs } = picture;
    const size = { width, height };
    const target = videoSize(size, this.#options.heightMax);
    return drawing.hold(target.width * target.height, async () => {
      const pixels = await picture.rgb(target);
      return { pixels, size, shown, record, zones, ptsMs, capturedAtMs };
    });
  }

  /** Draws, encodes and writes one frame. @throws {SmarteyeError} when it cannot be written. */
  async write([picked]: readonly PickedFrame[]): Promise<void> {
    if (!picked) return;
    this.#writing = this.#write(picked);
    await this.#writing;
  }

  /** Ends the file. @throws {SmarteyeError} when what is left cannot be written. */
  async close(): Promise<void> {
    // One that nobody waits for any more: FFmpeg's threads may not lose what they work on.
    await this.#writing.catch(() => {});
    try {
      await this.#end();
    } finally {
      this.#release();
    }
  }

  async #write(picked: PickedFrame): Promise<void> {
    if (picked !== this.#encoded) {
      await this.#prepare(picked);
      await this.#encode(picked);
      this.#encoded = picked;
    }
    await this.#store();
  }

  /** Ends the file where the frame begins another, and has an encoder of its size. */
  async #prepare({ pixels: { width, height }, capturedAtMs }: PickedFrame): Promise<void> {
    const { every, crf } = this.#options;
    const { size } = this.#encoder ?? {};
    const hour = every === "hour" ? Math.floor(capturedAtMs / HOUR_MS) : 0;
    if (size?.width === width && size.height === height && hour === this.#hour) return;
    await this.#end();
    this.#hour = hour;
    this.#encoder = await VideoEncoder.open({ width, height }, crf);
  }

  async #encode(picked: PickedFrame): Promise<void> {
    const { pixels, size, ptsMs, capturedAtMs } = picked;
    this.#zones.show(picked.zones);
    drawFrame(pixels, size, picked, this.#zones, this.type);
    const wanted = BigInt(Math.round(ptsMs * TICKS));
    // Times of a video grow, whatever a source says.
    const pts = wanted > this.#lastPts ? wanted : this.#lastPts + BigInt(TICKS);
    const isKey = this.#held.length === 0 || pts - this.#lastKey >= FRAGMENT_TICKS;
    const packets = await this.#encoder!.encode(pixels, pts, isKey);
    pixelPool.giveBack(pixels.data.buffer);
    this.#lastPts = pts;
    this.#hold(packets, capturedAtMs);
  }

  #hold(packets: readonly Packet[], capturedAtMs: number): void {
    for (const packet of packets) {
      if (packet.isKeyframe) this.#lastKey = packet.pts;
      this.#held.push({ packet, capturedAtMs });
    }
  }

  /** Writes what the file has not. Of what is held, only what is not on the disk yet stays. */
  async #store(): Promise<void> {
    if (this.#held.length === 0) return;
    try {
      this.#file ??= await this.#begin();
      for (; this.#stored < this.#held.length; this.#stored++) {
        await this.#file.write(this.#held[this.#stored]!.packet);
      }
    } catch (error) {
      await this.#abandon();
      throw error;
    }
    const key = this.#held.findLastIndex(({ packet }) => packet.isKeyframe);
    for (const { packet } of this.#held.splice(0, Math.max(0, key))) packet.free();
    this.#stored = this.#held.length;
  }

  /** Ends the encoder and its file, if there are any. */
  async #end(): Promise<void> {
    if (this.#encoder && !this.#isDrained) {
      this.#isDrained = true;
      this.#hold(await this.#encoder.end(), this.#encoded?.capturedAtMs ?? 0);
    }
    await this.#store();
    try {
      await this.#file?.close();
      if (this.#file) this.#hasFile = true;
    } catch (error) {
      await this.#abandon();
      throw error;
    }
    this.#file = undefined;
    this.#release();
  }

  /** The file stays as far as it is whole; another one begins with what is held. */
  async #abandon(): Promise<void> {
    this.#hasFile ||= this.#file?.isPlayable ?? false;
    await this.#file?.abandon();
    this.#file = undefined;
    this.#stored = 0;
  }

  async #begin(): Promise<Mp4File> {
    const { capturedAtMs, packet: { pts } } = this.#held[0]!;
    return await Mp4File.begin(await this.#newPath(capturedAtMs), this.#encoder!, pts);
  }

  /** An empty file: the one that is wanted, or one beside it, named by when it begins. */
  async #newPath(capturedAtMs: number): Promise<string> {
    const { path, overwrite } = this.place;
    const isWanted = this.#options.every === "run" && !this.#hasFile;
    const stem = `${path.replace(/\.mp4$/i, "")}_${timeName(new Date(capturedAtMs))}`;
    for (let n = 1;; n++) {
      const own = isWanted ? path : `${stem}${n === 1 ? "" : `_${n}`}.mp4`;
      try {
        const isReplaced = isWanted && overwrite;
        (await Deno.open(own, { write: true, create: isReplaced, createNew: !isReplaced })).close();
        return own;
      } catch (cause) {
        const isTaken = cause instanceof Deno.errors.AlreadyExists;
        if (isWanted || !isTaken) throw cannotWrite(own, cause);
      }
    }
  }

  /** Of what was held nothing is left, nor the encoder that it is of. */
  #release(): void {
    for (const { packet } of this.#held.splice(0)) packet.free();
    this.#stored = 0;
    this.#encoder?.[Symbol.dispose]();
    this.#encoder = undefined;
    this.#isDrained = false;
  }
}

/** The size of a video, with even sides, as H.264's halved colours want them. */
export function videoSize(source: Size, heightMax: number): Size {
  const { width, height } = scaledToHeight(source, heightMax);
  const even = (side: number) => Math.max(2, side - side % 2);
  return { width: even(width), height: even(height) };
}
