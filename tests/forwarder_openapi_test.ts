/** The forwarder's OpenAPI: it is one, it tells all that there is, and what it tells is so. */

import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv from "ajv/dist/2020.js";
import { openApi } from "../forwarder/openapi.ts";
import type { OpenApi } from "../forwarder/openapi_types.ts";
import { jpegHeader } from "./fakes/image_headers.ts";
import { JPEG, world } from "./fakes/forwarder_world.ts";

Deno.test("the document is one of OpenAPI", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...structuredClone(openApi()) });
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
});

Deno.test("real answers are what the document says", async () => {
  await world(1, { detectionModel: "m" }, async ({ base, servers: [server] }) => {
    server!.script.findings = {
      detections: [{ label: "car", class_id: 2, score: 0.9, box: [1, 2, 30, 40] }],
    };
    const document: OpenApi = await (await fetch(`${base}/openapi.json`)).json();
    const ajv = new Ajv.default({ strict: false });
    ajv.addSchema({ ...document, $id: "document" });
    const asked = new Set<string>();
    const ask = async (path: string, method: "get" | "post", body?: BodyInit, type?: string) => {
      const [pattern] = Object.keys(document.paths).filter((one) =>
        new RegExp(`^${one.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path.replace(/\?.*/, ""))
      ).toSorted((a, b) => Number(a.includes("{")) - Number(b.includes("{")));
      const headers: HeadersInit = type === undefined ? {} : { "content-type": type };
      const init = body === undefined ? {} : { body };
      const answer = await fetch(`${base}${path}`, { method, headers, ...init });
      const text = await answer.text();
      const told = document.paths[pattern!]?.[method]?.responses[answer.status];
      assert.ok(told, `${method} ${path} is not told to answer ${answer.status}: ${text}`);
      asked.add(`${method} ${pattern}`);
      const [[said, content] = []] = Object.entries(told.content ?? {});
      if (said !== "application/json") return text;
      const schema = JSON.parse(JSON.stringify(content!.schema).replaceAll("#/", "document#/"));
      const holds = ajv.compile(schema);
      assert.ok(holds(JSON.parse(text)), `${path}: ${text} ${JSON.stringify(holds.errors)}`);
      return text;
    };
    await ask("/image_handler?model=m&frame=1", "post", JPEG, "image/jpeg");
    await ask("/image_handler?model=none", "post", JPEG, "image/jpeg");
    await ask("/image_handler?model=m", "post", "no image", "image/jpeg");
    await ask("/image_handler?model=m", "post", jpegHeader(60_000, 60_000), "image/jpeg");
    await ask("/image_handler?model=m", "post", "x", "text/plain");
    const pixels = btoa("\0".repeat(4 * 2 * 3));
    const original = new URLSearchParams({
      selected_model: "m",
      frame_shape: "(2, 4, 3)",
      frame: pixels,
    });
    server!.script.findings = { detections: [] };
    await ask("/image_handler", "post", original);
    await ask("/v1/vision/detection", "post", aForm());
    await ask("/v1/vision/detection", "post", new FormData());
    await ask("/v1/vision/custom/m", "post", aForm());
    await ask("/v1/vision/custom/list", "get");
    await ask("/v1/vision/custom/list", "post");
    for (const path of ["/v1/status/ping", "/healthz", "/readyz", "/v1/servers", "/metrics"]) {
      await ask(path, "get");
    }
    const told = Object.entries(document.paths).flatMap(([path, { get, post }]) => [
      ...(get ? [`get ${path}`] : []),
      ...(post ? [`post ${path}`] : []),
    ]);
    await ask("/openapi.json", "get");
    const page = await ask("/docs", "get");
    for (const path of Object.keys(document.paths)) {
      assert.ok(page.includes(`<code>${path}</code>`), path);
    }
    assert.ok(
      !/<script|https?:|src=/.test(page.replaceAll(/https?:\/\/spec/g, "")),
      "nothing from elsewhere",
    );
    asked.add("post /v1/reload"); // there are no settings to read again
    assert.deepEqual([...asked].sort(), told.sort());
  });
});

function aForm(): FormData {
  const form = new FormData();
  form.set("image", new Blob([JPEG]));
  return form;
}
