/** A file of video that is whole up to its last fragment, whenever its program ends. */

import type { Packet } from "node-av";
import { Container } from "../../container.ts";
import { cannotWrite } from "../../write.ts";
import type { VideoEncoder } from "./encoder.ts";

/** Ticks of the packets in a second. */
const TIME_BASE = { num: 1, den: 90_000 };

/** Ticks that the last picture is shown where there is no other to tell: a 25th of a second. */
const LAST_TICKS = 3600n;

/** Takes packets of one encoder. */
export class Mp4File {
  /** Bytes of whole fragments. */
  #whole = 0;
  #lastPts = 0n;

  private constructor(
    private readonly file: Container,
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
    try {
      const describe = encoder.describe.bind(encoder);
      return new Mp4File(await Container.begin(path, { format: "mp4", describe }), startPts);
    } catch (error) {
      await Deno.remove(path).catch(() => {}); // why it cannot be written is what matters
      throw error;
    }
  }

  /** Where it is. */
  get path(): string {
    return this.file.path;
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
    own.pts = packet.pts - this.startPts;
    own.dts = packet.dts - this.startPts;
    // How long it is shown is known when the next one comes; until then as long as the one before.
    const step = own.pts - this.#lastPts;
    own.duration = step > 0n && step < 10n * LAST_TICKS ? step : LAST_TICKS;
    this.#lastPts = own.pts;
    const isFirst = own.pts === 0n;
    await this.file.write(own, TIME_BASE);
    if (!isFirst && packet.isKeyframe) {
      this.#whole = (await Deno.stat(this.path).catch((cause) => {
        throw cannotWrite(this.path, cause);
      })).size;
    }
  }

  /** Writes what is left and closes it. @throws {SmarteyeError} when it cannot be written. */
  close(): Promise<void> {
    return this.file.close();
  }

  /** Closes what cannot be written: its whole fragments stay, and without any it goes. */
  async abandon(): Promise<void> {
    await this.file.free();
    const cut = this.isPlayable ? Deno.truncate(this.path, this.#whole) : Deno.remove(this.path);
    await cut.catch(() => {}); // why it cannot be written is what matters
  }
}
