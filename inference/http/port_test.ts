/** The HTTP port as its clients see it. */

import assert from "node:assert/strict";
import { connect } from "node:net";
import { systemClock } from "../../core/clock.ts";
import { PixelPicture } from "../../core/image.ts";
import { logger } from "../../core/log.ts";
import { MachineLoadMeter } from "../machine_load.ts";
import { InferenceService } from "../service.ts";
import { Telemetry } from "../telemetry.ts";
import { BearerToken } from "../../web/bearer_token.ts";
import { Bench } from "../../tests/fakes/bench.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { SeenWorkers } from "../../tests/fakes/workers.ts";
import { SIDE } from "../../tests/fakes/tiny_model.ts";
import { OPENAPI } from "./openapi.ts";
import { type HttpPort, openHttpPort } from "../../web/http_port.ts";
import { routes } from "./routes.ts";

const BODY_MAX = 100_000;

/** A port with one loaded model. */
class Served implements AsyncDisposable {
  readonly bench = new Bench();
  port!: HttpPort;
  readonly service: InferenceService;
  readonly telemetry: Telemetry;

  private constructor(private readonly token?: string) {
    const { clock } = this.bench;
    const machine = new MachineLoadMeter(clock);
    this.telemetry = new Telemetry(() => this.service.reading());
    const limits = { pixelsMax: 10_000, scoreThreshold: undefined };
    this.service = new InferenceService({ machine, clock, ...limits, telemetry: this.telemetry });
  }

  static async open(
    said: { token?: string; isStarting?: boolean } = {},
  ): Promise<Served> {
    const served = new Served(said.token);
    const { service, telemetry, bench: { clock } } = served;
    const limits = {
      pixelsMax: 10_000,
      bodyBytesMax: BODY_MAX,
      bodyTimeoutMs: 5000,
      requestsMax: 9,
    };
    const token = said.token === undefined ? undefined : new BearerToken(said.token);
    served.port = await openHttpPort({
      ...{ listen: { host: "127.0.0.1", port: 0 }, tls: undefined, clock },
      connectionsMax: 64,
      answer: routes({ service, telemetry, limits, token, clock }),
      log: logger("inference"),
    });
    if (said.isStarting) return served;
    const engine = await served.bench.engine([{ name: "tiny" }, { name: "asleep" }]);
    await engine.repository.load("tiny");
    service.serve(engine);
    return served;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    return await fetch(`http://127.0.0.1:${this.port.address.port}${path}`, { headers, ...init });
  }

  /** Asks, and reads JSON. */
  async json(
    path: string,
    said?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const post = { method: "POST", body: JSON.stringify(said) };
    const response = await this.fetch(path, said === undefined ? {} : post);
    return { status: response.status, body: await response.json() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.port.close(1000);
    await this.bench.clock.until(closing);
    await this.bench[Symbol.asyncDispose]();
  }
}

async function image(): Promise<Record<string, unknown>> {
  const jpeg = await new PixelPicture(plain(64, 48, [255, 255, 255])).jpeg({
    width: 64,
    height: 48,
  }, 95);
  const data = [jpeg.toBase64()];
  return {
    name: "image",
    datatype: "BYTES",
    shape: [1],
    data,
    parameters: { content_type: "base64" },
  };
}

Deno.test("an image is answered with what was found, tensors with the network's", async () => {
  await using served = await Served.open();
  const { status, body } = await served.json("/v2/models/tiny/infer", { inputs: [await image()] });
  assert.equal(status, 200, JSON.stringify(body));
  const outputs = body["outputs"] as { name: string; data: number[] }[];
  assert.deepEqual(outputs.map(({ name }) => name), ["boxes", "scores", "class_ids", "labels"]);
  assert.deepEqual(outputs[0]!.data.map(Math.round), [8, 12, 40, 36]);
  const { body: told } = await served.json("/v2/models/tiny/versions/1");
  const [{ name }] = told["inputs"] as [{ name: string }];
  const data = new Array(3 * SIDE * SIDE).fill(255);
  const shape = [1, 3, SIDE, SIDE];
  const inferred = await served.json("/v2/models/tiny/versions/1/infer", {
    id: "seven",
    inputs: [{ name, datatype: "FP32", shape, data }],
  });
  assert.deepEqual([inferred.status, inferred.body["id"]], [200, "seven"]);
  const [output] = inferred.body["outputs"] as { data: number[] }[];
  assert.ok(output!.data.some((value) => value > 0));
});

Deno.test("an image is a body of its own, where nothing of it is JSON", async () => {
  await using served = await Served.open();
  const { data: [base64] } = await image() as { data: [string] };
  const response = await served.fetch("/v2/models/tiny/infer", {
    method: "POST",
    body: Uint8Array.fromBase64(base64),
    headers: { "inference-header-content-length": "0" },
  });
  const { outputs } = await response.json() as { outputs: { data: unknown[] }[] };
  assert.deepEqual(outputs.at(-1)!.data, ["car"]);
});

Deno.test("models are told, loaded and unloaded", async () => {
  await using served = await Served.open();
  const ready = async (path: string) => (await served.fetch(path)).status;
  assert.equal(await ready("/v2/models/tiny/ready"), 200);
  assert.equal(await ready("/v2/models/asleep/ready"), 400);
  assert.equal((await served.json("/v2/repository/models/asleep/load", {})).status, 200);
  assert.equal((await served.json("/v2/repository/models/tiny/unload", {})).status, 200);
  assert.deepEqual([await ready("/v2/models/tiny/ready"), await ready("/v2/models/asleep/ready")], [
    400,
    200,
  ]);
  const { body } = await served.json("/v2/repository/index", { ready: true });
  assert.deepEqual(body, [{ name: "asleep", version: "1", state: "READY", reason: "" }]);
});

Deno.test("what cannot be answered says so, in the protocol's words and with the right status", async () => {
  await using served = await Served.open();
  const inputs = [await image()];
  const cases: [path: string, said: unknown, status: number, told: RegExp][] = [
    ["/v2/models/nobody/infer", { inputs }, 404, /"nobody"/],
    ["/v2/models/tiny/versions/9/infer", { inputs }, 404, /tiny@9/],
    ["/v2/models/tiny/infer", { inputs: [] }, 400, /was not given/],
    ["/v2/models/tiny/infer", { inputs, pad: "x".repeat(BODY_MAX) }, 413, /bytes/],
    ["/v2/models/nobody", undefined, 404, /"nobody"/],
    ["/v2/nowhere", undefined, 404, /openapi\.json/],
    ["/v2/repository/models/nobody/load", {}, 404, /"nobody"/],
    ["/v2/repository/models/tiny/load", { parameters: { config: "{}" } }, 400, /none are taken/],
  ];
  for (const [path, said, status, told] of cases) {
    const answer = await served.json(path, said);
    assert.equal(answer.status, status, path);
    assert.match(String(answer.body["error"]), told);
  }
  const zipped = await served.fetch("/v2/models/tiny/infer", {
    method: "POST",
    body: "x",
    headers: { "content-encoding": "gzip" },
  });
  assert.equal(zipped.status, 415);
  await zipped.body?.cancel();
});

Deno.test("a server that starts or stops is alive and not ready", async () => {
  await using served = await Served.open({ isStarting: true });
  const ask = async () =>
    await Promise.all(
      ["/healthz", "/readyz", "/v2/health/live", "/v2/health/ready"].map(async (path) => {
        const response = await served.fetch(path);
        await response.body?.cancel();
        return response.status;
      }),
    );
  assert.deepEqual(await ask(), [200, 503, 200, 503]);
  const engine = await served.bench.engine([{ name: "tiny" }]);
  await engine.repository.load("tiny");
  served.service.serve(engine);
  assert.deepEqual(await ask(), [200, 200, 200, 200]);
  served.service.drain();
  assert.deepEqual(await ask(), [200, 503, 200, 503]);
});

Deno.test("metrics count requests by model, protocol and outcome, and what callers make up is unknown", async () => {
  await using served = await Served.open();
  const inputs = [await image()];
  await served.json("/v2/models/tiny/infer", { inputs });
  for (let i = 0; i < 5; i++) await served.json(`/v2/models/made-up-${i}/infer`, { inputs });
  const noJson = { method: "POST", body: "{" };
  await (await served.fetch("/v2/models/tiny/infer", noJson)).body?.cancel();
  const text = await (await served.fetch("/metrics")).text();
  const prefix = "smarteye_inference_";
  const count = (model: string, outcome: string) =>
    `${prefix}requests_total{model="${model}",protocol="open_inference_http",outcome="${outcome}"}`;
  assert.ok(text.includes(`${count("tiny", "ok")} 1\n`), text);
  assert.ok(text.includes(`${count("unknown", "not_found")} 5\n`));
  assert.ok(
    text.includes(`${count("tiny", "invalid_argument")} 1\n`),
    "what comes to nothing counts",
  );
  for (const stage of ["decode", "queue", "preprocess", "infer", "postprocess"]) {
    assert.ok(
      text.includes(`${prefix}stage_duration_seconds_count{model="tiny",stage="${stage}"} 1\n`),
    );
  }
  assert.ok(text.includes(`${prefix}models{state="ready"} 1\n`));
  assert.ok(text.includes(`${prefix}batch_pictures_sum{model="tiny"} 1\n`));
  assert.match(text, /worker_busy_seconds_total\{model="tiny"\} 0\.\d+/);
});

Deno.test("who has no token is told so, but may ask whether the server is well", async () => {
  await using served = await Served.open({ token: "open sesame".replace(" ", "-") });
  const { port } = served.port.address;
  const status = async (path: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    await response.body?.cancel();
    return [response.status, response.headers.get("www-authenticate")];
  };
  assert.deepEqual(await status("/v2"), [401, "Bearer"]);
  assert.deepEqual(await status("/metrics", "Bearer wrong"), [401, "Bearer"]);
  assert.deepEqual(await status("/v2", "Bearer open-sesame"), [200, null]);
  assert.deepEqual([await status("/healthz"), await status("/readyz")], [[200, null], [200, null]]);
});

Deno.test("who leaves while waiting is not inferred for", async () => {
  using workers = new SeenWorkers();
  await using served = await Served.open();
  workers.hold("infer");
  const said = JSON.stringify({ inputs: [await image()] });
  const before = [1, 2].map(() =>
    served.fetch("/v2/models/tiny/infer", { method: "POST", body: said })
  );
  while (workers.askedFor("infer").length < 2) await systemClock.sleep(5);
  const leaving = new AbortController();
  const left = served.fetch("/v2/models/tiny/infer", {
    ...{ method: "POST", body: said, signal: leaving.signal },
  });
  while (served.service.underWay < 3) await systemClock.sleep(5);
  leaving.abort();
  await assert.rejects(left);
  const latest = performance.now() + 5000;
  while (served.service.underWay > 2 && performance.now() < latest) await systemClock.sleep(5);
  assert.equal(served.service.underWay, 2);
  workers.hold();
  for (const _ of before) workers.release();
  for (const one of before) await (await one).body?.cancel();
  const text = await (await served.fetch("/metrics")).text();
  assert.match(text, /open_inference_http",outcome="cancelled"} 1\n/);
});

/** A request for an inference whose body does not come. */
function stalled(port: number, model: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(
    `POST /v2/models/${model}/infer HTTP/1.1\r\nhost: a\r\ncontent-length: 90000\r\n\r\n`,
  );
  const answer = new Promise<string>((resolve) =>
    socket.once("data", (bytes) => resolve(bytes.toString().split("\r\n")[0]!))
  );
  return answer.finally(() => socket.destroy());
}

Deno.test("of an unknown model's request, the body is not waited for", async () => {
  await using served = await Served.open();
  assert.equal(await stalled(served.port.address.port, "nobody"), "HTTP/1.1 404 Not Found");
});

Deno.test("a server that has all the requests that it takes says that it is well", async () => {
  await using served = await Served.open();
  const slow = Array.from({ length: 9 }, () => stalled(served.port.address.port, "tiny"));
  while (served.bench.clock.sleeping < slow.length) await systemClock.sleep(5);
  const answer = await served.fetch("/v2/models/tiny/infer", { method: "POST", body: "{}" });
  assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "1"]);
  assert.match((await answer.json()).error, /9 others are under way/);
  assert.equal((await served.fetch("/healthz")).status, 200);
  await served.bench.clock.advance(5000);
  for (const one of slow) assert.equal(await one, "HTTP/1.1 408 Request Timeout");
  assert.equal((await served.json("/v2/models/tiny/infer", {})).status, 400);
});

Deno.test("a connection is kept for the next request, with a body or without", async () => {
  await using served = await Served.open();
  const socket = connect(served.port.address.port, "127.0.0.1");
  let answers = "";
  socket.on("data", (bytes) => answers += bytes);
  const count = () => answers.split("HTTP/1.1 200").length - 1;
  const until = async (n: number) => {
    while (count() < n && !socket.destroyed) {
      await new Promise((resolve) => socket.once("data", resolve));
    }
  };
  socket.write("GET /v2 HTTP/1.1\r\nhost: a\r\n\r\n");
  await until(1);
  socket.write("POST /v2/repository/index HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}");
  await until(2);
  socket.write("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n");
  await until(3);
  assert.equal(count(), 3, answers);
  socket.destroy();
});

Deno.test("the document lists the routes, each of which answers", async () => {
  await using served = await Served.open();
  const document = await (await served.fetch("/openapi.json")).json();
  assert.deepEqual(document, JSON.parse(JSON.stringify(OPENAPI)));
  for (const [path, methods] of Object.entries(OPENAPI.paths)) {
    for (const method of Object.keys(methods)) {
      const real = path.replace("{name}", "tiny").replace("{version}", "1");
      const body = method === "post" ? { body: "{}" } : {};
      const response = await served.fetch(real, { method: method.toUpperCase(), ...body });
      const text = await response.text();
      assert.doesNotMatch(text, /openapi\.json lists/, `${method} ${path}`);
      assert.notEqual(response.status, 500, text);
    }
  }
});
