import assert from "node:assert/strict";
import { idle } from "../core/fake_clock.ts";
import { PixelPicture } from "../core/image.ts";
import { Bench } from "../tests/fakes/bench.ts";
import { plain } from "../tests/fakes/pictures.ts";
import { onnx } from "../tests/fakes/onnx.ts";
import { refused } from "../tests/fakes/refused.ts";
import { addModel, SIDE } from "../tests/fakes/tiny_model.ts";
import { until } from "../tests/fakes/worker_pool.ts";
import { SeenWorkers, stop } from "../tests/fakes/workers.ts";
import { MachineLoadMeter } from "./machine_load.ts";
import type { InferReply, SentImage } from "../core/infer.ts";
import type { Tensor } from "../core/tensor.ts";
import { InferenceService } from "./service.ts";

/** Who asks. */
const US = { protocol: "smarteye" } as const;
const SIZE = { width: 64, height: 48 };
const white = plain(64, 48, [255, 255, 255]);
const raw: SentImage = { kind: "raw", size: SIZE, rgb: white.data };
const encoded = async (): Promise<SentImage> => ({
  kind: "encoded",
  bytes: await new PixelPicture(white).jpeg(SIZE, 95),
});

/** A service with one loaded model, one Worker, and room for one more request. */
async function serviceOf(bench: Bench): Promise<InferenceService> {
  const engine = await bench.engine([{ name: "tiny" }, { name: "asleep" }], { queueLengthMax: 1 });
  await engine.repository.load("tiny");
  const service = startingService(bench);
  service.serve(engine);
  return service;
}

/** A service before it serves. */
function startingService({ clock }: Bench): InferenceService {
  const machine = new MachineLoadMeter(clock);
  return new InferenceService({ machine, clock, pixelsMax: 10_000, scoreThreshold: undefined });
}

Deno.test("an image is inferred the same, encoded or as pixels", async () => {
  await using bench = new Bench();
  const service = await serviceOf(bench);
  for (const image of [raw, await encoded()]) {
    const reply = await service.infer(structuredClone(image), { model: "tiny" }, US);
    assert.deepEqual([reply.model, reply.width, reply.height], ["tiny", 64, 48], image.kind);
    assert.ok("detections" in reply.findings);
    assert.deepEqual(
      reply.findings.detections.map(({ label, box }) => [label, box.map(Math.round)]),
      [["car", [8, 12, 40, 36]]],
      image.kind,
    );
    assert.equal(reply.load?.workers, 1);
  }
  const { queueLength, running } = service.load();
  assert.deepEqual([queueLength, running], [0, 0]);
});

Deno.test("what is no usable image is refused, and leaves nothing under way", async () => {
  await using bench = new Bench();
  const service = await serviceOf(bench);
  const sent = (width: number, height: number, bytes: number): SentImage => (
    { kind: "raw", size: { width, height }, rgb: new Uint8Array(bytes) }
  );
  const cases = [
    [sent(64, 48, 64 * 48 * 3 - 1), "invalid_argument", /9215 bytes for 64×48 pixels, 9216 are/],
    [sent(0, 0, 0), "invalid_argument", /0 bytes for 0×0 pixels/],
    [sent(-4, -4, 48), "invalid_argument", /-4×-4/],
    [sent(1000, 1000, 9), "payload_too_large", /1000×1000 pixels, at most 10000 are allowed/],
    [{ kind: "encoded", bytes: new Uint8Array() }, "invalid_argument", /Cannot read the image/],
    [{ kind: "encoded", bytes: new Uint8Array(99) }, "invalid_argument", /Cannot read the image/],
  ] as const;
  for (const [image, code, message] of cases) {
    assert.match(
      await refused(service.infer(structuredClone(image), { model: "tiny" }, US), code),
      message,
    );
  }
  assert.equal(service.load().queueLength, 0);
});

Deno.test("more than can wait is refused before it is looked at", async () => {
  await using bench = new Bench();
  const service = await serviceOf(bench);
  const underWay = [1, 2].map(() => service.infer(structuredClone(raw), { model: "tiny" }, US));
  const broken: SentImage = { kind: "encoded", bytes: new Uint8Array() };
  assert.equal(
    await refused(service.infer(structuredClone(broken), { model: "tiny" }, US), "overloaded"),
    "Cannot infer now: 2 requests are under way, which is the limit",
  );
  const { queueLength, running } = service.load();
  assert.equal(queueLength + running, 2);
  await Promise.all(underWay);
  await service.infer(structuredClone(raw), { model: "tiny" }, US);
});

Deno.test("a service that drains finishes what it has and takes nothing new", async () => {
  await using bench = new Bench();
  const service = await serviceOf(bench);
  const underWay = service.infer(structuredClone(raw), { model: "tiny" }, US);
  service.drain();
  assert.equal(service.state, "draining");
  await refused(service.infer(structuredClone(raw), { model: "tiny" }, US), "unavailable");
  await refused(service.loadModel("asleep"), "unavailable");
  assert.equal((await underWay).model, "tiny");
});

Deno.test("models are loaded and unloaded by name", async () => {
  await using bench = new Bench();
  const service = await serviceOf(bench);
  assert.equal((await service.loadModel("asleep")).state, "ready");
  await service.unloadModel("asleep");
  assert.equal(service.models().find(({ name }) => name === "asleep")?.state, "unloaded");
  await refused(service.loadModel("stranger"), "not_found");
});

/** A network that takes grey pictures, as a model is tried with, and fails on bright ones. */
function failsOnBright(): Uint8Array {
  const dims = [1, 21, 8];
  return onnx({
    inputs: [{ name: "image", dims: [1, 3, SIDE, SIDE] }],
    outputs: [{ name: "output", dims }],
    initializers: [
      { name: "values", dims, data: new Float32Array(21 * 8) },
      { name: "zero", dims: [1], data: new Float32Array(1) },
      { name: "step", dims: [], data: Float32Array.of(1 / 200) },
    ],
    nodes: [
      { op: "ReduceMean", inputs: ["image"], outputs: ["mean"], attributes: { keepdims: 0 } },
      { op: "Mul", inputs: ["mean", "step"], outputs: ["brightness"] },
      { op: "Cast", inputs: ["brightness"], outputs: ["index"], attributes: { to: 7 } },
      { op: "Gather", inputs: ["zero", "index"], outputs: ["nothing"] },
      { op: "Add", inputs: ["values", "nothing"], outputs: ["output"] },
    ],
  });
}

Deno.test("a picture that a model fails on says nothing about the server, nor does a Worker that stops", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  addModel(bench.folder, { name: "moody" }, failsOnBright());
  const service = await serviceOf(bench);
  await service.loadModel("moody");
  await refused(service.infer(structuredClone(raw), { model: "moody" }, US), "failed_precondition");
  assert.equal((await service.infer(structuredClone(raw), { model: "tiny" }, US)).model, "tiny");
  workers.hold("infer");
  const underWay = refused(service.infer(structuredClone(raw), { model: "tiny" }, US), "aborted");
  await idle();
  stop(workers.made.at(-1)!);
  await underWay;
  workers.hold();
  assert.equal((await service.infer(structuredClone(raw), { model: "tiny" }, US)).model, "tiny");
  assert.equal(service.load().workers, 1);
});

Deno.test("a file that waits in a Worker which stops at another is inferred all the same", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const service = await serviceOf(bench);
  const infer = async () => (await service.infer(await encoded(), { model: "tiny" }, US)).model;
  workers.hold("infer");
  const atIt = refused(infer(), "aborted");
  await until(() => workers.inferred.length === 1);
  const waiting = infer();
  await until(() => workers.inferred.length === 2);
  stop(workers.made.at(-1)!);
  await atIt;
  workers.hold();
  assert.equal(await waiting, "tiny");
});

Deno.test("a service that starts says so to whoever asks, and whoever watches learns when it serves", async () => {
  await using bench = new Bench();
  const service = startingService(bench);
  const seen: string[] = [];
  service.onState((state) => seen.push(state));
  const message = await refused(
    service.infer(structuredClone(raw), { model: "tiny" }, US),
    "unavailable",
  );
  assert.match(message, /the server is starting, its models are being loaded/);
  await refused(service.loadModel("tiny"), "unavailable");
  await refused(() => Promise.resolve(service.models()), "unavailable");
  const engine = await bench.engine([{ name: "tiny" }]);
  await engine.repository.load("tiny");
  service.serve(engine);
  assert.equal((await service.infer(structuredClone(raw), { model: "tiny" }, US)).model, "tiny");
  service.drain();
  assert.deepEqual(seen, ["starting", "serving", "draining"]);
});

Deno.test("a network is run on tensors as it has them, and its own tensors are told", async () => {
  await using bench = new Bench();
  const service = await serviceOf(bench);
  const { inputs, outputs, ...told } = service.describe("tiny");
  assert.deepEqual(told, {
    name: "tiny",
    version: "1",
    service: "detection",
    labels: ["person", "car", "bus"],
    batchMax: 1,
  });
  const dims = [1, 3, SIDE, SIDE];
  assert.deepEqual([inputs[0]!.type, inputs[0]!.dims], ["float32", dims]);
  const image = (name: string): Tensor => (
    { name, type: "float32", dims, data: new Float32Array(3 * SIDE * SIDE).fill(255) }
  );
  const { tensors, timingsMs } = await service.run("tiny", [image(inputs[0]!.name)], US);
  assert.deepEqual(tensors.map(({ name }) => name), outputs.map(({ name }) => name));
  assert.deepEqual(tensors[0]!.dims, outputs[0]!.dims);
  assert.ok(tensors[0]!.data.some((value) => Number(value) !== 0));
  assert.ok(timingsMs.infer > 0 && timingsMs.decode === 0);
  const message = await refused(service.run("tiny", [image("picture")], US), "invalid_argument");
  assert.match(message, /it has no input "picture", .+ is wanted/);
  await refused(service.run("asleep", [image("picture")], US), "not_found");
  await refused(() => Promise.try(() => service.describe("asleep")), "not_found");
});

Deno.test("a picture that cannot be decoded fails alone, and the Worker goes on", async () => {
  await using bench = new Bench();
  const engine = await bench.engine([{ name: "tiny" }], { queueLengthMax: 99 });
  await engine.repository.load("tiny");
  const service = startingService(bench);
  service.serve(engine);
  const half = async (): Promise<SentImage> => {
    const whole = await new PixelPicture(white).jpeg(SIZE, 95);
    return { kind: "encoded", bytes: whole.slice(0, whole.length / 2) };
  };
  const outcomes = await Promise.allSettled(
    [half, encoded, half, encoded].map(async (image) =>
      service.infer(await image(), { model: "tiny" }, US)
    ),
  );
  assert.deepEqual(outcomes.map(({ status }) => status), [
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  const { value: { timingsMs } } = outcomes[1] as PromiseFulfilledResult<InferReply>;
  assert.ok(timingsMs.decode > 0, "decoding is told where it happens");
});

Deno.test("what is sent is decoded when a Worker is about to begin, not before", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const engine = await bench.engine([{ name: "tiny" }], { queueLengthMax: 9 });
  await engine.repository.load("tiny");
  const service = startingService(bench);
  service.serve(engine);
  workers.hold("infer");
  const { slots } = engine;
  const begun = Array.from(
    { length: slots },
    () => service.infer(structuredClone(raw), { model: "tiny" }, US),
  );
  const broken: SentImage = { kind: "raw", size: SIZE, rgb: new Uint8Array(1) };
  let isOpened = false;
  const queued = refused(
    service.infer(structuredClone(broken), { model: "tiny" }, US),
    "invalid_argument",
  )
    .then(() => isOpened = true);
  await idle();
  assert.deepEqual([workers.askedFor("infer").length, isOpened], [slots, false]);
  workers.hold();
  for (let n = 0; n < slots; n++) workers.release();
  await Promise.all([...begun, queued]);
});
