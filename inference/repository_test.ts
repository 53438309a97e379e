/** The repository on a real pool, with tiny networks of known answers. */

import assert from "node:assert/strict";
import { INFER_STAGES } from "../core/infer.ts";
import { PixelPicture } from "../core/image.ts";
import { Bench } from "../tests/fakes/bench.ts";
import { plain } from "../tests/fakes/pictures.ts";
import { refused } from "../tests/fakes/refused.ts";
import { until } from "../tests/fakes/worker_pool.ts";
import { SeenWorkers, stop } from "../tests/fakes/workers.ts";
import type { ModelRepository } from "./repository.ts";

const picture = () => new PixelPicture(plain(64, 48, [255, 255, 255]));

const stateOf = (repository: ModelRepository, name: string) =>
  repository.list().find((model) => model.name === name);

Deno.test("a model is loaded once, however often it is asked for, measured and then offered", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const accuracy = { metric: "mAP", value: 12 };
  const repository = await bench.repository({ name: "tiny", accuracy });
  assert.equal(stateOf(repository, "tiny")?.state, "unloaded");
  assert.deepEqual(repository.ready(), []);
  const loading = [repository.load("tiny"), repository.load("tiny")];
  await until(() => stateOf(repository, "tiny")?.state !== "unloaded");
  assert.equal(stateOf(repository, "tiny")?.state, "loading");
  await Promise.all(loading);
  await repository.load("tiny");
  assert.deepEqual(workers.asked.map(({ kind }) => kind), ["load", "measure"]);
  const [{ latencyMs, ...model } = assert.fail("no model"), ...others] = repository.ready();
  assert.deepEqual([model, others], [{ name: "tiny", service: "detection", accuracy: 12 }, []]);
  assert.ok(latencyMs! > 0);
  assert.deepEqual(repository.ready("classification"), []);
});

Deno.test("a picture is scaled, inferred, and its boxes are in its own pixels", async () => {
  await using bench = new Bench();
  const repository = await bench.repository({ name: "tiny" });
  await repository.load("tiny");
  const { findings, timingsMs } = await repository
    .infer(picture(), { model: "tiny", service: "detection" });
  assert.ok("detections" in findings);
  assert.deepEqual(
    findings.detections.map(({ label, box }) => [label, box.map(Math.round)]),
    [["car", [8, 12, 40, 36]]],
  );
  assert.deepEqual(Object.keys(timingsMs), [...INFER_STAGES, "total"]);
});

Deno.test("what cannot be inferred is refused with the reason", async () => {
  await using bench = new Bench();
  const repository = await bench.repository({ name: "tiny" }, { name: "asleep" });
  await repository.load("tiny");
  assert.equal(
    await refused(repository.infer(picture(), { model: "asleep" }), "not_found"),
    `Cannot infer with the model "asleep": it is not loaded, one of tiny is wanted`,
  );
  assert.equal(
    await refused(
      repository.infer(picture(), { model: "tiny", service: "classification" }),
      "invalid_argument",
    ),
    `Cannot infer with the model "tiny": it does detection, classification is asked for`,
  );
});

Deno.test("a model that cannot be loaded has failed, says why, and can be tried again", async () => {
  await using bench = new Bench();
  const repository = await bench.repository({ name: "tiny" });
  const weights = Deno.readFileSync(bench.folder.file("tiny.onnx"));
  bench.folder.write("tiny.onnx", "tampered with");
  const message = await refused(repository.load("tiny"), "failed_precondition");
  assert.match(message, /its sha256 is/);
  assert.deepEqual(
    [stateOf(repository, "tiny")?.state, stateOf(repository, "tiny")?.detail],
    ["failed", message],
  );
  bench.folder.write("tiny.onnx", weights);
  await repository.load("tiny");
  assert.deepEqual([stateOf(repository, "tiny")?.state, stateOf(repository, "tiny")?.detail], [
    "ready",
    "",
  ]);
});

Deno.test("a model whose weights are not there is refused each time, and is not loading", async () => {
  await using bench = new Bench();
  const repository = await bench.repository();
  for (let attempt = 0; attempt < 2; attempt++) {
    assert.match(await refused(repository.load("yolox_nano"), "not_found"), /there is no file/);
    assert.match(await refused(repository.load("stranger"), "not_found"), /not in the catalogue/);
  }
  assert.equal(stateOf(repository, "yolox_nano")?.state, "unloaded");
});

Deno.test("an unloaded model is not offered, may be unloaded again, and a stranger is told", async () => {
  await using bench = new Bench();
  const repository = await bench.repository({ name: "tiny" });
  await repository.unload("tiny");
  await assert.rejects(repository.unload("stranger"), /Cannot find the model "stranger"/);
  const loading = repository.load("tiny");
  await repository.unload("tiny");
  await loading;
  assert.deepEqual([repository.ready(), stateOf(repository, "tiny")?.state], [[], "unloaded"]);
  await refused(repository.infer(picture(), { model: "tiny" }), "not_found");
  await repository.load("tiny");
  assert.equal(repository.ready().length, 1);
});

Deno.test("what was asked for last of a model is what becomes of it", async () => {
  await using bench = new Bench();
  const repository = await bench.repository({ name: "tiny" });
  const load = () => repository.load("tiny");
  const unload = () => repository.unload("tiny");
  await Promise.all([load(), unload(), load()]);
  assert.equal(stateOf(repository, "tiny")?.state, "ready");
  assert.ok("detections" in (await repository.infer(picture(), { model: "tiny" })).findings);
  await Promise.all([unload(), load()]);
  assert.equal(stateOf(repository, "tiny")?.state, "ready");
  await repository.infer(picture(), { model: "tiny" });
  await Promise.all([unload(), load(), unload(), unload()]);
  assert.equal(stateOf(repository, "tiny")?.state, "unloaded");
  await refused(repository.infer(picture(), { model: "tiny" }), "not_found");
  bench.folder.write("tiny.onnx", "spoilt");
  const failing = refused(load(), "failed_precondition");
  await unload();
  await failing;
  assert.equal(stateOf(repository, "tiny")?.state, "unloaded");
  await refused(load(), "failed_precondition");
  assert.equal(stateOf(repository, "tiny")?.state, "failed");
});

Deno.test("a model that Workers lost and cannot load again has failed, until it is loaded", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const repository = await bench.repository({ name: "tiny" });
  await repository.load("tiny");
  workers.spoil(true);
  stop(workers.made[0]!);
  const message = await refused(
    repository.infer(picture(), { model: "tiny" }),
    "failed_precondition",
  );
  assert.match(message, /could not be loaded again after a worker stopped/);
  assert.deepEqual([repository.ready(), stateOf(repository, "tiny")?.state], [[], "failed"]);
  workers.spoil(false);
  await repository.load("tiny");
  assert.ok("detections" in (await repository.infer(picture(), { model: "tiny" })).findings);
});

Deno.test("a measurement is kept, and is what the model then counts for", async () => {
  await using bench = new Bench();
  using workers = new SeenWorkers();
  const repository = await bench.repository({ name: "tiny" });
  const { p50Ms, fps } = await repository.measure("tiny", { runs: 3, msMax: 1000 });
  assert.ok(fps > 0);
  assert.ok(Math.abs(repository.ready()[0]!.latencyMs! - p50Ms) <= 0.001);
  const again = await bench.repository({ name: "tiny" });
  await again.load("tiny");
  assert.deepEqual(workers.askedFor("measure"), [0], "the second one finds it");
});

Deno.test("a model that is ready tells what it runs on", async () => {
  await using bench = new Bench();
  const repository = await bench.repository({}, { name: "b", file: "b.onnx" });
  await repository.load("tiny");
  const told = Object.fromEntries(repository.list().map(({ name, provider }) => [name, provider]));
  assert.deepEqual([told["tiny"], told["b"]], ["cpu", undefined]);
});
