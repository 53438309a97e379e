/** One question and its answer over HTTP, with the bytes on the wire counted and a deadline. */

import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { concatBytes } from "../core/bytes.ts";
import { type Clock, OVER } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Traffic } from "./record.ts";

/** Bytes of an answer that are read. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** Connections for questions: one for each of those asked at the start. */
const QUESTIONS_MAX = 2;

/** What is asked. */
export interface Asked {
  /** Whom. */
  readonly url: URL;
  /** A frame, which is posted; without one it is a question, which frames do not hold up here. */
  readonly jpeg?: Uint8Array;
  /** Milliseconds that the answer is waited for. */
  readonly deadlineMs: number;
}

/** What was answered, and what it took. */
export interface Exchange {
  /** Of the answer. */
  readonly status: number;
  /** Of the answer. */
  readonly body: Uint8Array;
  /** Bytes both ways. */
  readonly traffic: Traffic;
  /** When the request began to be written to a connection that was open, on the clock's `nowMs`. */
  readonly sentAtMs: number;
  /** Bytes that were written then; what was sent in vain before is not among them. */
  readonly bytesSent: number;
}

/** An exchange that came to nothing: `late` without an answer in time, `broken` on the way. */
export class ExchangeError extends Error {
  /** What a stack trace calls it. */
  override readonly name = "ExchangeError";

  /**
   * Keeps what the attempt cost.
   *
   * @param message what happened, as a clause.
   * @param traffic bytes until it failed.
   */
  constructor(
    message: string,
    readonly traffic: Traffic,
    readonly kind: "late" | "broken",
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The way that exchanges go. */
export interface Transport {
  /** Asks once. @throws {ExchangeError} when there is no whole answer in time. */
  exchange(asked: Asked): Promise<Exchange>;
  /** Ends what is under way, and closes the connections. */
  close(): void;
}

/** What one exchange has put on its sockets. */
class Wire {
  #spent: Traffic = { bytesUp: 0, bytesDown: 0 };
  #socket: Socket | undefined;
  #before = { up: 0, down: 0 };
  #isConnected = false;
  /** When the socket was ready for the request. */
  sentAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly openedBy: "connect" | "secureConnect",
  ) {}

  /** Goes on with another socket: the first, or one instead of a kept one that was closed meanwhile. */
  take(socket: Socket): void {
    this.#spent = this.traffic();
    this.#socket = socket;
    this.#before = { up: socket.bytesWritten ?? 0, down: socket.bytesRead ?? 0 };
    this.#isConnected = !socket.connecting; // else nothing that is written is on the wire
    this.sentAtMs = this.clock.nowMs();
    if (this.#isConnected) return;
    socket.once("connect", () => this.#isConnected = true);
    socket.once(this.openedBy, () => this.sentAtMs = this.clock.nowMs());
  }

  /** Bytes that were written to the latest socket. */
  get bytesSent(): number {
    return this.#isConnected ? (this.#socket?.bytesWritten ?? 0) - this.#before.up : 0;
  }

  /** Bytes of all sockets. */
  traffic(): Traffic {
    const read = this.#isConnected ? (this.#socket?.bytesRead ?? 0) - this.#before.down : 0;
    const { bytesUp, bytesDown } = this.#spent;
    return { bytesUp: bytesUp + this.bytesSent, bytesDown: bytesDown + read };
  }
}

/** Exchanges over HTTP or HTTPS. Connections are kept open, those for frames apart from the others. */
export class HttpTransport implements Transport {
  readonly #frames: http.Agent;
  /** Apart from frames, behind which a question would wait until it seems that nobody answers. */
  readonly #questions: http.Agent;
  readonly #node: typeof http | typeof https;
  /** What ends the exchanges that are under way. */
  readonly #hangUps = new Set<() => void>();

  /**
   * Connects at the first request.
   *
   * @param protocol `http:` or `https:`, as that of every URL that will be asked.
   * @param connectionsMax connections for frames that are open at once.
   * @param clock deadlines go by it.
   */
  constructor(protocol: string, connectionsMax: number, private readonly clock: Clock) {
    this.#node = protocol === "https:" ? https : http;
    const { Agent } = this.#node;
    this.#frames = new Agent({ keepAlive: true, maxSockets: connectionsMax });
    this.#questions = new Agent({ keepAlive: true, maxSockets: QUESTIONS_MAX });
  }

  exchange({ url, jpeg, deadlineMs }: Asked): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const request = this.#request(url, jpeg);
      const wire = new Wire(this.clock, this.#node === https ? "secureConnect" : "connect");
      const ended = new AbortController();
      const fail = (
        cause: unknown,
        found = messageOf(cause),
        kind: "late" | "broken" = "broken",
      ) => {
        ended.abort(OVER);
        reject(new ExchangeError(found, wire.traffic(), kind, { cause }));
        request.destroy();
      };
      const hangUp = () => fail(undefined, "the edge has hung up");
      this.#hangUps.add(hangUp);
      void this.clock.sleep(deadlineMs, ended.signal).then(() => {
        this.#hangUps.delete(hangUp);
        if (ended.signal.aborted) return;
        fail(undefined, `no answer within ${Math.round(deadlineMs)} ms`, "late");
      });
      // Comes once more when a kept connection was closed meanwhile and the request goes over a new one.
      request.on("socket", (socket) => wire.take(socket));
      request.on("error", fail);
      request.on("response", (response) => {
        const chunks: Uint8Array[] = [];
        let length = 0;
        response.on("data", (chunk: Uint8Array) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length > ANSWER_BYTES_MAX) fail(undefined, "its answer is too large");
        });
        response.on("error", fail);
        response.on("end", () => {
          ended.abort(OVER);
          const { sentAtMs, bytesSent } = wire;
          const status = response.statusCode ?? 0;
          resolve({
            ...{ status, body: concatBytes(chunks), traffic: wire.traffic(), sentAtMs, bytesSent },
          });
          // Nobody may ever read the rest: its connection would be kept from all frames to come.
          if (!request.writableFinished) request.destroy();
        });
      });
      request.end(jpeg);
    });
  }

  close(): void {
    // Without this, one on a kept connection would be tried once more on a new one.
    for (const hangUp of this.#hangUps) hangUp();
    this.#frames.destroy();
    this.#questions.destroy();
  }

  #request(url: URL, jpeg: Uint8Array | undefined): http.ClientRequest {
    if (!jpeg) return this.#node.request(url, { method: "GET", agent: this.#questions });
    const headers = { "content-type": "image/jpeg", "content-length": String(jpeg.length) };
    return this.#node.request(url, { method: "POST", headers, agent: this.#frames });
  }
}
