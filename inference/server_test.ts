/** The gRPC server as a client sees it. */

import assert from "node:assert/strict";
import { type ServiceError, status } from "@grpc/grpc-js";
import deno from "../deno.json" with { type: "json" };
import { PixelPicture } from "../core/image.ts";
import type { InferRequestMessage } from "../proto/generated/smarteye/v1/InferRequest.ts";
import type { InferReply } from "../proto/generated/smarteye/v1/InferReply.ts";
import { plain, type Rgb } from "../tests/fakes/pictures.ts";
import { refused } from "../tests/fakes/refused.ts";
import { Served } from "../tests/fakes/served.ts";
import { addModel, SIDE } from "../tests/fakes/tiny_model.ts";

const SIZE = { width: 64, height: 48 };
const jpeg = (color: Rgb) => new PixelPicture(plain(64, 48, color)).jpeg(SIZE, 95);

/** The labels of what was found, with scores. */
const seen = ({ detections }: InferReply) =>
  detections.map(({ label, score }) => `${label} ${score.toFixed(1)}`);

Deno.test("an image is inferred over gRPC, encoded or as pixels", async () => {
  await using served = await Served.open();
  const raw = { ...SIZE, rgb: plain(64, 48, [255, 255, 255]).data };
  for (const request of [{ encoded: await jpeg([255, 255, 255]) }, { raw }]) {
    const reply = await served.infer(request);
    assert.deepEqual([reply.model, reply.width, reply.height], ["tiny", 64, 48]);
    assert.equal(reply.service, "DETECTION");
    const [{ x1, y1, x2, y2 } = assert.fail("nothing was found")] = reply.detections;
    assert.deepEqual([x1, y1, x2, y2].map(Math.round), [8, 12, 40, 36]);
    assert.equal(reply.load?.workers, 1);
  }
});

Deno.test("the score threshold is the request's, else the manifest's", async () => {
  await using served = await Served.open();
  const dim = await jpeg([51, 51, 51]);
  assert.deepEqual(seen(await served.infer({ encoded: dim })), []);
  assert.deepEqual(seen(await served.infer({ encoded: dim, scoreThreshold: 0.1 })), ["car 0.2"]);
  const brighter = await jpeg([102, 102, 102]);
  assert.deepEqual(seen(await served.infer({ encoded: brighter })), ["car 0.4"]);
  assert.deepEqual(seen(await served.infer({ encoded: brighter, scoreThreshold: 0.9 })), []);
});

Deno.test("what cannot be inferred ends with its status and a sentence", async () => {
  await using served = await Served.open();
  const encoded = await jpeg([255, 255, 255]);
  const cases: [what: string, request: Partial<InferRequestMessage>, code: status, told: RegExp][] =
    [
      ["no image", {}, status.INVALID_ARGUMENT, /the request has no image/],
      ["no such image", { encoded: new Uint8Array(9) }, status.INVALID_ARGUMENT, /Cannot read the/],
      ["no such model", { encoded, model: "stranger" }, status.NOT_FOUND, /"stranger": it is not/],
      ["not loaded", { encoded, model: "asleep" }, status.NOT_FOUND, /one of tiny is wanted/],
      [
        "another service",
        { encoded, service: "CLASSIFICATION" },
        status.INVALID_ARGUMENT,
        /it does detection, classification is asked for/,
      ],
      ["no score", { encoded, scoreThreshold: 1.5 }, status.INVALID_ARGUMENT, /threshold of 1\.5/],
      [
        "too many pixels",
        { raw: { width: 1000, height: 1000, rgb: new Uint8Array(3) } },
        status.OUT_OF_RANGE,
        /at most 10000 are allowed/,
      ],
      [
        "too many bytes",
        { encoded: new Uint8Array(200_000) },
        status.OUT_OF_RANGE,
        /larger than/,
      ],
    ];
  for (const [what, request, code, told] of cases) {
    const error = await served.infer(request).then(
      () => assert.fail(`${what}: it was inferred`),
      (error: ServiceError) => error,
    );
    assert.equal(error.code, code, `${what}: ${error.details}`);
    assert.match(error.details, told, what);
  }
});

Deno.test("who is refused because the server is full is told when to come back", async () => {
  await using served = await Served.open();
  const encoded = await jpeg([255, 255, 255]);
  const errors: ServiceError[] = [];
  const note = (error: ServiceError) => void errors.push(error);
  await Promise.all(Array.from({ length: 60 }, () => served.infer({ encoded }).catch(note)));
  assert.ok(errors.length > 0, "it can queue 4");
  for (const { code, details, metadata } of errors) {
    assert.equal(code, status.RESOURCE_EXHAUSTED, details);
    assert.match(String(metadata.get("grpc-retry-pushback-ms")[0]), /^[1-9]\d*$/);
  }
});

Deno.test("a name that no header can carry is refused, and the server goes on", async () => {
  await using served = await Served.open();
  for (const model of ["😀".repeat(300), "a" + "😀".repeat(300), "half a pair \ud83d"]) {
    for (const method of ["Infer", "LoadModel"] as const) {
      const encoded = await jpeg([255, 255, 255]);
      const error = await served.call(method, { model, encoded }).then(
        () => assert.fail("it is known"),
        (error: ServiceError) => error,
      );
      assert.equal(error.code, status.NOT_FOUND, error.details);
    }
  }
});

Deno.test("work whose deadline has passed is not begun", async () => {
  await using served = await Served.open();
  const encoded = await jpeg([255, 255, 255]);
  const deadline = Date.now() + 60_000; // of the client, whose clock is behind the server's
  served.bench.clock.jump(deadline + 1000 - served.bench.clock.epochMs());
  const error = await served.infer({ encoded }, { deadline }).then(
    () => assert.fail("it was inferred"),
    (error: ServiceError) => error,
  );
  assert.equal(error.code, status.DEADLINE_EXCEEDED);
  assert.equal(error.details, "Cannot infer: the deadline has passed");
});

Deno.test("a server tells of itself and of its models", async () => {
  await using served = await Served.open();
  await served.bench.clock.advance(5000);
  const told = await served.call<Record<string, unknown>>("ServerStatus");
  assert.deepEqual(
    [told["version"], told["provider"], told["uptimeS"], told["draining"]],
    [deno.version, "cpu", 5, false],
  );
  const ready = told["models"] as { name: string; state: string; latencyMs: number }[];
  assert.deepEqual(ready.map(({ name, state }) => [name, state]), [["tiny", "READY"]]);
  assert.ok(ready[0]!.latencyMs > 0);
  const states = async () => {
    const { models } = await served.call<{ models: typeof ready }>("ListModels");
    return models.filter(({ name }) => ["tiny", "asleep"].includes(name))
      .map(({ name, state }) => `${name} ${state}`);
  };
  assert.deepEqual(await states(), ["asleep UNLOADED", "tiny READY"]);
  await served.call("LoadModel", { model: "asleep" });
  await served.call("UnloadModel", { model: "tiny" });
  assert.deepEqual(await states(), ["asleep READY", "tiny UNLOADED"]);
});

Deno.test("a model's versions are told, asked and replaced over gRPC", async () => {
  await using served = await Served.open();
  const { folder } = served.bench;
  addModel(folder, { version: "2", file: "two.onnx", labels: ["a", "two", "c"] });
  const infer = async (model: string) => {
    const reply = await served.infer({ model, ...image });
    return [reply.model, ...reply.detections.map(({ label }) => label)];
  };
  const image = {
    raw: { width: SIDE, height: SIDE, rgb: new Uint8Array(3 * SIDE ** 2).fill(255) },
  };
  const { model } = await served.call<{ model: Record<string, string> }>("LoadModel", {
    model: "tiny",
  });
  assert.deepEqual([model["name"], model["version"], model["state"]], ["tiny", "2", "READY"]);
  assert.deepEqual(await Promise.all(["tiny", "tiny@2", "tiny@1"].map(infer)), [
    ["tiny", "two"],
    ["tiny", "two"],
    ["tiny", "car"],
  ]);
  addModel(folder, { labels: ["a", "one", "c"] });
  await served.call("LoadModel", { model: "tiny@1" });
  assert.deepEqual(await infer("tiny@1"), ["tiny", "one"]);
  await served.call("UnloadModel", { model: "tiny" });
  await assert.rejects(infer("tiny@1"), { code: status.NOT_FOUND });
});

Deno.test("health is told by the standard service: serving once models are loaded, until the end", async () => {
  await using served = await Served.starting();
  const health =
    async () => [await served.health(""), await served.health("smarteye.v1.Inference")];
  assert.deepEqual(await health(), ["NOT_SERVING", "NOT_SERVING"]);
  const engine = await served.bench.engine([{ name: "tiny" }]);
  await engine.repository.load("tiny");
  served.service.serve(engine);
  assert.deepEqual(await health(), ["SERVING", "SERVING"]);
  served.service.drain();
  assert.deepEqual(await health(), ["NOT_SERVING", "NOT_SERVING"]);
});

Deno.test("a server whose models are being loaded answers, with a clear word", async () => {
  await using served = await Served.starting();
  const encoded = await jpeg([255, 255, 255]);
  for (const call of [served.infer({ encoded }), served.call("ServerStatus")]) {
    const error = await call.then(
      () => assert.fail("it was answered"),
      (error: ServiceError) => error,
    );
    assert.equal(error.code, status.UNAVAILABLE);
    assert.match(error.details, /the server is starting, its models are being loaded/);
  }
});

Deno.test("a port that is taken is refused", async () => {
  await using served = await Served.open();
  const message = await refused(served.listen(served.server.port), "already_in_use");
  assert.match(
    message,
    /^Cannot listen on 127\.0\.0\.1:\d+: the port is in use, a free one is wanted/,
  );
});

Deno.test("a server that closes finishes what is under way", async () => {
  await using served = await Served.open();
  const underWay = served.infer({ encoded: await jpeg([255, 255, 255]) });
  await served.infer({ encoded: await jpeg([255, 255, 255]) });
  const closed = served.server.close(5000);
  assert.deepEqual(seen(await underWay), ["car 1.0"]);
  await served.bench.clock.until(closed); // time stands still as long as work is under way
});

Deno.test("a connection that is merely open does not hold the end up", async () => {
  await using served = await Served.open();
  using _open = await Deno.connect({ hostname: "127.0.0.1", port: served.server.port });
  const { clock } = served.bench;
  await clock.until(served.server.close(60_000));
  assert.ok(clock.nowMs() < 1000, `it waited ${clock.nowMs()} ms for the connection`);
});
