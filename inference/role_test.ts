/** `smarteye serve` from its start to its end, with a tiny model. */

import assert from "node:assert/strict";
import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import { systemClock } from "../core/clock.ts";
import { isSmarteyeError } from "../core/errors.ts";
import { seededRng } from "../core/rng.ts";
import type { ExitStatus } from "../core/role.ts";
import type { InferReply } from "../proto/generated/smarteye/v1/InferReply.ts";
import { Inference } from "../proto/grpc_service.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { refused } from "../tests/fakes/refused.ts";
import { addModel } from "../tests/fakes/tiny_model.ts";
import { SeenWorkers } from "../tests/fakes/workers.ts";
import type { ServeOptions } from "./options.ts";
import { run } from "./role.ts";
import { modelsOf } from "../tests/fakes/models.ts";

/** A port that is free now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** A server of the models in a folder. */
class Serving {
  readonly #drain = new AbortController();
  readonly printed: string[] = [];
  readonly port: number;
  readonly ended: Promise<ExitStatus>;

  constructor(folder: Folder, said: Partial<ServeOptions> = {}) {
    const { port } = said.listen ?? { port: freePort() };
    this.port = port;
    const options: ServeOptions = {
      listen: { host: "127.0.0.1", port },
      httpListen: undefined,
      models: modelsOf(folder.path),
      profiles: folder.file("profile.json"),
      watchModels: false,
      preload: [],
      preloadNamedBy: "config",
      workers: 1,
      cores: 1,
      ortLib: undefined,
      threads: 1,
      queueLengthMax: 4,
      batching: { batchMax: 0, maxDelayMs: 0 },
      gpu: undefined,
      limits: { bodyBytesMax: 1e6, pixelsMax: 1e6, bodyTimeoutMs: 1000, requestsMax: 10 },
      connectionsMax: 10,
      json: true,
      ...said,
    };
    this.ended = run(options, {
      clock: systemClock,
      rng: seededRng(1),
      drain: this.#drain.signal,
      print: (line) => this.printed.push(line),
    });
  }

  /** Infers a bright picture: the answer, or the error. */
  async infer(): Promise<InferReply | ServiceError> {
    const client = new Inference(`127.0.0.1:${this.port}`, credentials.createInsecure());
    const raw = { width: 32, height: 32, rgb: new Uint8Array(32 * 32 * 3).fill(255) };
    const answer = await new Promise<InferReply | ServiceError>((resolve) =>
      client.Infer(
        { model: "tiny", raw },
        { deadline: Date.now() + 10_000 },
        (error, reply) => resolve(error ?? reply!),
      )
    );
    client.close();
    return answer;
  }

  /** Tells it to drain, and waits for its end. */
  async end(): Promise<ExitStatus> {
    this.#drain.abort();
    return await this.ended;
  }
}

/** Waits until `happened`. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await systemClock.sleep(5);
}

/** A server whose only model is being loaded until the Workers are released. */
async function stuckLoading(folder: Folder, workers: SeenWorkers): Promise<Serving> {
  addModel(folder);
  workers.hold("load");
  const serving = new Serving(folder);
  await until(() => workers.askedFor("load").length === 1);
  return serving;
}

Deno.test("a server listens before its models are loaded, and says that it is ready after that", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  const serving = await stuckLoading(folder, workers);
  const early = await serving.infer();
  assert.ok("details" in early);
  assert.deepEqual([early.code, serving.printed], [status.UNAVAILABLE, []]);
  assert.match(early.details, /the server is starting, its models are being loaded/);
  workers.hold();
  workers.release();
  await until(() => serving.printed.length > 0);
  assert.deepEqual(JSON.parse(serving.printed[0]!), {
    role: "serve",
    listen: `127.0.0.1:${serving.port}`,
  });
  const reply = await serving.infer();
  assert.ok("detections" in reply);
  assert.equal(reply.detections[0]?.label, "car");
  assert.equal(await serving.end(), 0);
});

Deno.test("a server that is stopped while its models are being loaded ends at once", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  const serving = await stuckLoading(folder, workers);
  assert.equal(await serving.end(), 0);
  assert.deepEqual(serving.printed, []);
});

Deno.test("a port in use is said before a model is loaded", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  addModel(folder);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const serving = new Serving(folder, { listen: { host: "127.0.0.1", port } });
  const message = await refused(serving.ended, "already_in_use");
  assert.match(message, /the port is in use, a free one is wanted/);
  assert.deepEqual([workers.made, workers.asked], [[], []]);
});

Deno.test("a server of whose models none can be loaded ends, and gives its port back", async () => {
  await using folder = new Folder();
  addModel(folder);
  folder.write("tiny.onnx", "spoilt");
  const serving = new Serving(folder);
  await refused(serving.ended, "failed_precondition");
  Deno.listen({ hostname: "127.0.0.1", port: serving.port }).close();
});

Deno.test("a model that the command line names must be known; one of a config is left out", async () => {
  await using folder = new Folder();
  addModel(folder);
  const named = (name: string) => new Serving(folder, { preload: [name], preloadNamedBy: "flag" });
  const unknown = await refused(named("tini").ended, "invalid_argument");
  assert.match(unknown, /"tini": it is not in the catalogue, one of .*tiny.* is wanted/);
  assert.match(unknown, /\(did you mean tiny\?\)$/);
  await assert.rejects(
    named("yolox_nano").ended,
    (error) => isSmarteyeError(error, "not_found") && /there is no file/.test(error.message),
  );
  const serving = new Serving(folder, { preload: ["yolov3", "tiny"] });
  await until(() => serving.printed.length > 0);
  assert.equal(await serving.end(), 0);
});
