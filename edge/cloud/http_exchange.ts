/** One question and its answer over HTTP, with the bytes on the wire counted and a deadline. */

import http from "node:http";
import https from "node:https";
import type { ListenAddress } from "../../core/address.ts";
import { concatBytes } from "../../core/bytes.ts";
import { type Clock, OVER } from "../../core/clock.ts";
import type { Traffic } from "../record.ts";
import {
  EDGE_HEADER,
  edgeHeaderOf,
  type EdgeSaid,
  type EdgeTallies,
} from "../../proto/http_edge.ts";
import { PlainAgent } from "./plain_agent.ts";
import { requestHead } from "./request_head.ts";
import { retryAfterMs } from "./retry_after.ts";
import { connectionTrouble, TlsAgent } from "./tls_agent.ts";
import { Wire } from "./wire.ts";

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
  /** Name of the source that the frame is from. */
  readonly source?: string | undefined;
  /** Told with a question: what became of this edge's frames. */
  readonly frames?: EdgeTallies | undefined;
  /** Milliseconds that the answer is waited for. */
  readonly deadlineMs: number;
  /** Sent with a frame: what its span is called elsewhere (W3C Trace Context). */
  readonly traceparent?: string | undefined;
  /**
   * Asked before it is sent once more over another connection, since the one that it went over was
   * closed meanwhile; it is sent at most twice. Without, it may be.
   */
  readonly mayRepeat?: () => boolean;
  /** Asked as bytes come, with how many there are: no more are read until it says yes. */
  readonly mayRead?: (bytesDown: number) => boolean | Promise<boolean>;
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
  /** Milliseconds after which it may be asked again, if the answer says so. */
  readonly retryAfterMs?: number;
}

/**
 * An exchange that came to nothing: `late` without an answer in time, `broken` on the way, `barred` when
 * it was not even tried since the byte allowance does not reach.
 */
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
    readonly kind: "late" | "broken" | "barred",
    options?: { cause?: unknown; isUnheard?: boolean },
  ) {
    super(message, options);
    this.isUnheard = options?.isUnheard ?? false;
  }

  /** The connection stood and broke before anything of an answer came: another may do better. */
  readonly isUnheard: boolean;
}

/** How this edge makes itself known, whom it trusts, and what it reaches them over. */
export interface Access {
  /** What this edge says of itself; nothing where it is absent. */
  readonly edge?: Pick<EdgeSaid, "name" | "version"> | undefined;
  /** Sent with every request; never shown. */
  readonly token?: string | undefined;
  /** Certificates (PEM) of authorities that are trusted beside those that everybody trusts. */
  readonly authorities?: readonly string[];
  /** Where connections are opened, whoever is asked; absent: at whom is asked. */
  readonly via?: ListenAddress | undefined;
}

/** The way that exchanges go. */
export interface Transport {
  /** Asks once. @throws {ExchangeError} when there is no whole answer in time. */
  exchange(asked: Asked): Promise<Exchange>;
  /** Ends what is under way, and closes the connections. */
  close(): void;
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
   * @param access of the forwarder that is asked.
   */
  constructor(
    protocol: string,
    connectionsMax: number,
    private readonly clock: Clock,
    private readonly access: Access = {},
  ) {
    this.#node = protocol === "https:" ? https : http;
    const agent = (maxSockets: number) =>
      protocol === "https:"
        ? new TlsAgent(maxSockets, access.authorities ?? [], access.via)
        : new PlainAgent(maxSockets, access.via);
    this.#frames = agent(connectionsMax);
    this.#questions = agent(QUESTIONS_MAX);
  }

  exchange(asked: Asked): Promise<Exchange> {
    const { deadlineMs, mayRepeat, mayRead } = asked;
    return new Promise((resolve, reject) => {
      const request = this.#request(asked);
      const wire = new Wire(this.clock);
      let connections = 0;
      const ended = new AbortController();
      const fail = (
        cause: unknown,
        found = connectionTrouble(cause),
        kind: "late" | "broken" = "broken",
        isUnheard = false,
      ) => {
        ended.abort(OVER);
        reject(new ExchangeError(found, wire.traffic(), kind, { cause, isUnheard }));
        wire.end();
        request.destroy();
      };
      const broke = (cause: unknown) => fail(cause, undefined, "broken", wire.isUnheard);
      const hangUp = () => fail(undefined, "the edge has hung up");
      this.#hangUps.add(hangUp);
      void this.clock.sleep(deadlineMs, ended.signal).then(() => {
        this.#hangUps.delete(hangUp);
        if (ended.signal.aborted) return;
        fail(undefined, `no answer within ${Math.round(deadlineMs)} ms`, "late");
      });
      // Comes once more when a kept connection was closed meanwhile and the request goes over a new one.
      request.on("socket", (socket) => {
        const isUnheard = wire.isUnheard;
        wire.take(socket);
        if (++connections === 1 || (connections === 2 && (mayRepeat?.() ?? true))) return;
        fail(undefined, "the connection was closed", "broken", isUnheard && connections === 2);
      });
      request.on("error", broke);
      request.on("response", (response) => {
        const chunks: Uint8Array[] = [];
        let length = 0;
        response.on("data", (chunk: Uint8Array) => {
          chunks.push(chunk);
          length += chunk.length;
          if (length > ANSWER_BYTES_MAX) return fail(undefined, "its answer is too large");
          const may = mayRead?.(wire.traffic().bytesDown) ?? true;
          if (may === true) return;
          response.pause();
          void Promise.resolve(may).then((goesOn) => {
            if (goesOn) response.resume();
            else fail(undefined, "the byte allowance does not reach for its answer");
          });
        });
        response.on("error", (cause) => fail(cause));
        response.on("end", () => {
          ended.abort(OVER);
          const { sentAtMs, bytesSent } = wire;
          const status = response.statusCode ?? 0;
          const waitMs = retryAfterMs(response.headers["retry-after"], this.clock.epochMs());
          resolve({
            ...{ status, body: concatBytes(chunks), traffic: wire.traffic(), sentAtMs, bytesSent },
            ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
          });
          wire.end();
          // Nobody may ever read the rest: its connection would be kept from all frames to come.
          if (!request.writableFinished) request.destroy();
        });
      });
      request.end(asked.jpeg);
    });
  }

  close(): void {
    // Without this, one on a kept connection would be tried once more on a new one.
    for (const hangUp of this.#hangUps) hangUp();
    this.#frames.destroy();
    this.#questions.destroy();
  }

  #request({ url, jpeg, traceparent, source, frames }: Asked): http.ClientRequest {
    const { token, edge } = this.access;
    // The uplink is precious: with a frame only what is another's each time.
    const said = edge && (jpeg ? { name: edge.name, source } : { ...edge, frames });
    const known = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(said ? { [EDGE_HEADER]: edgeHeaderOf(said) } : {}),
    };
    if (!jpeg) {
      const headers = requestHead(url, known);
      return this.#node.request(url, { method: "GET", headers, agent: this.#questions });
    }
    const headers = requestHead(url, {
      ...known,
      "content-type": "image/jpeg",
      "content-length": String(jpeg.length),
      traceparent,
    });
    return this.#node.request(url, { method: "POST", headers, agent: this.#frames });
  }
}
