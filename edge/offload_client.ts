/** HTTP to the forwarder, with the bytes on the wire counted and a deadline on every exchange. */

import http from "node:http";
import https from "node:https";
import { concatBytes } from "../core/bytes.ts";
import { type Clock, OVER, systemClock } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { redact } from "../core/redact.ts";
import { ErrorAnswer, findingsOf, InferAnswer, queryOf } from "../proto/http_codec.ts";
import type { Findings, Service } from "../core/detection.ts";
import type { ServerLoad } from "../core/model.ts";
import type { Traffic } from "./record.ts";

/** Bytes of an answer that are read. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** Connections for questions about the forwarder itself: one for each of those asked at the start. */
const QUESTIONS_MAX = 2;

/** One frame to be inferred in the cloud. */
export interface OffloadRequest {
  /** The whole file, as it is sent. */
  readonly jpeg: Uint8Array;
  /** Name of a model that the cloud offers. */
  readonly model: string;
  /** What is wanted of it: a model of another service is refused. */
  readonly service: Service;
  /** The frame's number in this run, for the forwarder's log. */
  readonly frame: number;
  /** Milliseconds that the answer is waited for. */
  readonly deadlineMs: number;
}

/** Where the time of one offload went, in milliseconds: the stages add up to `total`. */
export interface OffloadTimings {
  /** On the way, there and back: the upload is part of it. */
  readonly network: number;
  /** Waiting for a Worker of the server. */
  readonly queue: number;
  /** At that Worker: decoded, preprocessed, inferred, postprocessed. */
  readonly infer: number;
  /** Whatever else the forwarder did: dispatching, calling the server, answering. */
  readonly answer: number;
  /** From the first byte sent to the last one received. */
  readonly total: number;
}

/** What the cloud answered. Findings are in pixels of the image that was sent. */
export interface Offloaded {
  /** Boxes lie in `width × height`, not in the captured frame. */
  readonly findings: Findings;
  /** Name of the model that inferred it. */
  readonly model: string;
  /** Pixels of the image that was sent. */
  readonly width: number;
  /** Pixels of the image that was sent. */
  readonly height: number;
  /** Name of the inference server that inferred it. */
  readonly server: string;
  /** Where the time went. */
  readonly timingsMs: OffloadTimings;
  /** How busy that server was when it answered; absent where the forwarder does not tell. */
  readonly load?: ServerLoad;
  /** What the exchange cost. */
  readonly traffic: Traffic;
}

/** How an offload failed: `late` without an answer in time, `refused` by one, `broken` on the way. */
export type OffloadFailure = "late" | "refused" | "broken";

/** An offload that failed: the bytes that it cost anyway, and why. */
export class OffloadError extends Error {
  /** What a stack trace calls it. */
  override readonly name = "OffloadError";

  /**
   * Keeps what the attempt cost, so that it is counted.
   *
   * @param message what happened, as a clause: it goes behind "the cloud failed: ".
   * @param traffic bytes until it failed.
   */
  constructor(
    message: string,
    readonly traffic: Traffic,
    readonly kind: OffloadFailure,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

interface Asked {
  readonly method: "GET" | "POST";
  readonly agent: http.Agent;
  readonly body?: Uint8Array;
}

interface Exchange {
  readonly status: number;
  readonly body: Uint8Array;
  readonly traffic: Traffic;
}

/** Keeps its connections to one forwarder open. */
export class OffloadClient {
  readonly #frames: http.Agent;
  /** Apart from frames, behind which a question would wait until it seems that nobody answers. */
  readonly #questions: http.Agent;
  readonly #transport: typeof http | typeof https;
  readonly #url: URL;
  /** What ends the exchanges that are under way. */
  readonly #hangUps = new Set<() => void>();

  /**
   * Connects at the first request.
   *
   * @param url the forwarder's `/image_handler`.
   * @param connectionsMax connections for frames that are open at once.
   * @param clock deadlines go by it.
   */
  constructor(
    url: string,
    connectionsMax: number,
    private readonly clock: Clock = systemClock,
  ) {
    this.#url = new URL(url);
    this.#transport = this.#url.protocol === "https:" ? https : http;
    const { Agent } = this.#transport;
    this.#frames = new Agent({ keepAlive: true, maxSockets: connectionsMax });
    this.#questions = new Agent({ keepAlive: true, maxSockets: QUESTIONS_MAX });
  }

  /** Where frames go, for people. */
  get description(): string {
    return redact(this.#url.href);
  }

  /** Has one frame inferred. @throws {OffloadError} when there is no usable answer in time. */
  async offload(request: OffloadRequest): Promise<Offloaded> {
    const { model, service, frame, deadlineMs, jpeg } = request;
    const url = new URL(this.#url); // with the query of its own, if it has one
    const fields = queryOf({ model, service, deadline_ms: Math.ceil(deadlineMs), frame });
    for (const [name, value] of fields) url.searchParams.set(name, value);
    const sentAtMs = this.clock.nowMs();
    const { status, body, traffic } = await this.#exchange(url, deadlineMs, {
      method: "POST",
      agent: this.#frames,
      body: jpeg,
    });
    if (status !== 200) throw new OffloadError(refusal(status, body), traffic, "refused");
    const answer = parseAnswer(body);
    if (!answer) throw new OffloadError("its answer is not one of a forwarder", traffic, "refused");
    return {
      findings: findingsOf(answer),
      model: answer.model,
      width: answer.width,
      height: answer.height,
      server: answer.server,
      timingsMs: timingsOf(answer, this.clock.nowMs() - sentAtMs),
      traffic,
    };
  }

  /**
   * Looks whether the forwarder takes frames where they will be sent. One that does not answer may yet
   * come up.
   *
   * @throws {SmarteyeError} `invalid_argument` when it says that it has no such path: every frame would
   * be refused.
   */
  async assertPath(deadlineMs: number): Promise<void> {
    const answer = await this.#ask(this.#url, deadlineMs).catch(() => undefined);
    if (answer?.status !== 404 || errorOf(answer.body)?.error !== "not_found") return;
    const wanted = redact(new URL("/image_handler", this.#url).href);
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot offload to "${this.description}": the forwarder has no such path, "${wanted}" is ` +
        `wanted (--forwarder, [flask-url] video_frame_url)`,
    );
  }

  /**
   * Asks the forwarder for something beside `/image_handler`.
   *
   * @throws {SmarteyeError} `unavailable` when there is no JSON answer in time.
   */
  async getJson(path: string, deadlineMs: number): Promise<unknown> {
    const url = new URL(path, this.#url);
    try {
      const { status, body } = await this.#ask(url, deadlineMs);
      if (status === 200) return JSON.parse(new TextDecoder().decode(body));
      throw new Error(`it answers ${status}`);
    } catch (cause) {
      throw new SmarteyeError(
        "unavailable",
        `Cannot ask ${redact(url.href)}: ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  /** Closes the connections: what is under way fails at once. */
  close(): void {
    // Without this, one on a kept connection would be tried once more on a new one.
    for (const hangUp of this.#hangUps) hangUp();
    this.#frames.destroy();
    this.#questions.destroy();
  }

  #ask(url: URL, deadlineMs: number): Promise<Exchange> {
    return this.#exchange(url, deadlineMs, { method: "GET", agent: this.#questions });
  }

  #exchange(url: URL, deadlineMs: number, { method, agent, body }: Asked): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined
        ? {}
        : { "content-type": "image/jpeg", "content-length": String(body.length) };
      const request = this.#transport.request(url, { method, headers, agent });
      let traffic = (): Traffic => ({ bytesUp: 0, bytesDown: 0 });
      const ended = new AbortController();
      const fail = (
        cause: unknown,
        found = messageOf(cause),
        kind: OffloadFailure = "broken",
      ) => {
        ended.abort(OVER);
        reject(new OffloadError(found, traffic(), kind, { cause }));
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
      request.on("socket", (socket) => {
        const spent = traffic();
        const before = { up: socket.bytesWritten ?? 0, down: socket.bytesRead ?? 0 };
        let connected = !socket.connecting; // else nothing that is written is on the wire
        if (!connected) socket.once("connect", () => connected = true);
        traffic = () => ({
          bytesUp: spent.bytesUp + (connected ? (socket.bytesWritten ?? 0) - before.up : 0),
          bytesDown: spent.bytesDown + (connected ? (socket.bytesRead ?? 0) - before.down : 0),
        });
      });
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
          const status = response.statusCode ?? 0;
          resolve({ status, body: concatBytes(chunks), traffic: traffic() });
        });
      });
      request.end(body);
    });
  }
}

/** What the forwarder did not need of an exchange, the network did. */
function timingsOf({ timings_ms, process_time }: InferAnswer, total: number): OffloadTimings {
  const { queue } = timings_ms;
  const processMs = Math.min(total, process_time * 1000);
  const infer = Math.max(0, timings_ms.total - queue);
  const answer = Math.max(0, processMs - queue - infer);
  return { network: total - processMs, queue, infer, answer, total };
}

function parseAnswer(body: Uint8Array): InferAnswer | undefined {
  try {
    return InferAnswer.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return undefined; // said by the caller, in one sentence
  }
}

function errorOf(body: Uint8Array): ErrorAnswer | undefined {
  try {
    return ErrorAnswer.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return undefined; // it is no forwarder that answers so, or one that says no more
  }
}

function refusal(status: number, body: Uint8Array): string {
  const error = errorOf(body);
  return `it answers ${status}` + (error ? `: ${error.detail}` : "");
}
