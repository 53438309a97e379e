/** The forwarder's HTTP side: takes offloaded frames, and tells how it and its servers are. */

import { Hono } from "hono";
import type { Clock } from "../core/clock.ts";
import { asSmarteyeError, type ErrorCode, SmarteyeError } from "../core/errors.ts";
import type { Limits } from "../core/limits.ts";
import { type Instant, serverAnswerOf, type ServersAnswer } from "../proto/http_codec.ts";
import { json, refuse, wrongMethod } from "../web/answers.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { instants } from "./instants.ts";
import type { Metrics } from "./metrics.ts";
import { mediaType } from "./receive.ts";
import type { ServerPool } from "./server_pool.ts";
import { deepstackWire } from "./wires/deepstack.ts";
import { originalWire } from "./wires/original.ts";
import { smarteyeWire } from "./wires/smarteye.ts";
import type { Wire } from "./wires/wire.ts";

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
  /** What detects for those who name no model; the most accurate detector when absent. */
  readonly detectionModel?: string | undefined;
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
  const infers = new InferHandler(parts, instant);
  app.post("/image_handler", (c) => infers.handle(c.req.raw, wireOf(c.req.raw)));
  addVision(app, parts, (request, wire) => infers.handle(request, wire));
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

/** The paths of DeepStack's API. */
function addVision(
  app: Hono,
  { pool, detectionModel }: GatewayParts,
  handle: (request: Request, wire: Wire) => Promise<Response>,
): void {
  const detection = deepstackWire(() => detectionModel ?? pool.mostAccurate("detection"));
  app.post("/v1/vision/detection", (c) => handle(c.req.raw, detection));
  app.on(["GET", "POST"], "/v1/vision/custom/list", () => {
    const models = pool.modelsOf("detection");
    return json({ success: true, models, count: models.length });
  });
  app.post("/v1/vision/custom/:model", (c) => {
    const model = c.req.param("model");
    return handle(c.req.raw, deepstackWire(() => model));
  });
  app.get("/v1/status/ping", () => json({ success: true }));
  for (const path of ["/v1/vision/detection", "/v1/vision/custom/:model"]) {
    app.all(path, (c) => wrongMethod(c.req.method, c.req.path, "POST"));
  }
  app.all("/v1/status/ping", (c) => wrongMethod(c.req.method, c.req.path, "GET"));
}

/** Of `POST /image_handler`: the original's edge sends a form as browsers do when nothing else is said. */
function wireOf(request: Request): Wire {
  const type = mediaType(request.headers.get("content-type"));
  return type === "application/x-www-form-urlencoded" ? originalWire : smarteyeWire;
}

/** Infers what comes by any wire. */
class InferHandler {
  #underWay = 0;

  constructor(
    private readonly parts: GatewayParts,
    private readonly instant: (atMs: number) => Instant,
  ) {}

  async handle(request: Request, wire: Wire): Promise<Response> {
    const { clock, metrics } = this.parts;
    const arrivedAtMs = clock.nowMs();
    const asked: { model?: string } = {};
    metrics.arrived();
    this.#underWay++;
    const response = await this.#answer(request, wire, arrivedAtMs, asked);
    this.#underWay--;
    metrics.answered(wire.name, response.status, asked.model, {
      seconds: (clock.nowMs() - arrivedAtMs) / 1000,
      bytes: Number(response.headers.get("content-length") ?? 0),
    });
    return response;
  }

  async #answer(
    request: Request,
    wire: Wire,
    arrivedAtMs: number,
    asked: { model?: string },
  ): Promise<Response> {
    const { clock, dispatcher, limits, metrics, deadlineMs, retryAfterS } = this.parts;
    let received = false;
    try {
      if (this.parts.draining()) throw new SmarteyeError("unavailable", DRAINING);
      if (this.#underWay > limits.requestsMax) throw tooMany(limits.requestsMax);
      const work = await wire.receive(request, {
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
      const { receivedAtMs, deadlineAtMs } = work;
      metrics.receiving((receivedAtMs - arrivedAtMs) / 1000);
      const { reply, server } = await dispatcher.dispatch(work, {
        deadlineAtMs,
        signal: request.signal,
      });
      return await wire.answer(work, reply, {
        server,
        receiveMs: receivedAtMs - arrivedAtMs,
        processMs: clock.nowMs() - receivedAtMs,
        received: this.instant(receivedAtMs),
      });
    } catch (error) {
      const { code, message, retryAfterMs = 1000 } = asSmarteyeError(error, "handle the image");
      this.parts.onFailure(code, message);
      const afterS = code === "unavailable"
        ? retryAfterS
        : Math.max(1, Math.ceil(retryAfterMs / 1000));
      const refusal = wire.refuse(code, message, afterS);
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
