/** What can be asked of a forwarder, as OpenAPI tells it. A test holds it to the routes. */

import { SENT_TYPES } from "../core/image_formats.ts";
import { EDGE_HEADER, EDGE_HEADER_MAX } from "../proto/http_edge.ts";
import { answer, ERROR_STATUSES, type Json, refusals, told } from "./openapi_answers.ts";
import { FIELDS, fieldsOf } from "./openapi_schemas.ts";
import { IMAGE_TYPES } from "./wires/smarteye.ts";

const TEXT = { type: "string" };
const IMAGE = { ...TEXT, format: "binary", description: "JPEG, PNG or WebP." };

/** For whom no token is wanted. */
const ANYBODY = { security: [] };

const REQUEST_ID = {
  ...{ name: "x-request-id", in: "header", schema: { ...TEXT, pattern: "^[\\w.:/+=-]{1,128}$" } },
  description: "What it is called in logs and errors; another word is not taken.",
};

const EDGE = {
  ...{ name: EDGE_HEADER, in: "header", schema: { ...TEXT, maxLength: EDGE_HEADER_MAX } },
  description: "Who sends it: a name, then what else it says of itself as `; key=value`.",
};

/** Each path with its operations. */
export const PATHS: Json = {
  "/image_handler": {
    post: {
      ...{ tags: ["inference"], operationId: "infer", summary: "Infer an image." },
      description:
        "The image as the body and the fields in the query, or all of it as a form. An edge of the " +
        "original SmartEye sends its own form, and gets its own answer.",
      parameters: [...queryOfInfer(), REQUEST_ID, EDGE],
      requestBody: {
        required: true,
        content: {
          ...Object.fromEntries(IMAGE_TYPES.map((type) => [type, { schema: IMAGE }])),
          "multipart/form-data": formOfInfer(),
          "application/x-www-form-urlencoded": {
            schema: { type: "object", ...fieldsOf(FIELDS.OriginalFields) },
          },
        },
      },
      responses: {
        200: answer("What was found.", "InferAnswer", "OriginalAnswer"),
        ...refusals("ErrorAnswer", ERROR_STATUSES),
      },
    },
  },
  "/v1/vision/detection": {
    post: vision("detect", "Detect objects, as DeepStack does."),
  },
  "/v1/vision/custom/{model}": {
    parameters: [{
      ...{ name: "model", in: "path", required: true, schema: TEXT },
      description: "Its name, or name@version.",
    }],
    post: vision("detectWith", "Detect objects with a model."),
  },
  "/v1/vision/custom/list": {
    get: listing("listModels"),
    post: listing("listModelsByPost"),
  },
  "/v1/status/ping": {
    get: {
      ...{ tags: ["vision"], operationId: "ping", summary: "Whether it is there.", ...ANYBODY },
      responses: { 200: answer("It is.", "VisionPing") },
    },
  },
  "/healthz": {
    get: {
      ...{ tags: ["state"], operationId: "live", summary: "Whether it lives.", ...ANYBODY },
      responses: { 200: answer("It does.", "ProbeAnswer") },
    },
  },
  "/readyz": {
    get: {
      ...{ tags: ["state"], operationId: "ready", summary: "Whether a server takes requests." },
      ...ANYBODY,
      responses: {
        200: answer("One does.", "ProbeAnswer"),
        ...refusals("ErrorAnswer", [503], { 503: "None does, or the forwarder is leaving." }),
      },
    },
  },
  "/v1/servers": {
    get: {
      ...{ tags: ["state"], operationId: "servers", summary: "Each server: state, load, models." },
      parameters: [EDGE, {
        ...{ name: "details", in: "query", schema: { ...TEXT, enum: ["true", "false"] } },
        description: "Whether it is told what became of each, too.",
      }],
      responses: {
        200: answer("The servers.", "ServersAnswer"),
        ...refusals("ErrorAnswer", [401]),
      },
    },
  },
  "/v1/edges": {
    get: {
      ...{
        tags: ["state"],
        operationId: "edges",
        summary: "Each edge, and what came of its frames.",
      },
      description: "A token that does not manage is told of those that have it, alone.",
      responses: {
        200: answer("The edges.", "EdgesAnswer"),
        ...refusals("ErrorAnswer", [401]),
      },
    },
  },
  "/metrics": {
    get: {
      ...{ tags: ["operators"], operationId: "metrics", summary: "Metrics, for Prometheus." },
      responses: {
        200: told("All of them.", { "text/plain": { schema: TEXT } }),
        ...refusals("ErrorAnswer", [401, 403]),
      },
    },
  },
  "/v1/reload": {
    post: {
      ...{ tags: ["operators"], operationId: "reload", summary: "Read the settings again." },
      description: "What is wrong with them changes nothing.",
      responses: {
        200: answer("What changed, and what does at the next start.", "ReloadAnswer"),
        ...refusals("ErrorAnswer", [400, 401, 403, 500], {
          400: "The settings are wrong, and stay as they were.",
          500: "They are not from a file, or something broke.",
        }),
      },
    },
  },
  "/openapi.json": {
    get: {
      ...{ tags: ["state"], operationId: "openapi", summary: "This document.", ...ANYBODY },
      responses: { 200: told("It.", { "application/json": { schema: { type: "object" } } }) },
    },
  },
  "/docs": {
    get: {
      ...{ tags: ["state"], operationId: "docs", summary: "This document, for people." },
      ...ANYBODY,
      responses: { 200: told("A page.", { "text/html": { schema: TEXT } }) },
    },
  },
};

/** In the query: a form may have them as well. */
function queryOfInfer(): Json[] {
  return Object.entries(fieldsOf(FIELDS.InferFields).properties).map(([name, schema]) => {
    const { description = "", ...rest } = schema;
    const where = name === "model" ? " Wanted here, unless a form has it." : "";
    return { name, in: "query", description: `${description}${where}`, schema: rest };
  });
}

function formOfInfer(): Json {
  const { properties } = fieldsOf(FIELDS.InferFields); // each may be in the query instead
  return {
    schema: { type: "object", properties: { image: IMAGE, ...properties }, required: ["image"] },
    encoding: { image: { contentType: SENT_TYPES.join(", ") } },
  };
}

function vision(operationId: string, summary: string): Json {
  const { properties, required } = fieldsOf(FIELDS.VisionFields);
  const schema = {
    ...{ type: "object", required: ["image", ...required] },
    properties: { image: IMAGE, ...properties },
  };
  return {
    ...{ tags: ["vision"], operationId, summary },
    parameters: [REQUEST_ID],
    requestBody: { required: true, content: { "multipart/form-data": { schema } } },
    responses: {
      200: answer("What was found, the surest first.", "VisionAnswer"),
      ...refusals("VisionError", ERROR_STATUSES),
    },
  };
}

function listing(operationId: string): Json {
  return {
    ...{ tags: ["vision"], operationId, summary: "Models that detect." },
    security: [{ bearer: [] }, { api_key: [] }, {}],
    responses: { 200: answer("Their names.", "VisionModels"), ...refusals("ErrorAnswer", [401]) },
  };
}
