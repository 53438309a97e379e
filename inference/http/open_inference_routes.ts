/** `/v2/…`: the Open Inference Protocol over HTTP, as Triton and KServe speak it. */

import type { Context, Hono } from "hono";
import project from "../../deno.json" with { type: "json" };
import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { InferenceService } from "../service.ts";
import { bodyOfReply, JSON_LENGTH_HEADER, requestOfBody } from "../../proto/open_inference_http.ts";
import { json } from "../../web/answers.ts";
import {
  EXTENSIONS,
  headOf,
  INDEX_STATES,
  inferOpen,
  modelMeant,
  PLATFORM,
  versionsOf,
} from "../protocols/open_inference.ts";

/** What the routes work with. */
export interface HttpParts {
  /** Infers, and tells of its models. */
  readonly service: InferenceService;
  /** Deadlines go by it. */
  readonly clock: Clock;
  /** Reads a request's body, within the limits. */
  readonly body: (request: Request) => Promise<Uint8Array<ArrayBuffer>>;
}

/** A path of a model, with or without a version. */
const MODEL = "/v2/models/:name{[^/]+}";

/**
 * Adds the routes.
 *
 * @ignore Its type is Hono's: for the port alone.
 */
export function addOpenInferenceRoutes(app: Hono, parts: HttpParts): void {
  const { service, body } = parts;
  app.get(
    "/v2",
    () => json({ name: project.name, version: project.version, extensions: EXTENSIONS }),
  );
  app.get("/v2/health/live", () => json({ live: true }));
  app.get("/v2/health/ready", () => {
    const ready = service.state === "serving";
    return json({ ready }, ready ? 200 : 503);
  });
  for (const path of [MODEL, `${MODEL}/versions/:version`]) {
    app.get(path, (c) => {
      const { name, inputs, outputs } = service.describe(meantBy(c));
      const tensors = { inputs: inputs.map(headOf), outputs: outputs.map(headOf) };
      return json({ name, versions: versionsOf(service, name), platform: PLATFORM, ...tensors });
    });
    app.get(`${path}/ready`, (c) => {
      const ready = service.isReady(meantBy(c));
      return json({ name: c.req.param("name"), ready }, ready ? 200 : 400);
    });
    app.post(
      `${path}/infer`,
      async (c) =>
        await service.request(c.req.param("name")!, "open_inference_http", () => infer(c, parts)),
    );
  }
  app.post("/v2/repository/index", async (c) => {
    const said = textOf(await body(c.req.raw));
    const isReadyOnly = said === "" ? false : objectOf(said)["ready"] === true;
    return json(
      service.models()
        .filter(({ state }) => state === "ready" || !isReadyOnly)
        .map(({ name, version, state, detail }) => (
          { name, version, state: INDEX_STATES[state], reason: detail }
        )),
    );
  });
  app.post("/v2/repository/models/:name/load", async (c) => {
    const said = textOf(await body(c.req.raw));
    const parameters = Object.keys((said === "" ? {} : objectOf(said))["parameters"] ?? {});
    if (parameters.length > 0) {
      throw new SmarteyeError(
        "invalid_argument",
        `Cannot load the model with the parameters ${parameters.join(", ")}: none are taken, ` +
          `its manifest says it all`,
      );
    }
    await service.loadModel(c.req.param("name"));
    return json({});
  });
  app.post("/v2/repository/models/:name/unload", async (c) => {
    await body(c.req.raw); // whose parameters are about models that depend on it
    await service.unloadModel(c.req.param("name"));
    return json({});
  });
}

function meantBy(c: Context): string {
  return modelMeant(c.req.param("name")!, c.req.param("version") ?? "");
}

async function infer(c: Context, { service, body, clock }: HttpParts): Promise<Response> {
  // No body is read for a model that is not there.
  if (service.state === "serving") service.describe(meantBy(c));
  const encoding = c.req.header("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    throw new SmarteyeError(
      "unsupported_media_type",
      `Cannot take a body that is encoded as ${encoding}: it is wanted as it is`,
    );
  }
  const model = { name: c.req.param("name")!, version: c.req.param("version") ?? "" };
  const bytes = await body(c.req.raw);
  const { request, binary } = requestOfBody(bytes, c.req.header(JSON_LENGTH_HEADER) ?? null, model);
  const patience = { signal: c.req.raw.signal, protocol: "open_inference_http" } as const;
  const reply = await inferOpen(service, request, patience, clock);
  const { bytes: answer, jsonLength } = bodyOfReply(reply, binary);
  const headers: Record<string, string> = jsonLength === undefined
    ? { "content-type": "application/json" }
    : { "content-type": "application/octet-stream", [JSON_LENGTH_HEADER]: String(jsonLength) };
  return new Response(answer, {
    headers: { ...headers, "content-length": String(answer.length) },
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim();
}

/** @throws {SmarteyeError} `invalid_argument` */
function objectOf(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch { /* told below */ }
  throw new SmarteyeError("invalid_argument", "Cannot read the body: a JSON object is wanted");
}
