/** A file of packets as they were sent: MP4 in fragments, or Matroska where MP4 does not carry the codec. */

import { type Packet, Rational } from "node-av";
import type { Segment } from "../capture/media/packet_tape.ts";
import { Container } from "../sink/container.ts";

/** Takes packets of one piece of a tape. */
export class ClipFile {
  /** Its time is known when the next one is there. */
  #held: Packet | undefined;
  #step = 0n;

  private constructor(
    private readonly file: Container,
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
    const { format, timeBase: { num, den } } = segment;
    try {
      const file = await Container.begin(path, {
        format,
        describe(stream) {
          const code = segment.parameters.copy(stream.codecpar);
          stream.codecpar.codecTag = 0; // each container has its own
          stream.timeBase = new Rational(num, den);
          return code;
        },
      });
      return new ClipFile(file, segment, startTicks);
    } catch (error) {
      await removed(path);
      throw error;
    }
  }

  /** Where it is. */
  get path(): string {
    return this.file.path;
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
    await this.file.close();
  }

  /** Closes it and takes it away. */
  async remove(): Promise<void> {
    this.#held?.free();
    this.#held = undefined;
    await this.file.free();
    await removed(this.path);
  }

  async #write(packet: Packet): Promise<void> {
    packet.duration = this.#step;
    try {
      await this.file.write(packet, this.segment.timeBase);
    } finally {
      packet.free();
    }
  }
}

async function removed(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {}); // why it is no good is what matters
}
