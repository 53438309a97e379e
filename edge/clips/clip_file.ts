/** A file of packets as they were sent: MP4 in fragments, or Matroska where MP4 does not carry the codec. */

import { resolve } from "node:path";
import { Dictionary, FFmpegError, FormatContext, IOContext, type Packet, Rational } from "node-av";
import { AVIO_FLAG_WRITE } from "node-av/constants";
import type { Segment } from "../capture/media/packet_tape.ts";
import { cannotWrite } from "../sink/write.ts";

/** As of annotated video: whole up to its last fragment, whenever its program ends. */
const FRAGMENTED = { movflags: "frag_keyframe+empty_moov+default_base_moof" };

/** Takes packets of one piece of a tape. What FFmpeg does, it does on threads of its own. */
export class ClipFile {
  /** Its time is known when the next one is there. */
  #held: Packet | undefined;
  #step = 0n;
  #isOpen = false;
  #isFreed = false;

  private constructor(
    /** Where it is. */
    readonly path: string,
    private readonly output: FormatContext,
    private readonly io: IOContext,
    private readonly segment: Segment,
    private readonly startTicks: bigint,
  ) {}

  /**
   * Begins a file.
   *
   * @param startTicks when its first packet is decoded, which is 0 in it.
   * @throws {SmarteyeError} when it cannot be written: then it is gone.
   */
  static async begin(path: string, segment: Segment, startTicks: bigint): Promise<ClipFile> {
    const output = new FormatContext();
    const io = new IOContext();
    const url = `file:${resolve(path)}`;
    const file = new ClipFile(path, output, io, segment, startTicks);
    try {
      check(path, output.allocOutputContext2(null, segment.format, url));
      check(path, await io.open2(url, AVIO_FLAG_WRITE));
      file.#isOpen = true;
      output.pb = io;
      const stream = output.newStream();
      check(path, segment.parameters.copy(stream.codecpar));
      stream.codecpar.codecTag = 0; // each container has its own
      stream.timeBase = new Rational(segment.timeBase.num, segment.timeBase.den);
      const options = segment.format === "mp4" ? FRAGMENTED : {};
      check(path, await output.writeHeader(Dictionary.fromObject(options)));
    } catch (error) {
      await file.remove();
      throw error;
    }
    return file;
  }

  /**
   * Takes a packet, which is the file's from now on.
   *
   * @throws {SmarteyeError} when it, or one before it, cannot be written.
   * @internal
   */
  async add(packet: Packet): Promise<void> {
    packet.pts -= this.startTicks;
    packet.dts -= this.startTicks;
    const before = this.#held;
    this.#held = packet;
    if (!before) return;
    this.#step = packet.dts - before.dts;
    await this.#write(before);
  }

  /** Writes what is left and closes it. @throws {SmarteyeError} when it cannot be written. */
  async close(): Promise<void> {
    const last = this.#held;
    this.#held = undefined;
    if (last) await this.#write(last);
    check(this.path, await this.output.writeTrailer());
    check(this.path, await this.#free());
  }

  /** Closes it and takes it away. */
  async remove(): Promise<void> {
    await this.#free();
    await Deno.remove(this.path).catch(() => {}); // why it is no good is what matters
  }

  async #write(packet: Packet): Promise<void> {
    const stream = this.output.streams[0]!;
    packet.streamIndex = stream.index;
    packet.duration = this.#step;
    packet.rescaleTs(this.segment.timeBase, stream.timeBase);
    const code = await this.output.writeFrame(packet);
    packet.free();
    check(this.path, code);
  }

  /** @returns FFmpeg's code of how closing went. */
  async #free(): Promise<number> {
    if (this.#isFreed) return 0;
    this.#isFreed = true;
    this.#held?.free();
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
