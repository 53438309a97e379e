/**
 * What the forwarder answers, for people and tools: OpenAPI 3.1. Its schemas are those that validate, as JSON
 * Schema, which OpenAPI takes as it is.
 */

import { z } from "zod";
import project from "../deno.json" with { type: "json" };
import { OriginalAnswer, VisionAnswer, VisionError } from "../proto/http_answers.ts";
import { InferAnswer, InferFields, ServersAnswer } from "../proto/http_codec.ts";
import { ErrorAnswer } from "../proto/http_errors.ts";
import { ReloadAnswer } from "../proto/http_reload.ts";
import type { OpenApi } from "./openapi_types.ts";

/** A JSON object. */
type Json = Readonly<Record<string, unknown>>;

const SCHEMAS = {
  ...{ InferAnswer, ServersAnswer, ErrorAnswer, ReloadAnswer },
  ...{ VisionAnswer, VisionError, OriginalAnswer },
} as const;

/** Statuses of errors, and what they mean. */
const ERRORS: Readonly<Record<number, string>> = {
  400: "It is no image, or a field is wrong.",
  401: "A token is wanted, and there is none that is known.",
  403: "This token may not ask for that.",
  404: "No server has that model.",
  408: "The body did not come in time.",
  413: "The body, or the image, is too large.",
  415: "It is compressed, or of a type that nobody here reads.",
  429:
    "This client asks too often, or for too much at once; `Retry-After` says when to come again.",
  500: "Something broke.",
  503:
    "The forwarder or its servers are full, down or leaving; `Retry-After` says when to come again.",
  504: "The deadline has passed.",
};

const IMAGE = { type: "string", format: "binary", description: "JPEG, PNG or WebP." };
const TEXT = { type: "string" };

let document: OpenApi | undefined;

/** The document. */
export function openApi(): OpenApi {
  return document ??= written();
}

function written(): OpenApi {
  const document = {
    openapi: "3.1.0",
    info: {
      title: "smarteye forward",
      version: project.version,
      description:
        "The cloud's gateway: takes images over HTTP and has inference servers infer them.",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: [{ bearer: [] }, {}],
    tags: [
      { name: "inference", description: "An image, and what is in it." },
      {
        name: "vision",
        description: "The API of DeepStack and CodeProject.AI Server, for video recorders.",
      },
      { name: "state", description: "How the forwarder and its servers are." },
      {
        name: "operators",
        description: "For whoever runs it; where tokens are wanted, with one that manages.",
      },
    ],
    paths: PATHS,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "Where the forwarder wants to know who asks.",
        },
      },
      schemas: Object.fromEntries(
        Object.entries(SCHEMAS).map(([name, schema]) => [name, jsonOf(schema)]),
      ),
    },
  };
  return document as unknown as OpenApi; // written below, held by a test against OpenAPI's own schema
}

const PATHS: Json = {
  "/image_handler": {
    post: {
      ...{ tags: ["inference"], operationId: "infer", summary: "Infer an image." },
      description:
        "The image as the body and the fields in the query, or all of it as a form. An edge of the " +
        "original SmartEye sends its own form, and gets its own answer.",
      parameters: [
        ...parametersOf(InferFields),
        { name: "x-request-id", in: "header", ...header("What it is called in logs and errors.") },
      ],
      requestBody: {
        required: true,
        content: {
          ...Object.fromEntries(
            ["image/jpeg", "image/png", "image/webp", "application/octet-stream"]
              .map((type) => [type, { schema: IMAGE }]),
          ),
          "multipart/form-data": {
            schema: {
              ...{ type: "object", required: ["image", "model"] },
              properties: { image: IMAGE, ...propertiesOf(InferFields) },
            },
          },
          "application/x-www-form-urlencoded": {
            schema: {
              ...{ type: "object", required: ["selected_model", "frame_shape", "frame"] },
              properties: {
                selected_model: TEXT,
                frame_shape: { ...TEXT, examples: ["(480, 640, 3)"] },
                frame: { ...TEXT, description: "Base64 of blue, green and red, row by row." },
              },
            },
          },
        },
      },
      responses: {
        200: {
          description: "What was found.",
          headers: { "x-request-id": header("As in the request, or a new one.") },
          content: {
            "application/json": { schema: { anyOf: [ref("InferAnswer"), ref("OriginalAnswer")] } },
          },
        },
        ...refusals("ErrorAnswer", 400, 401, 403, 404, 408, 413, 415, 429, 500, 503, 504),
      },
    },
  },
  "/v1/vision/detection": { post: vision("detect", "Detect objects, as DeepStack does.") },
  "/v1/vision/custom/{model}": {
    parameters: [{ name: "model", in: "path", required: true, schema: TEXT }],
    post: vision("detectWith", "Detect objects with a model."),
  },
  "/v1/vision/custom/list": {
    get: listing("listModels"),
    post: listing("listModelsByPost"),
  },
  "/v1/status/ping": {
    get: {
      ...{ tags: ["vision"], operationId: "ping", summary: "Whether it is there." },
      ...{ security: [], responses: { 200: { description: "It is." } } },
    },
  },
  "/healthz": probe("live", "Whether the process lives."),
  "/readyz": probe("ready", "Whether a server takes requests.", 503),
  "/v1/servers": {
    get: {
      ...{
        tags: ["state"],
        operationId: "servers",
        summary: "Each server's state, load and models.",
      },
      responses: { 200: answer("The servers.", "ServersAnswer"), ...refusals("ErrorAnswer", 401) },
    },
  },
  "/metrics": {
    get: {
      ...{
        tags: ["operators"],
        operationId: "metrics",
        summary: "Metrics, as Prometheus reads them.",
      },
      responses: {
        200: { description: "All of them.", content: { "text/plain": { schema: TEXT } } },
        ...refusals("ErrorAnswer", 401, 403),
      },
    },
  },
  "/v1/reload": {
    post: {
      ...{ tags: ["operators"], operationId: "reload", summary: "Read the settings again." },
      description: "What is wrong with them changes nothing.",
      responses: {
        200: answer("What changed, and what does at the next start.", "ReloadAnswer"),
        ...refusals("ErrorAnswer", 400, 401, 403),
      },
    },
  },
  "/openapi.json": {
    get: {
      ...{ tags: ["state"], operationId: "openapi", summary: "This document.", security: [] },
      responses: {
        200: {
          description: "It.",
          content: { "application/json": { schema: { type: "object" } } },
        },
      },
    },
  },
  "/docs": {
    get: {
      ...{
        tags: ["state"],
        operationId: "docs",
        summary: "This document, for people.",
        security: [],
      },
      responses: { 200: { description: "A page.", content: { "text/html": { schema: TEXT } } } },
    },
  },
};

function vision(operationId: string, summary: string): Json {
  return {
    ...{ tags: ["vision"], operationId, summary },
    requestBody: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: {
            ...{ type: "object", required: ["image"] },
            properties: {
              image: IMAGE,
              min_confidence: { type: "number", minimum: 0, maximum: 1, default: 0.4 },
              api_key: { ...TEXT, description: "A token, where the forwarder wants one." },
            },
          },
        },
      },
    },
    responses: {
      200: answer("What was found, the surest first.", "VisionAnswer"),
      ...refusals("VisionError", 400, 401, 403, 404, 408, 413, 415, 429, 500, 503, 504),
    },
  };
}

function listing(operationId: string): Json {
  return {
    ...{ tags: ["vision"], operationId, summary: "Models that detect." },
    parameters: [{ name: "api_key", in: "query", schema: TEXT }],
    responses: {
      200: {
        description: "Their names.",
        content: {
          "application/json": {
            schema: {
              ...{ type: "object", required: ["success", "models", "count"] },
              properties: {
                success: { const: true },
                models: { type: "array", items: TEXT },
                count: { type: "integer" },
              },
            },
          },
        },
      },
      ...refusals("ErrorAnswer", 401),
    },
  };
}

function probe(operationId: string, summary: string, ...errors: readonly number[]): Json {
  return {
    get: {
      ...{ tags: ["state"], operationId, summary, security: [] },
      responses: {
        200: {
          description: "It is so.",
          content: {
            "application/json": {
              schema: { type: "object", required: ["status"], properties: { status: TEXT } },
            },
          },
        },
        ...refusals("ErrorAnswer", ...errors),
      },
    },
  };
}

function answer(description: string, name: keyof typeof SCHEMAS): Json {
  return { description, content: { "application/json": { schema: ref(name) } } };
}

function refusals(name: "ErrorAnswer" | "VisionError", ...statuses: readonly number[]): Json {
  return Object.fromEntries(statuses.map((status) => {
    const later = status === 429 || status === 503
      ? { headers: { "Retry-After": header("Seconds.") } }
      : {};
    return [status, { ...answer(ERRORS[status]!, name), ...later }];
  }));
}

function header(description: string): Json {
  return { description, schema: TEXT };
}

function ref(name: keyof typeof SCHEMAS): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function propertiesOf(schema: unknown): Json {
  return jsonOf(schema)["properties"] as Json;
}

function parametersOf(schema: unknown): Json[] {
  const { required = [] } = jsonOf(schema) as { required?: readonly string[] };
  return Object.entries(propertiesOf(schema)).map(([name, schema]) => (
    { name, in: "query", required: required.includes(name), schema }
  ));
}

/** Ours are zod's, which elsewhere nobody needs to know. */
function jsonOf(schema: unknown): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema as z.ZodType, { io: "output" });
  return json;
}
