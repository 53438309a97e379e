/** A link in virtual time, and exchanges over it: no socket, and it knows what is true. */

import type { Clock } from "../../core/clock.ts";
import {
  type Asked,
  type Exchange,
  ExchangeError,
  type Transport,
} from "../../edge/cloud/http_exchange.ts";

/** Bytes of a frame's head, of a question's, and of an answer's. */
const HEAD_BYTES = { frame: 220, question: 130, answer: 150 };

/** One direction: carries what it is given one after the other, and each a while later. */
export class VirtualWay {
  #freeAtMs = 0;

  constructor(
    private readonly clock: Clock,
    readonly bytesPerSec: number,
    readonly delayMs: number,
  ) {}

  /** Resolves when it has taken all of them. `arrived` is called when they are through. */
  async carry(bytes: number, arrived: () => void): Promise<void> {
    const nowMs = this.clock.nowMs();
    this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + bytes * 1000 / this.bytesPerSec;
    void this.clock.sleep(this.#freeAtMs + this.delayMs - nowMs).then(arrived);
    await this.clock.sleep(this.#freeAtMs - nowMs);
  }
}

/** How bytes go over the link. */
export interface Pieces {
  /** In pieces of so many bytes, each of which arrives as a whole. */
  readonly bytes: number;
  /** Whether those of exchanges that are under way take turns, or one waits for the other. */
  readonly takeTurns: boolean;
}

/** What a virtual link is made of. */
export interface VirtualLink {
  /** From the edge. */
  readonly up: VirtualWay;
  /** To the edge. */
  readonly down: VirtualWay;
  /** How bytes go over it. */
  readonly pieces: Pieces;
}

/** Hands requests to a forwarder as the link delivers them, piece by piece, and answers back. */
export class VirtualTransport implements Transport {
  /** Of each frame that was answered, the milliseconds that it and its answer were on the way. */
  readonly networkMs: number[] = [];
  readonly #idle = { frame: 0, question: 0 };

  constructor(
    private readonly clock: Clock,
    private readonly link: VirtualLink,
    private readonly forwarder: (request: Request) => Promise<Response>,
  ) {}

  async exchange(asked: Asked): Promise<Exchange> {
    const over = new AbortController();
    const late = this.clock.sleep(asked.deadlineMs, over.signal).then(() => {
      throw new ExchangeError("it is late", { bytesUp: 0, bytesDown: 0 }, "late");
    });
    late.catch(() => {});
    const exchange = this.#exchange(asked);
    try {
      return await Promise.race([exchange, late]);
    } finally {
      over.abort();
    }
  }

  close(): void {}

  async #exchange({ url, jpeg }: Asked): Promise<Exchange> {
    const { up, down } = this.link;
    const kind = jpeg ? "frame" : "question";
    const beganAtMs = this.clock.nowMs();
    if (this.#idle[kind] > 0) this.#idle[kind]--;
    else await this.clock.sleep(up.delayMs + down.delayMs); // a connection is opened
    const sentAtMs = this.clock.nowMs();
    const bytesSent = HEAD_BYTES[kind] + (jpeg?.length ?? 0);
    const { answer, arrivedAtMs } = await this.#ask(url, jpeg, bytesSent);
    const response = await answer;
    const body = new Uint8Array(await response.arrayBuffer());
    const answeredAtMs = this.clock.nowMs();
    const bytesDown = HEAD_BYTES.answer + body.length;
    await this.#carry(down, bytesDown, () => {});
    if (jpeg) this.networkMs.push(arrivedAtMs - beganAtMs + this.clock.nowMs() - answeredAtMs);
    this.#idle[kind]++;
    const traffic = { bytesUp: bytesSent, bytesDown };
    return { status: response.status, body, traffic, sentAtMs, bytesSent };
  }

  /** Brings a request to the forwarder: its head with the first piece. */
  async #ask(url: URL, jpeg: Uint8Array | undefined, bytes: number) {
    let answer: Promise<Response> | undefined;
    let at = 0;
    const body = new TransformStream<Uint8Array, Uint8Array>(
      undefined,
      { highWaterMark: Infinity },
      { highWaterMark: Infinity },
    );
    const writer = body.writable.getWriter();
    await this.#carry(this.link.up, bytes, (piece) => {
      const headers = { "content-type": "image/jpeg" };
      answer ??= this.forwarder(
        jpeg
          ? new Request(url, { method: "POST", headers, body: body.readable })
          : new Request(url),
      );
      if (!jpeg) return;
      const end = at + piece - (at === 0 ? HEAD_BYTES.frame : 0);
      void writer.write(jpeg.subarray(at, end));
      at = end;
      if (at === jpeg.length) void writer.close();
    });
    return { answer: answer!, arrivedAtMs: this.clock.nowMs() };
  }

  /** Resolves when the last of so many bytes is through. `arrived` gets the size of each piece. */
  async #carry(way: VirtualWay, bytes: number, arrived: (piece: number) => void): Promise<void> {
    const { bytes: pieceBytes, takeTurns } = this.link.pieces;
    const through = Promise.withResolvers<void>();
    for (let left = bytes; left > 0; left -= pieceBytes) {
      const piece = Math.min(left, pieceBytes);
      const isLast = left <= pieceBytes;
      const taken = way.carry(piece, () => {
        arrived(piece);
        if (isLast) through.resolve();
      });
      if (takeTurns) await taken;
    }
    await through.promise;
  }
}
