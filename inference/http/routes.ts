/** What an inference server answers over HTTP: the Open Inference Protocol, metrics and probes. */

import { type Context, Hono } from "hono";
import { matchedRoutes } from "hono/route";
import type { Clock } from "../../core/clock.ts";
import { asSmarteyeError, ERRORS } from "../../core/errors.ts";
import type { Limits } from "../../core/limits.ts";
import { logger, Thinned } from "../../core/log.ts";
import { json } from "../../web/answers.ts";
import {
  annotateSpan,
  nameSpan,
  noteError,
  type SpanAttributes,
  traced,
} from "../../core/tracing.ts";
import type { InferenceService } from "../service.ts";
import type { Telemetry } from "../telemetry.ts";
import type { BearerToken } from "../../web/bearer_token.ts";
import { ArrivingBodies } from "../../web/arriving_bodies.ts";
import { addOpenInferenceRoutes } from "./open_inference_routes.ts";
import { OPENAPI } from "./openapi.ts";

const log = logger("inference");

/** Those that some path takes; what takes GET takes HEAD. */
const METHODS = ["GET", "POST"] as const;

/** What is answered without a token: whoever looks whether a server is well has none. */
const OPEN_TO_ALL: ReadonlySet<string> = new Set([
  ...["/healthz", "/readyz", "/v2/health/live", "/v2/health/ready"],
]);

/** Characters of an error that a caller is told, since some are the caller's own. */
const DETAILS_MAX = 500;

/** What the port is made of. */
export interface RouteOptions {
  /** Infers, and tells of its models. */
  readonly service: InferenceService;
  /** What `/metrics` tells. */
  readonly telemetry: Telemetry;
  /** What a stranger may ask for. */
  readonly limits: Limits;
  /** What callers must know, if anything. */
  readonly token: BearerToken | undefined;
  /** Deadlines go by it. */
  readonly clock: Clock;
}

/** The routes as one function from request to answer. Never rejects. */
export function routes(
  { service, telemetry, limits, token, clock }: RouteOptions,
): (request: Request) => Promise<Response> {
  const failures = new Thinned((message) => log.warn("{message}", { message }));
  const { bodyBytesMax: bytesMax, bodyTimeoutMs: timeoutMs } = limits;
  const bodies = new ArrivingBodies(() => ({ bytesMax, timeoutMs }), clock);
  const app = new Hono();
  app.use(async (c, next) => {
    nameSpan(() => spanOf(c));
    await next();
  });
  app.use(async (c, next) => {
    const isOpen = token === undefined || OPEN_TO_ALL.has(c.req.path);
    if (isOpen || token.admits(c.req.header("authorization"))) return await next();
    const error = 'Cannot take the request: wanted "authorization: Bearer TOKEN"';
    return json({ error }, 401, { "www-authenticate": "Bearer" });
  });
  app.get("/healthz", () => json({ status: "alive" }));
  app.get("/readyz", () => {
    const isReady = service.state === "serving";
    return json({ status: isReady ? "ready" : service.state }, isReady ? 200 : 503);
  });
  app.get("/metrics", () => telemetry.answer());
  app.get("/openapi.json", () => json(OPENAPI));
  addOpenInferenceRoutes(app, { service, clock, body: (request) => bodies.read(request) });
  app.notFound((c) => {
    const { method, path } = c.req;
    const wanted = METHODS.filter((one) =>
      app.router.match(one, path)[0].some(([[, { method }]]) => method === one)
    );
    const detail = wanted.length > 0 ? `${wanted.join(" or ")} is wanted` : "there is no such path";
    const error = told(`Cannot ${method} ${path}: ${detail}, /openapi.json lists what there is`);
    return wanted.length > 0
      ? json({ error }, 405, { allow: wanted.join(", ") })
      : json({ error }, 404);
  });
  app.onError((thrown) => {
    const failed = asSmarteyeError(thrown, "answer the request");
    const { code, message, retryAfterMs = 1000 } = failed;
    const error = told(message);
    failures.tell(`a request over HTTP ended with ${code}`, error);
    if (code === "internal") log.debug("{error}", { error: thrown });
    const { http } = ERRORS[code];
    noteError(failed, http >= 500);
    const after = { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
    return json({ error }, http, http === 503 ? after : {});
  });
  const answer = bounded(limits.requestsMax, async (request) => await app.fetch(request));
  return async (request) => {
    const { method, headers } = request;
    const asked = () => ({
      name: method,
      attributes: { "http.request.method": method, "url.path": new URL(request.url).pathname },
      traceparent: headers.get("traceparent") ?? undefined,
    });
    return await traced(asked, async () => {
      const response = await answer(request);
      annotateSpan(() => ({ "http.response.status_code": response.status }));
      return response;
    });
  };
}

/** Answers as `answer` does, so many at a time: that bounds what requests hold in memory. */
function bounded(
  requestsMax: number,
  answer: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  let underWay = 0;
  return async (request) => {
    // What has no body holds nothing: who looks whether a full server is well is told so.
    if (request.method === "GET" || request.method === "HEAD") return await answer(request);
    if (underWay >= requestsMax) {
      const error = `Cannot take the request: ${requestsMax} others are under way`;
      return json({ error }, 503, { "retry-after": "1" });
    }
    underWay++;
    try {
      return await answer(request);
    } finally {
      underWay--;
    }
  };
}

function told(message: string): string {
  return message.slice(0, DETAILS_MAX).toWellFormed();
}

/** Its method and its route, as OpenAPI has it; its method alone where there is none. */
function spanOf(c: Context): { readonly name: string; readonly attributes: SpanAttributes } {
  const { method } = c.req;
  const pattern = matchedRoutes(c).findLast(({ path }) => !path.endsWith("*"))?.path;
  if (pattern === undefined) return { name: method, attributes: {} };
  const route = pattern.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}");
  return { name: `${method} ${route}`, attributes: { "http.route": route } };
}
