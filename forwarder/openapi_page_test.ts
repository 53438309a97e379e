import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openApi } from "./openapi.ts";
import { fieldsIn } from "./openapi_fields.ts";
import { openApiPage } from "./openapi_page.ts";
import type { OpenApi, Schema } from "./openapi_types.ts";

Deno.test("the page allows its own style and nothing else", async () => {
  const response = await openApiPage(openApi());
  const page = await response.text();
  const [, style] = /<style>([^<]*)<\/style>/.exec(page)!;
  const hash = createHash("sha256").update(style!).digest("base64");
  const policy = response.headers.get("content-security-policy")!.split("; ");
  assert.deepEqual(policy, [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ]);
  assert.ok(!/ style=|<link|<script|@import|url\(/.test(page));
  assert.equal(
    Number(response.headers.get("content-length")),
    new TextEncoder().encode(page).length,
  );
});

Deno.test("every link of the page has what it leads to, once", async () => {
  const page = await (await openApiPage(openApi())).text();
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
  assert.equal(new Set(ids).size, ids.length);
  const links = [...page.matchAll(/ href="#([^"]*)"/g)].map(([, id]) => id!);
  assert.ok(links.length > 20);
  assert.deepEqual(links.filter((id) => !ids.includes(id)), []);
});

/** The value with every text in it, names among them, made to break out of where it stands. */
function hostile(value: unknown): unknown {
  if (typeof value === "string") return `${value}<b a="'&amp;\`${value}`;
  if (Array.isArray(value)) return value.map(hostile);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hostile(one)]));
}

Deno.test("whatever the document says is text", async () => {
  const { paths, components, info, tags, openapi } = openApi();
  const operation = paths["/v1/vision/detection"]!.post!;
  const document = {
    ...{ openapi, info: hostile(info) },
    tags: [{ ...hostile(tags[0]) as object, name: "<b a=\"'" }],
    paths: { "/<b a=\"'": { post: { ...hostile(operation) as object, tags: ["<b a=\"'"] } } },
    components: { schemas: { "<b a=\"'": hostile(components.schemas["InferAnswer"]) as Schema } },
  } as unknown as OpenApi;
  const page = await (await openApiPage(document)).text();
  assert.ok(page.includes("&lt;b a=&quot;&#39;&amp;amp;"), "it is there");
  assert.ok(page.includes("Detect objects, as DeepStack does.&lt;b"), "the operation as well");
  assert.ok(!/<b\b|"'/.test(page), "nothing of it is markup");
});

Deno.test("a schema becomes lists of fields, however deep", () => {
  const text: Schema = { type: "string" };
  const cases: [schema: Schema, wanted: string[][]][] = [
    [{ type: "string", format: "binary" }, [[": binary"]]],
    [{ type: "number", minimum: 0, maximum: 1, default: 0.4 }, [
      [": number from 0 to 1; 0.4 if absent"],
    ]],
    [{ type: "integer", minimum: 1 }, [[": integer, at least 1"]]],
    [{ type: "integer", maximum: 9 }, [[": integer, at most 9"]]],
    [{ enum: ["a", "b"] }, [[': "a" or "b"']]],
    [{}, [[": any"]]],
    [{ type: "array", items: text }, [[": list of string"]]],
    [{ type: "array", prefixItems: [text, { const: 1 }] }, [[": [string, 1]"]]],
    [
      {
        properties: {
          a: { items: { properties: { b: text }, required: ["b"] } },
          c: { type: "object", properties: { d: { $ref: "#/components/schemas/D" } } },
        },
        required: ["c"],
      },
      [["a?: list of objects", "a[].b: string", "c: object", "c.d?: D"]],
    ],
    [{ anyOf: [{ properties: { a: text } }, text] }, [["a?: string"], [": string"]]],
  ];
  for (const [schema, wanted] of cases) {
    const found = fieldsIn(schema).map((fields) =>
      fields.map(({ name, isWanted, type }) => `${name}${isWanted ? "" : "?"}: ${type}`)
    );
    assert.deepEqual(found, wanted);
  }
});
