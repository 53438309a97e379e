/**
 * What the forwarder answers, for people and tools: OpenAPI 3.1. Its schemas are those that validate, as JSON
 * Schema, which OpenAPI takes as it is.
 */

import project from "../deno.json" with { type: "json" };
import { HEADERS } from "./openapi_answers.ts";
import { PATHS } from "./openapi_paths.ts";
import { schemas } from "./openapi_schemas.ts";
import type { OpenApi } from "./openapi_types.ts";

let document: OpenApi | undefined;

/** The document: made when somebody asks for it first. */
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
        "The cloud's gateway: takes images over HTTP and has inference servers infer them. Every " +
        "answer has an `x-request-id`, and every error tells it as `request_id`. A path that is not " +
        "here is 404, a method that a path does not take 405.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "Where this document is from." }],
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
          description: "A token, where the forwarder wants to know who asks.",
        },
        api_key: {
          ...{ type: "apiKey", in: "query", name: "api_key" },
          description: "The same token, as video recorders show it: with an image, in its form.",
        },
      },
      headers: HEADERS,
      schemas: schemas(),
    },
  };
  return document as unknown as OpenApi; // made of parts, held by a test against OpenAPI's own schema
}
