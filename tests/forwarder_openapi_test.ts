/** The forwarder's OpenAPI: it is one, it tells all that there is, and what it tells is so. */

import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { systemClock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import { digestOf } from "../forwarder/clients/clients.ts";
import { gateway, type GatewayParts } from "../forwarder/gateway.ts";
import { openApi } from "../forwarder/openapi.ts";
import type { Schema } from "../forwarder/openapi_types.ts";
import { Folder } from "./fakes/folder.ts";
import { JPEG, OPTIONS, world } from "./fakes/forwarder_world.ts";
import { jpegHeader } from "./fakes/image_headers.ts";
import { Asker } from "./fakes/openapi_asker.ts";

const OPERATIONS = Object.entries(openApi().paths).flatMap(([path, { get, post }]) => [
  ...(get ? [`GET ${path}`] : []),
  ...(post ? [`POST ${path}`] : []),
]).sort();

Deno.test("the document is one of OpenAPI", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...structuredClone(openApi()) });
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
  const broken = await new Validator().validate({ ...structuredClone(openApi()), paths: 1 });
  assert.ok(!broken.valid);
});

Deno.test("every route is told, and nothing else", () => {
  const { routes } = gateway({ clock: systemClock } as unknown as GatewayParts);
  assert.deepEqual([...routes("both")].sort(), OPERATIONS);
  const [clients, operators] = [routes("clients"), routes("operators")];
  assert.deepEqual([...new Set([...clients, ...operators])].sort(), OPERATIONS);
  for (
    const path of ["/healthz", "/readyz", "/v1/servers", "/v1/edges", "/openapi.json", "/docs"]
  ) {
    assert.ok(clients.includes(`GET ${path}`) && operators.includes(`GET ${path}`), path);
  }
});

Deno.test("every field of every answer is described", () => {
  const bare: string[] = [];
  const look = (schema: Schema, place: string) => {
    for (const [name, one] of Object.entries(schema.properties ?? {})) {
      if (!one.description) bare.push(`${place}.${name}`);
      look(one, `${place}.${name}`);
    }
    for (const one of schema.anyOf ?? []) look(one, place);
    if (schema.items) look(schema.items, place);
  };
  for (const [name, schema] of Object.entries(openApi().components.schemas)) look(schema, name);
  assert.deepEqual(bare, []);
});

function formOf(fields: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    form.set(name, typeof value === "string" ? value : new Blob([value]));
  }
  return form;
}

const original = (fields: Readonly<Record<string, string>>) =>
  new URLSearchParams({ selected_model: "m", frame_shape: "(2, 4, 3)", ...fields });

Deno.test("real answers are what the document says", async () => {
  const options = { detectionModel: "m" };
  const reread = () => ({ ...OPTIONS, ...options, deadlineMs: 4000 });
  await world(1, options, async ({ base, servers: [server] }) => {
    const asker = new Asker(base, await (await fetch(`${base}/openapi.json`)).json());
    const asks = (wanted: number, ...asked: Parameters<Asker["ask"]>) =>
      asker.ask(...asked).then(({ status, text }) => {
        assert.equal(status, wanted, `${asked[0]} ${text}`);
        return text;
      });
    const { script } = server!;
    const detection = { label: "car", class_id: 2, score: 0.9, box: [1, 2, 30, 40] } as const;
    script.findings = {
      detections: [detection, { ...detection, mask: { size: [2, 4], counts: [3, 3, 2] } }],
    };
    const image = { "content-type": "image/jpeg" };
    await asks(200, "POST /image_handler?model=m&frame=1", JPEG, image);
    await asks(200, "POST /image_handler?model=m", formOf({ image: JPEG }));
    await asks(200, "POST /image_handler", formOf({ image: JPEG, model: "m" }));
    await asks(400, "POST /image_handler", JPEG, image);
    await asks(404, "POST /image_handler?model=none", JPEG, image);
    await asks(400, "POST /image_handler?model=m", "no image", image);
    await asks(413, "POST /image_handler?model=m", jpegHeader(60_000, 60_000), image);
    await asks(415, "POST /image_handler?model=m", "x", { "content-type": "text/plain" });
    for (const path of ["detection", "custom/m"]) {
      await asks(200, `POST /v1/vision/${path}`, formOf({ image: JPEG }));
      await asks(400, `POST /v1/vision/${path}`, formOf({ image: JPEG, min_confidence: "x" }));
      await asks(415, `POST /v1/vision/${path}`, JPEG, image);
    }
    script.findings = { detections: [] };
    await asks(200, "POST /image_handler", original({ frame: btoa("\0".repeat(4 * 2 * 3)) }));
    await asks(400, "POST /image_handler", original({}));
    script.findings = { classifications: [{ label: "tabby", class_id: 1, score: 0.7 }] };
    await asks(200, "POST /image_handler?model=m", JPEG, image);
    await asks(200, "POST /image_handler", original({ frame: btoa("\0".repeat(4 * 2 * 3)) }));
    script.infer = () => ({ code: 8, details: "full" });
    await asks(503, "POST /image_handler?model=m", JPEG, image);
    await asks(503, "POST /v1/vision/detection", formOf({ image: JPEG }));
    script.infer = () => ({ code: 13, details: "a fault" });
    await asks(500, "POST /image_handler?model=m", JPEG, image);
    await asks(200, "GET /v1/vision/custom/list");
    await asks(200, "POST /v1/vision/custom/list");
    for (const path of ["/v1/status/ping", "/healthz", "/readyz", "/v1/edges", "/metrics"]) {
      await asks(200, `GET ${path}`);
    }
    await asks(200, "GET /v1/servers");
    await asks(200, "GET /v1/servers?details=true");
    await asks(200, "GET /openapi.json");
    const page = await asks(200, "GET /docs");
    for (const path of Object.keys(openApi().paths)) {
      assert.ok(page.includes(`<code>${path}</code>`), path);
    }
    assert.ok(!/<script|https?:|src=/.test(page), "nothing from elsewhere");
    const changed = JSON.parse(await asks(200, "POST /v1/reload"));
    assert.deepEqual(changed.changed.includes("[forwarder] deadline_ms"), true);
    assert.deepEqual([...asker.asked].sort(), OPERATIONS);
  }, { reread });
});

Deno.test("real refusals of who may not ask are what the document says", async () => {
  await using folder = new Folder();
  const tokens = folder.write(
    "tokens.yaml",
    `tokens:
  - {name: gate, sha256: ${digestOf("of-the-gate")}, models: [n]}
  - {name: yard, sha256: ${digestOf("of-the-yard")}, requests_per_s: 1}
  - {name: boss, sha256: ${digestOf("of-the-boss")}, manages: true}
`,
  );
  const reread = () => {
    throw new SmarteyeError("invalid_argument", "Cannot read the settings: they are wrong");
  };
  await world(1, { tokens, detectionModel: "m" }, async ({ base }) => {
    const asker = new Asker(base, await (await fetch(`${base}/openapi.json`)).json());
    const by = (name: string) => ({ authorization: `Bearer of-the-${name}` });
    const image = { "content-type": "image/jpeg" };
    const asks = async (wanted: number, ...asked: Parameters<Asker["ask"]>) => {
      const { status, text } = await asker.ask(...asked);
      assert.equal(status, wanted, `${asked[0]} ${text}`);
    };
    const infer = "POST /image_handler?model=m";
    await asks(401, infer, JPEG, image);
    await asks(403, infer, JPEG, { ...image, ...by("gate") });
    await asks(200, infer, JPEG, { ...image, ...by("yard") });
    await asks(429, infer, JPEG, { ...image, ...by("yard") });
    await asks(401, "POST /v1/vision/detection", formOf({ image: JPEG }));
    await asks(403, "POST /v1/vision/custom/m", formOf({ image: JPEG, api_key: "of-the-gate" }));
    await asks(200, "GET /v1/vision/custom/list?api_key=of-the-gate");
    await asks(401, "GET /v1/vision/custom/list");
    await asks(401, "POST /v1/vision/custom/list?api_key=of-nobody");
    await asks(401, "GET /v1/servers");
    for (const operation of ["GET /metrics", "POST /v1/reload"]) {
      await asks(401, operation);
      await asks(403, operation, undefined, by("gate"));
    }
    await asks(400, "POST /v1/reload", undefined, by("boss"));
    for (const path of ["/healthz", "/readyz", "/v1/status/ping", "/openapi.json", "/docs"]) {
      await asks(200, `GET ${path}`);
    }
  }, { reread });
});

Deno.test("what no server can do, and no settings, is told as the document says", async () => {
  await world(0, {}, async ({ base }) => {
    const asker = new Asker(base, await (await fetch(`${base}/openapi.json`)).json());
    const statuses = [];
    for (const operation of ["GET /readyz", "GET /v1/servers", "POST /v1/reload"]) {
      statuses.push((await asker.ask(operation)).status);
    }
    statuses.push((await asker.ask("POST /v1/vision/detection", formOf({ image: JPEG }))).status);
    assert.deepEqual(statuses, [503, 200, 500, 503]);
  });
});
