/** OpenAPI as a page for people: no script, nothing from elsewhere, and readable on a phone. */

import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { fieldsIn } from "./openapi_fields.ts";
import { STYLE } from "./openapi_style.ts";
import type { Answer, Content, OpenApi, Operation, Parameter, Schema } from "./openapi_types.ts";

/** What the template makes: it escapes all that is put into it, but for what it made itself. */
type Html = ReturnType<typeof html>;

/** A page shows what is in it and nothing else, wherever it is embedded. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join("; ");

const OPTIONAL = html`
  <span class="soft">optional</span>
`;

const written = new WeakMap<OpenApi, Uint8Array<ArrayBuffer>>();

/** The page of a document; of the same one it is written once. */
export async function openApiPage(document: OpenApi): Promise<Response> {
  let page = written.get(document);
  if (!page) {
    page = new TextEncoder().encode(String(await pageOf(document)));
    written.set(document, page);
  }
  return new Response(page, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-length": String(page.length),
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  });
}

/** An operation with where it stands. */
interface Placed extends Operation {
  readonly path: string;
  readonly verb: string;
}

function pageOf({ info, tags, paths, components }: OpenApi): Html {
  const operations = Object.entries(paths).flatMap(([path, { get, post, parameters = [] }]) =>
    Object.entries({ get, post }).flatMap(([verb, operation]): Placed[] =>
      operation
        ? [{ path, verb, ...operation, parameters: [...parameters, ...operation.parameters ?? []] }]
        : []
    )
  );
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${info.title}</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <header>
          <h1>${info.title} <small>${info.version}</small></h1>
          <p>${prose(info.description)}</p>
          <p>For programs: <a href="openapi.json">openapi.json</a></p>
        </header>
        <main>
    ${tags.map(({ name, description }) =>
      html`
        <section><h2>${name}</h2><p class="soft">${prose(description)}</p>
        ${operations.filter((one) => one.tags.includes(name)).map(operationOf)}</section>
      `
    )}
    <section><h2>schemas</h2><p class="soft">What answers look like.</p>
    ${Object.entries(components.schemas).map(([name, schema]) =>
      html`
        <details>
          <summary><code>${name}</code></summary>
          <div id="${name}">${fieldTables(schema)}</div>
        </details>
      `
    )}</section>
        </main>
      </body>
    </html>
  `;
}

function operationOf(
  { path, verb, summary, description, parameters = [], requestBody, responses, security }: Placed,
): Html {
  const method = verb.toUpperCase();
  return html`
    <details>
      <summary><span class="verb ${verb}">${method}</span> <code>${path}</code> <span class="soft">${summary}</span></summary>
      <div>
    ${description === undefined ? "" : html`<p>${prose(description)}</p>`}
    ${security?.length === 0 ? html`<p>No token is wanted.</p>` : ""}
    ${parameters.length === 0 ? "" : html`<h3>Parameters</h3>${parameterTable(parameters)}`}
    ${requestBody === undefined ? "" : bodiesOf(requestBody.content)}
    <h3>Answers</h3>
    <table class="answers">${Object.entries(responses).map(([status, one]) =>
      answerRow(status, one)
    )}</table>
      </div>
    </details>
  `;
}

/** Bodies of the same schema together. */
function bodiesOf(content: Content): Html[] {
  const alike = Map.groupBy(Object.entries(content), ([, { schema }]) => schema);
  return [...alike].map(([schema, types]) =>
    html`<h3>Body: ${
      types.map(([type], at) => html`${at === 0 ? "" : ", "}<code>${type}</code>`)
    }</h3>${fieldTables(schema)}`
  );
}

function parameterTable(parameters: readonly Parameter[]): Html {
  return html`<table>${
    parameters.map(({ name, in: where, required = false, schema, description }) => {
      const [only] = fieldsIn(schema)[0]!;
      const said = description ?? schema.description ?? "";
      return html`
        <tr>
          <th><code>${name}</code></th>
          <td>${where}, ${only!.type}${required ? "" : OPTIONAL}</td>
          <td>${prose(said)}</td>
        </tr>
      `;
    })
  }</table>`;
}

function answerRow(status: string, { description, headers = {}, content = {} }: Answer): Html {
  const names = Object.keys(headers).filter((name) => name !== "x-request-id"); // all have that
  const schemas = Object.values(content).flatMap(({ schema }) => schema.anyOf ?? [schema]);
  return html`
    <tr>
      <th>${status}</th>
      <td>${prose(description)}${names.map((name) =>
        html`
          <code>${name}</code>
        `
      )}</td>
      <td>${schemas.map(({ $ref }) => $ref === undefined ? "" : link($ref))}</td>
    </tr>
  `;
}

/** To a schema, in whose details it opens what is closed. */
function link($ref: string): Html {
  const name = $ref.split("/").at(-1)!;
  return html`
    <a href="#${name}"><code>${name}</code></a>
  `;
}

function fieldTables(schema: Schema): Html[] {
  return fieldsIn(schema).map((fields, at) =>
    html`${at === 0 ? "" : html`<p class="soft">or</p>`}<table>${
      fields.map(({ name, isWanted, type, description }) =>
        html`
          <tr>
            <th>${name === "" ? "" : html`<code>${name}</code>`}</th>
            <td>${type}${isWanted ? "" : OPTIONAL}</td>
            <td>${prose(description)}</td>
          </tr>
        `
      )
    }</table>`
  );
}

/** A sentence of the document: what stands between backticks is code. */
function prose(sentence: string): (Html | string)[] {
  return sentence.split("`").map((part, at) => at % 2 === 1 ? html`<code>${part}</code>` : part);
}
