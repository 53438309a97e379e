/** One clip while it is written: what of the tape goes into it, and what it comes to. */

import type { Packet } from "node-av";
import type { Segment, Taped } from "../capture/media/packet_tape.ts";

/** What takes a clip's packets. */
export interface ClipOutput {
  /**
   * Takes one, which is the output's from now on. @throws when it cannot be written.
   *
   * @internal
   */
  add(packet: Packet): Promise<void>;
  /** Ends it. @throws when it cannot be written. */
  close(): Promise<void>;
  /** Takes it away. */
  remove(): Promise<void>;
}

/** Opens the file of a clip. @throws when it cannot be written. */
export type OpenClip = (segment: Segment, startTicks: bigint) => Promise<ClipOutput>;

/** Bytes that may wait to be written; more: the disk is too slow. */
const WAITING_MAX = 64_000_000;

/** Takes packets as the tape gives them, and writes them beside all else that goes on. */
export class Clip {
  /** Names of the rules whose alerts it is of. */
  readonly rules = new Set<string>();
  /** Number of the packet on the tape that is to be read next. */
  next: number;
  /** The piece of the tape that it is of; `undefined` before its first packet. */
  segment: Segment | undefined;
  /** When it begins and how far it goes by now, on the tape. */
  span: { readonly firstMs: number; readonly lastMs: number } | undefined;
  /** What goes into it by what is known, on the tape. */
  untilMs: number = -Infinity;
  /** Why there is less than is wanted, as a clause. */
  cut: string | undefined;
  /** Where it is, from the run's directory; `undefined` before its first packet. */
  place: string | undefined;
  readonly #waiting: Packet[] = [];
  #waitingBytes = 0;
  #opening: Promise<ClipOutput> | undefined;
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;
  #failure: { readonly error: unknown } | undefined;

  /**
   * Of one event.
   *
   * @param id the event's name.
   * @param next number of its first packet on the tape.
   * @param fromMs when it is to begin, on the tape.
   */
  constructor(
    readonly id: string,
    next: number,
    readonly fromMs: number,
    private readonly open: OpenClip,
  ) {
    this.next = next;
  }

  /** Takes packets of the tape: they are shared, not copied. */
  add(packets: readonly Taped[]): void {
    for (const { packet, segment, atMs } of packets) {
      if (this.#failure) return;
      const own = packet.clone();
      if (!own) return this.#fail(new Error("there is no memory for more of it"));
      this.segment ??= segment;
      const { firstMs = atMs, lastMs = atMs } = this.span ?? {};
      this.span = { firstMs, lastMs: Math.max(lastMs, atMs) };
      this.#opening ??= this.open(segment, own.dts);
      this.#waiting.push(own);
      this.#waitingBytes += own.size;
      if (this.#waitingBytes > WAITING_MAX) this.#fail(new Error("the disk is too slow for it"));
    }
    if (this.#waiting.length > 0 && !this.#isWorking) {
      this.#isWorking = true;
      this.#working = this.#work();
    }
  }

  /** Ends it, when all is written. @throws what kept it from being written: then it is gone. */
  async close(): Promise<void> {
    await this.#working;
    const output = await this.#opening?.catch(() => undefined); // told below
    if (!this.#failure) await output?.close().catch((error) => this.#fail(error));
    if (!this.#failure) return;
    this.#letGo();
    await output?.remove();
    throw this.#failure.error;
  }

  async #work(): Promise<void> {
    try {
      const output = await this.#opening!;
      for (let packet; !this.#failure && (packet = this.#waiting.shift());) {
        this.#waitingBytes -= packet.size;
        await output.add(packet);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isWorking = false;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#letGo();
  }

  #letGo(): void {
    for (const packet of this.#waiting.splice(0)) packet.free();
    this.#waitingBytes = 0;
  }
}
