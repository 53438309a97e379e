/** A file of video that is whole up to its last fragment, whenever its program ends. */

import { resolve } from "node:path";
import { Dictionary, FFmpegError, FormatContext, IOContext, type Packet } from "node-av";
import { AVIO_FLAG_WRITE } from "node-av/constants";
import { cannotWrite } from "../../write.ts";
import type { VideoEncoder } from "./encoder.ts";

/**
 * Fragmented MP4 (ISO/IEC 14496-12, 8.8): what is needed to play it stands before the first picture, and
 * each keyframe begins a fragment that needs none of the others.
 */
const FRAGMENTED = { movflags: "frag_keyframe+empty_moov+default_base_moof", flush_packets: "1" };

/** Ticks that the last picture is shown where there is no other to tell: a 25th of a second. */
const LAST_TICKS = 3600n;

/** Takes packets of one encoder. */
export class Mp4File {
  /** Bytes of whole fragments. */
  #whole = 0;
  #lastPts = 0n;
  #isOpen = false;
  #isFreed = false;

  private constructor(
    /** Where it is. */
    readonly path: string,
    private readonly output: FormatContext,
    private readonly io: IOContext,
    /** What its clock begins with, ticks of the packets. */
    private readonly startPts: bigint,
  ) {}

  /**
   * Begins the file, which is there and empty.
   *
   * @param startPts time of its first packet, which is 0 in it.
   * @throws {SmarteyeError} when it cannot be written: then it is gone.
   */
  static async begin(path: string, encoder: VideoEncoder, startPts: bigint): Promise<Mp4File> {
    const output = new FormatContext();
    const io = new IOContext();
    const url = `file:${resolve(path)}`;
    const file = new Mp4File(path, output, io, startPts);
    try {
      check(path, output.allocOutputContext2(null, "mp4", url));
      check(path, await io.open2(url, AVIO_FLAG_WRITE));
      file.#isOpen = true;
      output.pb = io;
      encoder.describe(output.newStream());
      check(path, await output.writeHeader(Dictionary.fromObject(FRAGMENTED)));
    } catch (error) {
      await file.abandon();
      throw error;
    }
    return file;
  }

  /** Whether a fragment of it is whole. */
  get isPlayable(): boolean {
    return this.#whole > 0;
  }

  /**
   * Adds a packet, which stays the caller's. With a keyframe, what came before it is on the disk.
   *
   * @throws {SmarteyeError} when it cannot be written.
   * @internal
   */
  async write(packet: Packet): Promise<void> {
    using own = packet.clone()!;
    const stream = this.output.streams[0]!;
    own.streamIndex = stream.index;
    own.pts = packet.pts - this.startPts;
    own.dts = packet.dts - this.startPts;
    // How long it is shown is known when the next one comes; until then as long as the one before.
    const step = own.pts - this.#lastPts;
    own.duration = step > 0n && step < 10n * LAST_TICKS ? step : LAST_TICKS;
    this.#lastPts = own.pts;
    own.rescaleTs({ num: 1, den: 90_000 }, stream.timeBase);
    check(this.path, await this.output.writeFrame(own));
    if (own.pts > 0n && packet.isKeyframe) {
      this.#whole = (await Deno.stat(this.path).catch((cause) => {
        throw cannotWrite(this.path, cause);
      })).size;
    }
  }

  /** Writes what is left and closes it. @throws {SmarteyeError} when it cannot be written. */
  async close(): Promise<void> {
    check(this.path, await this.output.writeTrailer());
    check(this.path, await this.#free());
  }

  /** Closes what cannot be written: its whole fragments stay, and without any it goes. */
  async abandon(): Promise<void> {
    await this.#free();
    const cut = this.isPlayable ? Deno.truncate(this.path, this.#whole) : Deno.remove(this.path);
    await cut.catch(() => {}); // why it cannot be written is what matters
  }

  /** @returns FFmpeg's code of how closing went. */
  async #free(): Promise<number> {
    if (this.#isFreed) return 0;
    this.#isFreed = true;
    let code = 0;
    if (this.#isOpen) {
      code = await this.io.closep();
      this.output.pb = null;
    }
    this.output.freeContext();
    return code;
  }
}

function check(path: string, code: number): void {
  if (code < 0) throw cannotWrite(path, FFmpegError.strerror(code));
}
