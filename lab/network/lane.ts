/** One connection's way over a link, in one direction: what waits before it, what has come out. */

import { concatBytes } from "../../core/bytes.ts";

/** Bytes of a packet: connections take turns by it. */
export const PACKET_BYTES_MAX = 1500;

/** Bytes that may lie at the far end before nothing more of the connection is carried. */
const ARRIVED_BYTES_MAX = 64 * 1024;

/**
 * What happens to a connection. It takes its turn behind the bytes before it, and none of the link's
 * time: the connection is opened, this direction of it ends, or it is reset.
 */
export type Mark = "open" | "end" | "reset";

/** What is carried at once. */
export type Load = Uint8Array | Mark;

/** Its bytes. */
export function lengthOf(load: Load): number {
  return typeof load === "string" ? 0 : load.length;
}

/** What is sent at once, and since when it could have been carried, by the link's time. */
export interface Packet {
  /** At most `PACKET_BYTES_MAX` bytes. */
  readonly load: Load;
  /** Milliseconds. */
  readonly readyAtMs: number;
}

/** What a lane needs of its link. */
export interface LinkOfLane {
  /** The link's own time, milliseconds. */
  readonly nowMs: () => number;
  /** Bytes that the lane may hold before its sender waits. */
  readonly bufferBytes: () => number;
  /** The lane has something to send, and no turn yet. */
  readonly enlist: () => void;
  /** The lane is closed. */
  readonly onClose: () => void;
}

/**
 * A way over a link that others share. Who uses it has `send`, `mark`, `receive` and `close`; the
 * rest is for the link.
 */
export class Lane {
  readonly #packets: Packet[] = [];
  #heldBytes = 0;
  readonly #arrived: Load[] = [];
  #arrivedBytes = 0;
  /** Whether it has a turn, or a packet of it is passing. */
  #listed = false;
  /** Since when the far end has had room, by the link's time. */
  #roomSinceMs = 0;
  #closed = false;
  #onRoom: (() => void)[] = [];
  #onArrival: (() => void) | undefined;

  /** Nothing is under way yet. */
  constructor(private readonly link: LinkOfLane) {}

  /**
   * Sends bytes, which must not change any more. Resolves when they are on the wire but for a small
   * buffer, or when the lane is closed: to be waited for before more is sent.
   */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return;
    for (let at = 0; at < bytes.length; at += PACKET_BYTES_MAX) {
      this.#put(bytes.subarray(at, at + PACKET_BYTES_MAX));
    }
    this.#enlist();
    if (this.#isFull) await new Promise<void>((go) => this.#onRoom.push(go));
  }

  /** Sends a mark. With `"reset"`, what is not on the wire yet is lost. */
  mark(mark: Mark): void {
    if (this.#closed) return;
    if (mark === "reset") this.#forget();
    this.#put(mark);
    this.#enlist();
  }

  /**
   * Waits for what comes out at the far end: all bytes that have arrived, or a mark; `undefined` when
   * the lane is closed. One waits at a time.
   */
  async receive(): Promise<Load | undefined> {
    while (this.#arrived.length === 0) {
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => this.#onArrival = resolve);
    }
    if (typeof this.#arrived[0] === "string") return this.#arrived.shift();
    const end = this.#arrived.findIndex((load) => typeof load === "string");
    const chunks = this.#arrived.splice(0, end < 0 ? Infinity : end) as Uint8Array[];
    if (this.#isStuck) this.#roomSinceMs = this.link.nowMs();
    this.#arrivedBytes = 0;
    this.#enlist();
    return concatBytes(chunks);
  }

  /** Takes the connection off the link: what is under way is lost. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#arrived.length = 0;
    this.#forget();
    this.#onArrival?.();
    this.link.onClose();
  }

  /** The packet whose turn it is; `undefined` when it was lost meanwhile. */
  take(): Packet | undefined {
    const packet = this.#packets.shift();
    if (!packet) return undefined;
    this.#heldBytes -= lengthOf(packet.load);
    this.#letSend();
    return { ...packet, readyAtMs: Math.max(packet.readyAtMs, this.#roomSinceMs) };
  }

  /** The packet that was taken is on the wire, or there was none. Enlists itself if there is more. */
  passed(): void {
    this.#listed = false;
    this.#enlist();
  }

  /** Something has come out at the far end. */
  arrive(load: Load): void {
    if (this.#closed) return;
    this.#arrived.push(load);
    this.#arrivedBytes += lengthOf(load);
    this.#onArrival?.();
  }

  get #isFull(): boolean {
    return this.#heldBytes > this.link.bufferBytes();
  }

  /** Whether the far end takes nothing more for now. */
  get #isStuck(): boolean {
    return this.#arrivedBytes >= ARRIVED_BYTES_MAX;
  }

  #put(load: Load): void {
    this.#packets.push({ load, readyAtMs: this.link.nowMs() });
    this.#heldBytes += lengthOf(load);
  }

  #enlist(): void {
    if (this.#listed || this.#packets.length === 0 || this.#isStuck) return;
    this.#listed = true;
    this.link.enlist();
  }

  /** Lets the sender go on, if there is room. */
  #letSend(): void {
    if (this.#isFull) return;
    for (const go of this.#onRoom.splice(0)) go();
  }

  /** Loses what is not on the wire yet. */
  #forget(): void {
    this.#packets.length = 0;
    this.#heldBytes = 0;
    this.#letSend();
  }
}
