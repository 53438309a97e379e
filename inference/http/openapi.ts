/** What the HTTP port answers, for people and tools: OpenAPI 3.1. */

import project from "../../deno.json" with { type: "json" };

const MODEL = [
  { name: "name", in: "path", required: true, schema: { type: "string" }, description: "A model." },
];
const VERSION = [
  ...MODEL,
  {
    ...{ name: "version", in: "path", required: true, schema: { type: "string" } },
    description: "One of its versions; without one, the newest that is ready is meant.",
  },
];

const TENSOR = {
  type: "object",
  required: ["name", "datatype", "shape"],
  properties: {
    name: { type: "string" },
    datatype: { type: "string", examples: ["FP32", "UINT8", "INT64", "BYTES"] },
    shape: { type: "array", items: { type: "integer" } },
    parameters: {
      type: "object",
      description:
        "binary_data_size: its bytes are behind the JSON. content_type base64: byte strings.",
    },
    data: { type: "array", items: {}, description: "Its elements, flat or nested as its shape." },
  },
};

const answers = (description: string) => ({
  "200": { description },
  default: { description: '{"error": a sentence for people}' },
});

const infer = (parameters: readonly unknown[]) => ({
  post: {
    summary: "Infer: with the network's tensors, or with an encoded image as one BYTES tensor",
    description:
      "The answer to an image is what was found, as tensors: boxes (FP32 [n, 4], x1 y1 x2 y2 in " +
      "its pixels), scores, class_ids and labels; of a classifier without boxes. The header " +
      "Inference-Header-Content-Length says how many bytes are JSON where binary tensors follow.",
    parameters,
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: {
            type: "object",
            required: ["inputs"],
            properties: {
              id: { type: "string" },
              parameters: {
                type: "object",
                description: "score_threshold, priority (2 and more: after others), timeout " +
                  "(microseconds), binary_data_output",
              },
              inputs: { type: "array", items: TENSOR },
              outputs: {
                type: "array",
                items: { type: "object", properties: { name: { type: "string" } } },
              },
            },
          },
        },
        "application/octet-stream": {},
      },
    },
    responses: answers("Tensors: the network's outputs, or what was found"),
  },
});

const model = (parameters: readonly unknown[]) => ({
  get: {
    summary: "A model's inputs and outputs",
    parameters,
    responses: answers("name, versions, platform, inputs, outputs"),
  },
});

const ready = (parameters: readonly unknown[]) => ({
  get: {
    summary: "Whether a model can infer now",
    parameters,
    responses: { ...answers("It can"), "400": { description: "It cannot" } },
  },
});

/** The document. A test holds it to the routes. */
export const OPENAPI = {
  openapi: "3.1.0",
  info: {
    title: "smarteye inference server",
    version: project.version,
    description:
      "The Open Inference Protocol (v2) over HTTP, with model repositories and binary tensors.",
  },
  paths: {
    "/healthz": { get: { summary: "Whether the process lives", responses: answers("It does") } },
    "/readyz": {
      get: {
        summary: "Whether it takes requests",
        responses: { ...answers("It does"), "503": { description: "It starts, or stops" } },
      },
    },
    "/metrics": { get: { summary: "Metrics for Prometheus", responses: answers("As text") } },
    "/openapi.json": { get: { summary: "This document", responses: answers("OpenAPI 3.1") } },
    "/v2": {
      get: { summary: "The server's metadata", responses: answers("name, version, extensions") },
    },
    "/v2/health/live": {
      get: { summary: "Whether the process lives", responses: answers("It does") },
    },
    "/v2/health/ready": {
      get: {
        summary: "Whether it takes requests",
        responses: { ...answers("It does"), "503": { description: "It starts, or stops" } },
      },
    },
    "/v2/models/{name}": model(MODEL),
    "/v2/models/{name}/versions/{version}": model(VERSION),
    "/v2/models/{name}/ready": ready(MODEL),
    "/v2/models/{name}/versions/{version}/ready": ready(VERSION),
    "/v2/models/{name}/infer": infer(MODEL),
    "/v2/models/{name}/versions/{version}/infer": infer(VERSION),
    "/v2/repository/index": {
      post: {
        summary: "Every model and its state",
        requestBody: {
          content: {
            "application/json": {
              schema: { type: "object", properties: { ready: { type: "boolean" } } },
            },
          },
        },
        responses: answers("name, version, state, reason of each"),
      },
    },
    "/v2/repository/models/{name}/load": {
      post: {
        summary: "Load what the model directory has of it now",
        parameters: MODEL,
        responses: answers("It can infer"),
      },
    },
    "/v2/repository/models/{name}/unload": {
      post: {
        summary: "Give its memory back",
        parameters: MODEL,
        responses: answers("It is unloaded"),
      },
    },
  },
} as const;
