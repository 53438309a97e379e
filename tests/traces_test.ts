/** Spans of a real server, as a collector receives them. */

import assert from "node:assert/strict";

import { credentials, Metadata } from "@grpc/grpc-js";
import { Inference } from "../proto/grpc_service.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

/** Takes spans over OTLP as JSON. */
class Collector implements AsyncDisposable {
  readonly spans: Span[] = [];
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const said = await request.json();
      for (const { scopeSpans } of said.resourceSpans ?? []) {
        for (const { spans } of scopeSpans) this.spans.push(...spans);
      }
      return Response.json({});
    },
  );

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Where a process sends its spans. */
const tracing = (collector: Collector) => ({
  OTEL_DENO: "true",
  OTEL_DENO_CONSOLE: "ignore",
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_BSP_SCHEDULE_DELAY: "200",
});

Deno.test("a request's span continues the caller's trace, over gRPC and over HTTP", async () => {
  await using folder = new Folder();
  await using collector = new Collector();
  await using program = new Program(
    ["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json", "--workers", "1"],
    {
      SMARTEYE_MODELS: folder.file("models"),
      ...tracing(collector),
    },
  );
  const [, http] = await program.says(/"http":"([^"]+)"/);
  const client = new Inference(await program.address(), credentials.createInsecure());
  const trace = (digit: string) => digit.repeat(32);
  const metadata = new Metadata();
  metadata.set("traceparent", `00-${trace("a")}-${"b".repeat(16)}-01`);
  await new Promise((resolve) => client.Infer({ model: "nobody" }, metadata, resolve));
  const traceparent = `00-${trace("c")}-${"d".repeat(16)}-01`;
  const answer = await fetch(`http://${http}/v2`, { headers: { traceparent } });
  await answer.body?.cancel();
  const nowhere = await fetch(`http://${http}/v2/models/nobody/versions/1/ready`, {
    headers: { traceparent: traceparent.replaceAll("c", "e") },
  });
  await nowhere.body?.cancel();
  const refusal = await fetch(`http://${http}/v2/models/nobody/infer`, {
    ...{ method: "POST", body: "{}" },
    headers: { traceparent: traceparent.replaceAll("c", "e") },
  });
  assert.equal(refusal.status, 404);
  await refusal.body?.cancel();
  client.close();
  program.kill("SIGTERM");
  assert.equal((await program.ran()).code, 0);
  const of = (name: string, traceId: string) => {
    const span = collector.spans.find((span) => span.name === name && span.traceId === traceId);
    assert.ok(span, `${name} is not among ${collector.spans.map((span) => span.name).join(", ")}`);
    const attributes = span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]);
    return { ...span, attributes: Object.fromEntries(attributes) as Record<string, unknown> };
  };
  const infer = of("smarteye.v1.Inference/Infer", trace("a"));
  assert.equal(infer.parentSpanId, "b".repeat(16));
  assert.deepEqual([infer.kind, infer.status?.code ?? 0], [2, 0], "a server's, which did not fail");
  assert.equal(infer.attributes["rpc.method"], "Infer");
  assert.equal(infer.attributes["error.type"], "invalid_argument");
  assert.equal(infer.attributes["rpc.grpc.status_code"]?.toString(), "3");
  const get = of("GET /v2", trace("c"));
  assert.equal(get.attributes["http.response.status_code"]?.toString(), "200");
  assert.equal(get.attributes["http.route"], "/v2");
  of("GET /v2/models/{name}/versions/{version}/ready", trace("e"));
  const refused = of("POST /v2/models/{name}/infer", trace("e"));
  assert.equal(refused.attributes["error.type"], "not_found");
  assert.equal(refused.status?.code ?? 0, 0);
});

Deno.test("a frame is one trace from the edge through the forwarder to the server", async () => {
  await using folder = new Folder();
  await using collector = new Collector();
  const env = { SMARTEYE_MODELS: folder.file("models"), ...tracing(collector) };
  const any = ["--listen", "127.0.0.1:0", "--json"];
  await using server = new Program(["serve", ...any, "--workers", "1"], env);
  await using forwarder = new Program(
    ["forward", ...any, "--servers", await server.address()],
    env,
  );
  const url = `http://${await forwarder.address()}/image_handler`;
  await using edge = new Program(
    [
      ...[
        "edge",
        "-f",
        "synthetic:?frames=3",
        "--frames",
        "3",
        "--forwarder",
        url,
        "--out",
        folder.file("out"),
      ],
      ...["--policy", "always_cloud_lowest_delay", "--images", "none"],
    ],
    env,
  );
  const { code, stderr } = await edge.ran();
  assert.equal(code, 0, stderr);
  for (const program of [forwarder, server]) {
    program.kill("SIGTERM");
    assert.equal((await program.ran()).code, 0);
  }
  const attributesOf = ({ attributes }: Span) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
  const isOfFrame = (span: Span) =>
    span.kind === 3 && span.name === "POST" && attributesOf(span)["smarteye.frame"] !== undefined;
  const offloads = collector.spans.filter(isOfFrame);
  assert.ok(offloads.length > 0, collector.spans.map(({ name }) => name).join());
  for (const offload of offloads) {
    // Deno has spans of its own between ours.
    const isBelow = (span: Span, parent: Span): boolean => {
      const above = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
      return above !== undefined && (above === parent || isBelow(above, parent));
    };
    const child = (parent: Span, name: string, kind: number) => {
      const found = collector.spans.filter((span) =>
        span.name === name && span.kind === kind && isBelow(span, parent)
      );
      assert.equal(found.length, 1, `${name} below ${parent.name}`);
      assert.equal(found[0]!.traceId, parent.traceId);
      return found[0]!;
    };
    const received = child(offload, "POST /image_handler", 2);
    const call = child(received, "smarteye.v1.Inference/Infer", 3);
    const inferred = child(call, "smarteye.v1.Inference/Infer", 2);
    assert.equal(attributesOf(offload)["http.response.status_code"]?.toString(), "200");
    assert.match(`${attributesOf(received)["smarteye.request_id"]}`, /^[0-9a-f-]{36}$/);
    assert.equal(attributesOf(call)["smarteye.attempt"], "first");
    assert.equal(attributesOf(inferred)["rpc.grpc.status_code"]?.toString(), "0");
  }
});
