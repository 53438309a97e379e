/** OpenAPI as a page for people: no script, nothing from elsewhere, and readable on a phone. */

import type { OpenApi, Operation, Schema } from "./openapi_types.ts";

/** A page shows what is in it and nothing else, wherever it is embedded. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --get: #0a7d4f; --post: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --get: #4cc38a; --post: #7cb0ff; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { margin: 2.5rem 0 .25rem; font-size: 1.2rem; }
p { margin: .25rem 0 .75rem; } .soft { opacity: .75; }
code, pre { font: .875em/1.45 ui-monospace, monospace; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .6rem .8rem; display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
summary code { font-weight: 600; overflow-wrap: anywhere; } details > div { padding: 0 .8rem .8rem; }
.verb { font: 700 .75rem/1 ui-monospace, monospace; min-width: 3rem; }
.get { color: var(--get); } .post { color: var(--post); }
table { border-collapse: collapse; width: 100%; margin: .25rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; } h3 { font-size: .95rem; margin: 1rem 0 .25rem; }
pre { background: var(--soft); border-radius: .5rem; padding: .75rem; overflow-x: auto; margin: .25rem 0; }
`;

/** The page of a document. */
export function openApiPage(document: OpenApi): Response {
  const html = new TextEncoder().encode(pageOf(document));
  return new Response(html, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-length": String(html.length),
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  });
}

function pageOf({ info, tags, paths, components: { schemas } }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, { get, post, parameters = [] }]) =>
    Object.entries({ get, post }).flatMap(([verb, operation]) =>
      operation
        ? [{ path, verb, ...operation, parameters: [...parameters, ...operation.parameters ?? []] }]
        : []
    )
  );
  const groups = tags.map(({ name, description }) =>
    `<h2>${text(name)}</h2><p class="soft">${text(description)}</p>` +
    operations.filter((one) => one.tags.includes(name)).map(operationOf).join("")
  );
  const shapes = Object.entries(schemas).map(([name, schema]) =>
    `<details id="${text(name)}"><summary><code>${text(name)}</code></summary>` +
    `<div><pre>${text(shapeOf(schema))}</pre></div></details>`
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<title>${text(info.title)}</title><style>${STYLE}</style></head><body>` +
    `<h1>${text(info.title)} <span class="soft">${text(info.version)}</span></h1>` +
    `<p>${text(info.description)} For programs: <a href="openapi.json">openapi.json</a>.</p>` +
    `${groups.join("")}<h2>schemas</h2>${shapes.join("")}</body></html>`;
}

function operationOf(
  operation: Operation & { readonly path: string; readonly verb: string },
): string {
  const { path, verb, summary, description = "", parameters = [], requestBody, responses } =
    operation;
  const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) =>
    `<h3>${text(type)}</h3><pre>${text(shapeOf(schema))}</pre>`
  );
  const rows = parameters.map(({ name, in: where, required = false, schema, description = "" }) =>
    `<tr><th><code>${text(name)}</code></th><td>${text(where)}${required ? ", wanted" : ""}</td>` +
    `<td><code>${text(shapeOf(schema))}</code> ${text(schema.description ?? description)}</td></tr>`
  );
  const answers = Object.entries(responses).map(([status, { description, content = {} }]) => {
    const [schema] = Object.values(content).map(({ schema }) => schema);
    return `<tr><th>${text(status)}</th><td>${text(description)}</td><td>${
      schema ? linked(schema) : ""
    }</td></tr>`;
  });
  return `<details><summary><span class="verb ${verb}">${verb.toUpperCase()}</span>` +
    `<code>${text(path)}</code><span class="soft">${text(summary)}</span></summary><div>` +
    (description ? `<p>${text(description)}</p>` : "") +
    (rows.length > 0 ? `<h3>Parameters</h3><table>${rows.join("")}</table>` : "") +
    bodies.join("") + `<h3>Answers</h3><table>${answers.join("")}</table></div></details>`;
}

function linked(schema: Schema): string {
  return (schema.anyOf ?? [schema]).map(({ $ref }) => {
    const name = $ref?.split("/").at(-1);
    return name ? `<a href="#${text(name)}"><code>${text(name)}</code></a>` : "";
  }).join(" ");
}

/** A schema in the form in which its values stand. */
function shapeOf(schema: Schema, indent = ""): string {
  const inner = `${indent}  `;
  if (schema.$ref) return schema.$ref.split("/").at(-1)!;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map((one) => shapeOf(one, indent)).join(" | ");
  if (schema.prefixItems) {
    return `[${schema.prefixItems.map((one) => shapeOf(one, indent)).join(", ")}]`;
  }
  if (schema.items) return `${shapeOf(schema.items, indent)}[]`;
  if (!schema.properties) return schema.format ?? schema.type ?? "any";
  const fields = Object.entries(schema.properties).map(([name, one]) =>
    `${inner}${name}${schema.required?.includes(name) ? "" : "?"}: ${shapeOf(one, inner)}`
  );
  return `{\n${fields.join("\n")}\n${indent}}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" },
};

function text(value: string): string {
  return value.replaceAll(/[&<>"']/g, (one) => ENTITIES[one]!);
}
