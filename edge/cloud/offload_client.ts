/** What is said to a forwarder: frames, and questions about itself. */

import { type Clock, OVER, systemClock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { HIDDEN, redact } from "../../core/redact.ts";
import { annotateSpan, tracedCall, traceparent } from "../../core/tracing.ts";
import { RetryBudget } from "../../core/retry_budget.ts";
import { findingsOf, InferAnswer, queryOf, ServersAnswer } from "../../proto/http_codec.ts";
import type { EdgeTallies } from "../../proto/http_edge.ts";
import { ErrorAnswer } from "../../proto/http_errors.ts";
import { loadOf } from "../../proto/http_load.ts";
import type { Schema } from "../../proto/http_schema.ts";
import { type Exchange, ExchangeError, HttpTransport, type Transport } from "./http_exchange.ts";
import { type OffloadTimings, timingsOf } from "./offload_timings.ts";
import { UplinkMeter } from "./uplink_meter.ts";
import type { Findings, Service } from "../../core/detection.ts";
import type { ServerLoad } from "../../core/model.ts";
import type { Traffic } from "../record.ts";

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
  /** Name of its source, for whoever runs the forwarder. */
  readonly source?: string | undefined;
  /** Milliseconds that the answer is waited for. */
  readonly deadlineMs: number;
  /** Asked before it is sent once more; without, it may be. */
  readonly mayRetry?: () => boolean;
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

/**
 * How an offload failed: `late` without an answer in time, `refused` by one, `denied` since frames of
 * this edge are not taken, `broken` on the way, `barred` when it was not sent for want of allowance.
 */
export type OffloadFailure = "late" | "refused" | "denied" | "broken" | "barred";

/** How often frames were sent once more, and were not although it may have helped. */
export interface Retries {
  /** Sent once more. */
  readonly sent: number;
  /** Not sent once more: too many others were. */
  readonly denied: number;
}

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

/** Says it over connections to one forwarder. */
export class OffloadClient {
  readonly #url: URL;
  readonly #transport: Transport;
  readonly #uplink: UplinkMeter;
  readonly #budget: RetryBudget;
  readonly #closed = new AbortController();

  /**
   * Connects at the first request.
   *
   * @param url the forwarder's `/image_handler`.
   * @param connectionsMax connections for frames that are open at once.
   * @param clock time is measured by it, and deadlines go by it.
   * @param transport how exchanges go; over HTTP, if not said.
   * @param secret what is sent with each of them: it is not shown where an answer repeats it.
   * @param frames what became of the frames of this edge, which is told with questions.
   */
  constructor(
    url: string,
    connectionsMax: number,
    private readonly clock: Clock = systemClock,
    transport?: Transport,
    private readonly secret = "",
    private readonly frames?: () => EdgeTallies,
  ) {
    this.#url = new URL(url);
    this.#uplink = new UplinkMeter(connectionsMax);
    this.#budget = new RetryBudget(clock, { share: 0.2, triesPerSec: 0.5 });
    this.#transport = transport ?? new HttpTransport(this.#url.protocol, connectionsMax, clock);
  }

  /** Where frames go, for people. */
  get description(): string {
    return redact(this.#url.href);
  }

  /** Bytes a second that the uplink carries while frames are sent; `undefined` when not known of late. */
  get uplinkBytesPerSec(): number | undefined {
    return this.#uplink.bytesPerSec(this.clock.nowMs());
  }

  /** Frames that were sent once more, up to now. */
  get retries(): Retries {
    return { sent: this.#budget.sentAgain, denied: this.#budget.denied };
  }

  /**
   * Has one frame inferred. It is sent once more where that may help and the budget allows it: the bytes
   * of both tries are counted.
   *
   * @throws {OffloadError} when there is no usable answer in time.
   */
  async offload(request: OffloadRequest): Promise<Offloaded> {
    const sentAtMs = this.clock.nowMs();
    try {
      return await this.#offload(request);
    } catch (error) {
      const bytes = error instanceof OffloadError ? error.traffic.bytesUp : 0;
      this.#uplink.addLost({ sentAtMs, endedAtMs: this.clock.nowMs(), bytes });
      throw error;
    }
  }

  /**
   * Looks whether the forwarder takes frames where they will be sent. One that does not answer may yet
   * come up.
   *
   * @throws {SmarteyeError} `invalid_argument` when it says that it has no such path: every frame would
   * be refused.
   */
  async assertPath(deadlineMs: number): Promise<void> {
    const asked = { url: this.#url, deadlineMs };
    const answer = await this.#transport.exchange(asked).catch(() => undefined);
    if (answer?.status !== 404) return;
    if (parsed(ErrorAnswer, answer.body)?.error !== "not_found") return;
    const wanted = redact(new URL("/image_handler", this.#url).href);
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot offload to "${this.description}": the forwarder has no such path, "${wanted}" is ` +
        `wanted (--forwarder, [flask-url] video_frame_url)`,
    );
  }

  /**
   * Asks the forwarder for its servers. That tells how long the way to it takes, too.
   *
   * @throws {SmarteyeError} `unavailable` when it does not say so in time.
   */
  async servers(deadlineMs: number): Promise<ServersAnswer> {
    const url = new URL("v1/servers", this.#url);
    try {
      const frames = this.frames?.();
      const exchange = await this.#transport.exchange({ url, deadlineMs, frames });
      const { status, body, traffic, sentAtMs } = exchange;
      if (isDenied(status)) throw new OffloadError(this.#refusal(status, body), traffic, "denied");
      if (status !== 200) throw new Error(`it answers ${status}`);
      const answer = parsed(ServersAnswer, body);
      if (!answer) throw new Error(NOT_ONE);
      const { received } = answer;
      if (received) this.#uplink.addQuestion({ sentAtMs, received });
      return answer;
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
    this.#closed.abort(OVER);
    this.#transport.close();
  }

  async #offload(request: OffloadRequest): Promise<Offloaded> {
    const beganAtMs = this.clock.nowMs();
    const exchange = await this.#exchange(request, beganAtMs);
    const totalMs = this.clock.nowMs() - beganAtMs;
    const { status, body, traffic, sentAtMs, bytesSent } = exchange;
    if (status !== 200) {
      // The deadline passed there: whether that is heard before it passes here is chance.
      const kind = status === 504 ? "late" : isDenied(status) ? "denied" : "refused";
      throw new OffloadError(this.#refusal(status, body), traffic, kind);
    }
    const answer = parsed(InferAnswer, body);
    if (!answer) throw new OffloadError(NOT_ONE, traffic, "refused");
    const { received, load } = answer;
    if (received) this.#uplink.addUpload({ sentAtMs, received, bytes: bytesSent });
    return {
      findings: findingsOf(answer),
      model: answer.model,
      width: answer.width,
      height: answer.height,
      server: answer.server,
      timingsMs: timingsOf(answer, totalMs),
      ...(load ? { load: loadOf(load) } : {}),
      traffic,
    };
  }

  /** Sends a frame, once more where that may help: what it cost is summed up. */
  async #exchange(request: OffloadRequest, beganAtMs: number): Promise<Exchange> {
    const { deadlineMs, mayRetry = () => true } = request;
    this.#budget.request();
    let isDecided = false; // the transport may have asked
    const mayRepeat = () => {
      if (isDecided || !mayRetry()) return false;
      isDecided = true;
      return this.#budget.take();
    };
    const first = await this.#send(request, deadlineMs, mayRepeat);
    const tookMs = this.clock.nowMs() - beganAtMs;
    const pauseMs = pauseBeforeAnother(first);
    // The next try will take as long as this one, at least.
    const fits = pauseMs !== undefined && pauseMs + 2 * tookMs < deadlineMs;
    if (!fits || this.#closed.signal.aborted || !mayRepeat()) return answered(first);
    const { bytesUp: bytes } = first.traffic;
    this.#uplink.addLost({ sentAtMs: beganAtMs, endedAtMs: this.clock.nowMs(), bytes });
    if (pauseMs > 0) await this.clock.sleep(pauseMs, this.#closed.signal);
    const leftMs = deadlineMs - (this.clock.nowMs() - beganAtMs);
    if (leftMs <= 0 || this.#closed.signal.aborted || !mayRetry()) return answered(first);
    const second = await this.#send(request, leftMs, () => false);
    const isBarred = second instanceof ExchangeError && second.kind === "barred";
    return isBarred ? answered(first) : answered(second, first.traffic);
  }

  async #send(
    { model, service, frame, source, jpeg }: OffloadRequest,
    deadlineMs: number,
    mayRepeat: () => boolean,
  ): Promise<Exchange | ExchangeError> {
    const url = new URL(this.#url); // with the query of its own, if it has one
    const fields = queryOf({ model, service, deadline_ms: Math.ceil(deadlineMs), frame });
    for (const [name, value] of fields) url.searchParams.set(name, value);
    try {
      return await tracedCall(() => callOf(url, model, frame), async () => {
        const exchange = await this.#transport.exchange({
          ...{ url, deadlineMs, jpeg, source, mayRepeat },
          traceparent: traceparent(),
        });
        annotateSpan(() => ({ "http.response.status_code": exchange.status }));
        return exchange;
      });
    } catch (cause) {
      if (cause instanceof ExchangeError) return cause;
      throw cause;
    }
  }

  /** What an answer says no with: a stranger's word, which stands in each line that it is the reason of. */
  #refusal(status: number, body: Uint8Array): string {
    const said = parsed(ErrorAnswer, body)?.detail ?? "";
    const shown = this.secret === "" ? said : said.replaceAll(this.secret, HIDDEN);
    const detail = shown.length > DETAIL_MAX ? `${shown.slice(0, DETAIL_MAX)}…` : shown;
    const answer = `it answers ${status}` + (detail && `: ${detail}`);
    return isDenied(status) ? `${answer}; another token is wanted ([flask-url] token)` : answer;
  }
}

/** As OpenTelemetry's semantic conventions have a request over HTTP. */
function callOf({ hostname, port, protocol, pathname }: URL, model: string, frame: number) {
  const attributes = {
    "http.request.method": "POST",
    "server.address": hostname,
    "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
    "url.path": pathname,
    "smarteye.model": model,
    "smarteye.frame": frame,
  };
  return { name: "POST", attributes };
}

/** Milliseconds after which another try may help; `undefined` where none does. */
function pauseBeforeAnother(tried: Exchange | ExchangeError): number | undefined {
  if (tried instanceof ExchangeError) return tried.isUnheard ? 0 : undefined;
  return tried.status === 503 || tried.status === 429 ? tried.retryAfterMs : undefined;
}

/** The exchange, with what was spent before. @throws {OffloadError} when it came to nothing. */
function answered(tried: Exchange | ExchangeError, before?: Traffic): Exchange {
  const traffic = {
    bytesUp: tried.traffic.bytesUp + (before?.bytesUp ?? 0),
    bytesDown: tried.traffic.bytesDown + (before?.bytesDown ?? 0),
  };
  if (!(tried instanceof ExchangeError)) return { ...tried, traffic };
  throw new OffloadError(tried.message, traffic, tried.kind, { cause: tried });
}

function isDenied(status: number): boolean {
  return status === 401 || status === 403;
}

/** Characters of what an answer says no with. */
const DETAIL_MAX = 500;

/** What an answer is that cannot be read. */
const NOT_ONE = "its answer is not one of a forwarder";

/** A body as what it should be; `undefined` when it is none, which the caller says in one sentence. */
function parsed<T>(schema: Schema<T>, body: Uint8Array): T | undefined {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return undefined;
  }
}
