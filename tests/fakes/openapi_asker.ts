/** Asks a server, and holds what it answers against its own document. */

import assert from "node:assert/strict";
import Ajv from "ajv/dist/2020.js";
import type { OpenApi } from "../../forwarder/openapi_types.ts";

/** Headers that no answer has without being told. */
const TOLD = ["x-request-id", "retry-after", "www-authenticate"] as const;

/** What was answered. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Asks, and knows what was asked. */
export class Asker {
  /** Operations that were, as `GET /v1/vision/custom/{model}`. */
  readonly asked: Set<string> = new Set();
  readonly #ajv: Ajv.default;

  constructor(private readonly base: string, private readonly document: OpenApi) {
    this.#ajv = new Ajv.default({ strict: false });
    this.#ajv.addSchema({ ...document, $id: "document" });
  }

  /** Asks for an operation, such as `GET /readyz`. */
  async ask(operation: string, body?: BodyInit, headers: HeadersInit = {}): Promise<Answered> {
    const [method, path] = operation.split(" ") as ["GET" | "POST", string];
    const response = await fetch(`${this.base}${path}`, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body }),
    });
    const { status } = response;
    const text = await response.text();
    const pattern = this.#patternOf(path);
    this.asked.add(`${method} ${pattern}`);
    const told = this.document.paths[pattern]?.[method === "GET" ? "get" : "post"]
      ?.responses[status];
    assert.ok(told, `${operation} is not told to answer ${status}: ${text}`);
    for (const name of TOLD) {
      const value = response.headers.get(name);
      const header: { readonly $ref: string } | undefined = told.headers?.[name];
      assert.equal(value !== null, header !== undefined, `${operation}: ${status}: ${name}`);
      if (header) this.#hold(header.$ref + "/schema", valueOf(value!), `${operation}: ${name}`);
    }
    const type = response.headers.get("content-type")!.split(";")[0]!;
    assert.ok(told.content?.[type], `${operation} is not told to answer ${type}`);
    if (type === "application/json") {
      const place = [pattern, method.toLowerCase(), "responses", `${status}`, "content", type];
      const pointer = place.map((one) => one.replaceAll("~", "~0").replaceAll("/", "~1"));
      const ref = `#/paths/${pointer.map(encodeURIComponent).join("/")}/schema`;
      this.#hold(ref, JSON.parse(text), `${operation}: ${text}`);
    }
    return { status, text };
  }

  #hold(ref: string, value: unknown, what: string): void {
    const holds = this.#ajv.getSchema(`document${ref}`);
    assert.ok(holds, ref);
    assert.ok(holds(value), `${what} ${JSON.stringify(holds.errors)}`);
  }

  /** A path that is written so goes before one with a parameter. */
  #patternOf(path: string): string {
    const asked = path.replace(/\?.*/, "");
    const found =
      Object.keys(this.document.paths).filter((one) =>
        new RegExp(`^${one.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(asked)
      ).toSorted((a, b) => Number(a.includes("{")) - Number(b.includes("{")))[0];
    assert.ok(found, `${path} is not told`);
    return found;
  }
}

/** A header as the JSON value that it writes. */
function valueOf(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}
