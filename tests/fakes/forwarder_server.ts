/** A forwarder of which each answer is scripted, byte by byte where need be. */

import type { InferAnswer, ServerAnswer } from "../../proto/http_codec.ts";

/** A whole answer. */
export const INFER_ANSWER: InferAnswer = {
  model: "accurate",
  width: 320,
  height: 180,
  detections: [{ label: "car", class_id: 2, score: 0.8, box: [32, 18, 64, 36] }],
  server: "s1",
  timings_ms: { decode: 1, queue: 2, preprocess: 3, infer: 10, postprocess: 2, total: 18 },
  process_time: 0.02,
};

/** The load of a server that has nothing to do, in the answer of `GET /v1/servers`. */
export const IDLE_LOAD: ServerAnswer["load"] = {
  cpu_utilization: 0,
  memory_utilization: 0,
  queue_length: 0,
  running: 0,
  workers: 1,
};

/** A server of this machine that answers as the test says. */
export class FakeForwarder implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Ports that requests came from: one for each connection. */
  readonly connections = new Set<number>();

  constructor(handler: (request: Request) => Response | Promise<Response>) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request, { remoteAddr }) => {
        this.connections.add(remoteAddr.port);
        return handler(request);
      },
    );
  }

  /** Where frames go. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/image_handler`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** What a raw server does with a connection; it gets each request's bytes and answers with bytes. */
export type RawAnswer = (connection: Deno.Conn, request: Uint8Array, nth: number) => Promise<void>;

/** A server that knows nothing of HTTP: it reads requests to their end and does as it is told. */
export class RawServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;
  /** Bytes that came and went. */
  readonly bytes = { in: 0, out: 0 };
  accepted = 0;
  requests = 0;

  constructor(private readonly answer: RawAnswer) {
    this.#serving = this.#accept();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}/image_handler`;
  }

  /** Sends bytes, counted. */
  async send(connection: Deno.Conn, text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    this.bytes.out += bytes.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#serving;
  }

  async #accept(): Promise<void> {
    const serving: Promise<void>[] = [];
    try {
      for await (const connection of this.#listener) {
        this.accepted++;
        this.#connections.add(connection);
        serving.push(this.#serve(connection));
      }
    } finally {
      await Promise.all(serving);
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    try {
      let pending: Uint8Array = new Uint8Array();
      const chunk = new Uint8Array(65536);
      for (let nth = 1;; nth++) {
        while (requestLength(pending) > pending.length) {
          const read = await connection.read(chunk);
          if (read === null) return;
          this.bytes.in += read;
          pending = Uint8Array.from([...pending, ...chunk.subarray(0, read)]);
        }
        const length = requestLength(pending);
        this.requests++;
        await this.answer(connection, pending.subarray(0, length), nth);
        pending = pending.subarray(length);
      }
    } catch {
      // The client left, or the test closed the connection: that is what it is for.
    } finally {
      close(connection);
    }
  }
}

/** Closes a connection that may be closed already. */
export function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was.
  }
}

/** A JSON answer as it goes over the wire. */
export function rawAnswer(body: unknown, status = "200 OK"): string {
  const text = JSON.stringify(body);
  const length = new TextEncoder().encode(text).length;
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n` +
    `content-length: ${length}\r\n\r\n${text}`;
}

/** Length of the first request in `bytes`; more than there are while its end has not come. */
function requestLength(bytes: Uint8Array): number {
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return Infinity;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? "0";
  return end + 4 + Number(length);
}
