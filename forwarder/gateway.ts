/** The forwarder's HTTP side: takes offloaded frames, and tells how it and its servers are. */

import { Hono } from "hono";
import type { Clock } from "../core/clock.ts";
import { asSmarteyeError, type ErrorCode, SmarteyeError } from "../core/errors.ts";
import type { Limits } from "../core/limits.ts";
import {
  inferAnswerOf,
  type Instant,
  serverAnswerOf,
  type ServersAnswer,
} from "../proto/http_codec.ts";
import { json, refuse, wrongMethod } from "../web/answers.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { instants } from "./instants.ts";
import type { Metrics } from "./metrics.ts";
import { receive } from "./receive.ts";
import type { ServerPool } from "./server_pool.ts";

const DRAINING = "Cannot take the request: the forwarder is draining";

/** What the gateway works with. */
export interface GatewayParts {
  /** The servers, for `/readyz` and `/v1/servers`. */
  readonly pool: ServerPool;
  /** Where checked images go. */
  readonly dispatcher: Dispatcher;
  /** What `/metrics` tells. */
  readonly metrics: Metrics;
  /** Measures how long requests take. */
  readonly clock: Clock;
  /** What a stranger may ask for. */
  readonly limits: Limits;
  /** Milliseconds from its arrival that a request may take. */
  readonly deadlineMs: number;
  /** Seconds after which a server that is down may have been seen again. */
  readonly retryAfterS: number;
  /** Whether the forwarder takes nothing new. */
  readonly draining: () => boolean;
  /** Told of every request that failed: what kind of failure, and the sentence that was answered. */
  readonly onFailure: (code: ErrorCode, detail: string) => void;
}

/** The routes as one function from request to answer. Never rejects. */
export function gateway(parts: GatewayParts): (request: Request) => Promise<Response> {
  const { pool, metrics, clock } = parts;
  const app = new Hono();
  const instant = instants(clock);
  const imageHandler = new ImageHandler(parts, instant);
  app.post("/image_handler", (c) => imageHandler.handle(c.req.raw));
  app.get("/healthz", () => json({ status: "alive" }));
  app.get("/readyz", () => {
    if (parts.draining()) return refuse("unavailable", DRAINING);
    if (pool.readyCount > 0) return json({ status: "ready" });
    return refuse("unavailable", "no inference server is up", parts.retryAfterS);
  });
  app.get("/v1/servers", () => {
    const received = instant(clock.nowMs());
    const servers = pool.servers.map((server) => serverAnswerOf(server.seen()));
    return json({ servers, received } satisfies ServersAnswer);
  });
  app.get("/metrics", () => metrics.answer());
  for (const path of ["/healthz", "/readyz", "/v1/servers", "/metrics"]) {
    app.all(path, (c) => wrongMethod(c.req.method, path, "GET"));
  }
  app.all("/image_handler", (c) => wrongMethod(c.req.method, c.req.path, "POST"));
  app.notFound((c) => refuse("not_found", `Cannot find ${c.req.path}: there is no such path`));
  app.onError((error) => {
    const ours = asSmarteyeError(error, "answer the request");
    parts.onFailure(ours.code, ours.message);
    return refuse(ours.code, ours.message);
  });
  return async (request) => await app.fetch(request);
}

/** `POST /image_handler`. */
class ImageHandler {
  #underWay = 0;

  constructor(
    private readonly parts: GatewayParts,
    private readonly instant: (atMs: number) => Instant,
  ) {}

  async handle(request: Request): Promise<Response> {
    const { clock, metrics } = this.parts;
    const arrivedAtMs = clock.nowMs();
    const asked: { model?: string } = {};
    metrics.arrived();
    this.#underWay++;
    const response = await this.#answer(request, arrivedAtMs, asked);
    this.#underWay--;
    const bytes = Number(response.headers.get("content-length") ?? 0);
    metrics.answered(response.status, asked.model, (clock.nowMs() - arrivedAtMs) / 1000, bytes);
    return response;
  }

  async #answer(
    request: Request,
    arrivedAtMs: number,
    asked: { model?: string },
  ): Promise<Response> {
    const { clock, dispatcher, limits, metrics, deadlineMs, retryAfterS } = this.parts;
    let received = false;
    try {
      if (this.parts.draining()) throw new SmarteyeError("unavailable", DRAINING);
      if (this.#underWay > limits.requestsMax) throw tooMany(limits.requestsMax);
      const { deadlineAtMs, receivedAtMs, ...work } = await receive(request, {
        clock,
        arrivedAtMs,
        deadlineMs,
        limits,
        onModel: (model) => {
          asked.model = model;
          // Before the image is read where that is possible: an edge's uplink is precious.
          dispatcher.assertOffered(model);
        },
        onBytes: (bytes) => metrics.received(bytes),
      });
      received = true;
      metrics.receiving((receivedAtMs - arrivedAtMs) / 1000);
      const { reply, server } = await dispatcher.dispatch(work, {
        deadlineAtMs,
        signal: request.signal,
      });
      return json(inferAnswerOf(reply, {
        server,
        receiveMs: receivedAtMs - arrivedAtMs,
        processMs: clock.nowMs() - receivedAtMs,
        received: this.instant(receivedAtMs),
      }));
    } catch (error) {
      const { code, message, retryAfterMs = 1000 } = asSmarteyeError(error, "handle the image");
      this.parts.onFailure(code, message);
      const afterS = code === "unavailable"
        ? retryAfterS
        : Math.max(1, Math.ceil(retryAfterMs / 1000));
      const refusal = refuse(code, message, afterS);
      // The rest of such a body is not wanted, and may be long in coming.
      if (!received) refusal.headers.set("connection", "close");
      return refusal;
    }
  }
}

function tooMany(requestsMax: number): SmarteyeError {
  return new SmarteyeError(
    "overloaded",
    `Cannot take the request: ${requestsMax} others are under way, fewer are wanted`,
  );
}
