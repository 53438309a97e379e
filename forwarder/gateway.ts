/** The forwarder's HTTP side: which path and method is what. */

import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { matchedRoutes } from "hono/route";
import { asSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { annotateSpan, nameSpan, traced, type TracedRequest } from "../core/tracing.ts";
import type { ProbeAnswer, VisionModels, VisionPing } from "../proto/http_answers.ts";
import { reloadAnswerOf } from "../proto/http_reload.ts";
import { type Instant, serverAnswerOf, type ServersAnswer } from "../proto/http_codec.ts";
import type { EdgesAnswer } from "../proto/http_edges.ts";
import { json, refuse, wrongMethod } from "../web/answers.ts";
import type { Caller } from "./clients/clients.ts";
import { requestIdOf } from "./exchange.ts";
import { DRAINING, InferHandler, type InferHandlerParts, type Origin } from "./infer_handler.ts";
import { instants } from "./instants.ts";
import { mediaType } from "./receive.ts";
import type { Reloaded } from "./reload.ts";
import { detailsOfAll } from "./server_details.ts";
import type { ServerPool } from "./server_pool.ts";
import { deepstackWire } from "./wires/deepstack.ts";
import { originalWire } from "./wires/original.ts";
import { smarteyeWire } from "./wires/smarteye.ts";
import type { Wire } from "./wires/wire.ts";

/** What the gateway works with. */
export interface GatewayParts extends InferHandlerParts {
  /** The servers, for `/readyz` and `/v1/servers`. */
  readonly pool: ServerPool;
  /** Origins whose pages may ask, as browsers want to be told; none when empty. */
  readonly corsOrigins?: readonly string[];
  /** Reads the settings again; absent where they are not from a file. */
  readonly reload?: () => Promise<Reloaded>;
  /** Told of what went wrong in here. */
  readonly onFault: (detail: string) => void;
}

/** What of the routes: those for clients, those for whoever runs the forwarder, or all at one port. */
export type Side = "clients" | "operators" | "both";

/** What a route knows beside the request. */
interface Env {
  readonly Bindings: Origin;
}

/** An application with such routes. */
type GatewayApp = Hono<Env>;

/** The routes as functions from request to answer. */
export interface Gateway {
  /** Those of one side. `peer`: the other end's IP address. What it gives never rejects. */
  side(side: Side): (request: Request, peer?: string) => Promise<Response>;
  /** What that side takes, as `GET /v1/vision/custom/{model}`. */
  routes(side: Side): readonly string[];
}

/** The gateway. */
export function gateway(parts: GatewayParts): Gateway {
  const instant = instants(parts.clock); // one for all: others compare them
  const infers = new InferHandler(parts, instant);
  const appOf = (side: Side) => {
    const app: GatewayApp = new Hono<Env>();
    addRoutesToSpans(app);
    addCors(app, parts.corsOrigins ?? []);
    addProbes(app, parts);
    addDocument(app);
    addServers(app, parts, instant);
    if (side !== "operators") addInference(app, parts, infers);
    if (side !== "clients") addOperators(app, parts);
    addRefusals(app, parts);
    return app;
  };
  return {
    routes: (side) =>
      appOf(side).routes.filter(({ method }) => method !== "ALL")
        .map(({ method, path }) => `${method} ${asTold(path)}`),
    side(side) {
      const app = appOf(side);
      return async (request, peer = "") => {
        const requestId = requestIdOf(request);
        return await traced(() => spanOf(request, requestId), async () => {
          const response = await app.fetch(request, { peer, requestId });
          annotateSpan(() => ({ "http.response.status_code": response.status }));
          response.headers.set("x-request-id", requestId);
          return response;
        });
      };
    },
  };
}

/** Whether a forwarder lives, and takes requests: asked by whoever balances load, without a token. */
function addProbes(app: GatewayApp, { pool, draining, settings }: GatewayParts): void {
  app.get("/healthz", () => json({ status: "alive" } satisfies ProbeAnswer));
  app.get("/readyz", (c) => {
    const { requestId } = c.env;
    if (draining()) return refuse("unavailable", DRAINING, { requestId });
    if (pool.readyCount > 0) return json({ status: "ready" } satisfies ProbeAnswer);
    return refuse("unavailable", "no inference server is up", { ...settings(), requestId });
  });
  only(app, "GET", "/healthz", "/readyz");
}

/** What can be asked here: told to anybody, since it tells nothing of what there is. */
function addDocument(app: GatewayApp): void {
  const document = async () => (await import("./openapi.ts")).openApi(); // many are never asked
  app.get("/openapi.json", async () => json(await document()));
  app.get("/docs", async () => (await import("./openapi_page.ts")).openApiPage(await document()));
  only(app, "GET", "/openapi.json", "/docs");
}

/** How each server is, and which models there are: what an edge asks; and how edges are. */
function addServers(
  app: GatewayApp,
  { pool, clients, edges, clock }: GatewayParts,
  instant: (atMs: number) => Instant,
): void {
  app.get("/v1/servers", (c) => {
    const received = instant(clock.nowMs());
    const { grant } = clients.by(callerOf(c));
    edges.asked(grant.name, c.env.peer, edges.saidIn(c.req.raw.headers));
    // Edges ask every few seconds, some over a slow link: what they do not need is told on demand.
    const isDetailed = c.req.query("details") === "true";
    const details = isDetailed ? detailsOfAll(pool.servers) : undefined;
    const servers = pool.servers.map((server, i) => ({
      ...serverAnswerOf(server.seen()),
      ...(details ? { details: details[i] } : {}),
    }));
    return json({ servers, received } satisfies ServersAnswer);
  });
  app.get("/v1/edges", (c) => {
    const { name, manages } = clients.by(callerOf(c)).grant;
    const known = edges.answers(manages ? undefined : name);
    return json({ edges: known, forgotten: edges.forgotten } satisfies EdgesAnswer);
  });
  only(app, "GET", "/v1/servers", "/v1/edges");
}

/** The ways to have something inferred. */
function addInference(
  app: GatewayApp,
  { pool, settings, clients }: GatewayParts,
  infers: InferHandler,
): void {
  app.post("/image_handler", (c) => infers.handle(c.req.raw, wireOf(c.req.raw), c.env));
  const detection = deepstackWire(() =>
    settings().detectionModel ?? pool.mostAccurate("detection")
  );
  app.post("/v1/vision/detection", (c) => infers.handle(c.req.raw, detection, c.env));
  app.on(["GET", "POST"], "/v1/vision/custom/list", (c) => {
    const key = c.req.query("api_key");
    if (key !== undefined && clients.wantTokens) clients.byToken(key);
    else clients.by(callerOf(c));
    const models = pool.modelsOf("detection");
    return json({ success: true, models, count: models.length } satisfies VisionModels);
  });
  app.post("/v1/vision/custom/:model", (c) => {
    const model = c.req.param("model");
    return infers.handle(c.req.raw, deepstackWire(() => model), c.env);
  });
  app.get("/v1/status/ping", () => json({ success: true } satisfies VisionPing));
  only(app, "POST", "/image_handler", "/v1/vision/detection", "/v1/vision/custom/:model");
  only(app, "GET", "/v1/status/ping");
}

/** What is for whoever runs the forwarder. Where tokens are wanted, one that manages is. */
function addOperators(app: GatewayApp, { metrics, clients, reload }: GatewayParts): void {
  for (const path of ["/metrics", "/v1/reload"]) {
    app.use(path, async (c, next) => {
      clients.assertManages(c.req.header("authorization") ?? null);
      await next();
    });
  }
  app.get("/metrics", () => metrics.answer());
  app.post("/v1/reload", async () => {
    if (!reload) {
      const detail = "Cannot read the settings again: nobody knows where they are";
      throw new SmarteyeError("failed_precondition", detail);
    }
    return json(reloadAnswerOf(await reload()));
  });
  only(app, "GET", "/metrics");
  only(app, "POST", "/v1/reload");
}

/** Pages of other origins may ask: browsers are told so, also before they send a token. */
function addCors(app: GatewayApp, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.use(cors({
    origin: [...origins],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["authorization", "content-type", "x-request-id", "traceparent"],
    exposeHeaders: ["retry-after", "x-request-id"],
    maxAge: 600,
  }));
}

function addRefusals(app: GatewayApp, { onFault }: GatewayParts): void {
  app.notFound((c) =>
    refuse("not_found", `Cannot find ${c.req.path}: there is no such path`, c.env)
  );
  app.onError((error, c) => {
    const { code, message } = asSmarteyeError(error, "answer the request");
    if (code === "internal") onFault(message);
    return refuse(code, message, c.env);
  });
}

function callerOf(c: Context<Env>): Caller {
  return { peer: c.env.peer, authorization: c.req.header("authorization") ?? null };
}

/** The span of a request, until its route is known. */
function spanOf({ method, url, headers }: Request, requestId: string): TracedRequest {
  return {
    name: method,
    attributes: {
      "http.request.method": method,
      "url.path": /^[a-z]+:\/\/[^/]*([^?#]*)/.exec(url)?.[1] ?? "",
      "smarteye.request_id": requestId,
    },
    traceparent: headers.get("traceparent") ?? undefined,
  };
}

/** A route as OpenAPI has it. */
function asTold(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

/** Names the span by the route. */
function addRoutesToSpans(app: GatewayApp): void {
  app.use(async (c, next) => {
    nameSpan(() => {
      const pattern = matchedRoutes(c).findLast(({ path }) => !path.endsWith("*"))?.path;
      if (pattern === undefined) return { name: c.req.method, attributes: {} };
      const route = asTold(pattern);
      return { name: `${c.req.method} ${route}`, attributes: { "http.route": route } };
    });
    await next();
  });
}

/** Refuses other methods of paths; to be called behind what they take. */
function only(app: GatewayApp, method: "GET" | "POST", ...paths: readonly string[]): void {
  for (const path of paths) {
    app.all(path, (c) => wrongMethod(c.req.method, c.req.path, method, c.env));
  }
}

/** Of `POST /image_handler`: the original's edge sends a form as browsers do when nothing else is said. */
function wireOf(request: Request): Wire {
  const type = mediaType(request.headers.get("content-type"));
  return type === "application/x-www-form-urlencoded" ? originalWire : smarteyeWire;
}
