/** A file of one video stream, of which FFmpeg writes the packets. */

import { resolve } from "node:path";
import {
  Dictionary,
  FFmpegError,
  FormatContext,
  IOContext,
  type Packet,
  type Stream,
} from "node-av";
import { AVIO_FLAG_WRITE } from "node-av/constants";
import { cannotWrite } from "./write.ts";

/**
 * Fragmented MP4 (ISO/IEC 14496-12, 8.8): what is needed to play it stands before the first picture, and
 * each keyframe begins a fragment that needs none of the others. So it is whole up to its last fragment,
 * whenever its program ends.
 */
const FRAGMENTED = { movflags: "frag_keyframe+empty_moov+default_base_moof", flush_packets: "1" };

/** How a file is begun. */
export interface ContainerOptions {
  /** FFmpeg's name of the container. */
  readonly format: "mp4" | "matroska";
  /**
   * Says what the packets are.
   *
   * @returns FFmpeg's code of how that went, if there is one.
   * @internal
   */
  readonly describe: (stream: Stream) => number | void;
}

/** An open file. What FFmpeg does, it does on threads of its own. */
export class Container {
  readonly #output = new FormatContext();
  readonly #io = new IOContext();
  #isOpen = false;
  #isFreed = false;

  private constructor(
    /** Where it is. */
    readonly path: string,
  ) {}

  /**
   * Begins a file.
   *
   * @throws {SmarteyeError} when it cannot be written: then it is closed.
   * @internal
   */
  static async begin(path: string, { format, describe }: ContainerOptions): Promise<Container> {
    const file = new Container(path);
    try {
      await file.#begin(format, describe);
    } catch (error) {
      await file.free();
      throw error;
    }
    return file;
  }

  /**
   * Writes a packet, which stays the caller's: of its time, duration and stream it becomes the file's.
   *
   * @param timeBase seconds of a tick of the packet's times, as a fraction.
   * @throws {SmarteyeError} when it, or one before it, cannot be written.
   * @internal
   */
  async write(
    packet: Packet,
    timeBase: { readonly num: number; readonly den: number },
  ): Promise<void> {
    const stream = this.#output.streams[0]!;
    packet.streamIndex = stream.index;
    packet.rescaleTs(timeBase, stream.timeBase);
    this.#check(await this.#output.writeFrame(packet));
  }

  /** Writes what is left and closes it. @throws {SmarteyeError} when it cannot be written. */
  async close(): Promise<void> {
    this.#check(await this.#output.writeTrailer());
    this.#check(await this.free());
  }

  /** Closes it as it is; a second time nothing happens. @returns FFmpeg's code of how that went */
  async free(): Promise<number> {
    if (this.#isFreed) return 0;
    this.#isFreed = true;
    let code = 0;
    if (this.#isOpen) {
      code = await this.#io.closep();
      this.#output.pb = null;
    }
    this.#output.freeContext();
    return code;
  }

  async #begin(
    format: ContainerOptions["format"],
    describe: ContainerOptions["describe"],
  ): Promise<void> {
    const url = `file:${resolve(this.path)}`;
    this.#check(this.#output.allocOutputContext2(null, format, url));
    this.#check(await this.#io.open2(url, AVIO_FLAG_WRITE));
    this.#isOpen = true;
    this.#output.pb = this.#io;
    this.#check(describe(this.#output.newStream()) ?? 0);
    const options = Dictionary.fromObject(format === "mp4" ? FRAGMENTED : {});
    this.#check(await this.#output.writeHeader(options));
  }

  #check(code: number): void {
    if (code < 0) throw cannotWrite(this.path, FFmpegError.strerror(code));
  }
}
