/** Loading models while others are used. */

import assert from "node:assert/strict";
import type { CatalogueEntry } from "../../models/catalogue.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { tinyYolox } from "../../tests/fakes/onnx.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { addModel, SIDE } from "../../tests/fakes/tiny_model.ts";
import { OpenedPool, until } from "../../tests/fakes/worker_pool.ts";
import { SeenWorkers, stop } from "../../tests/fakes/workers.ts";

/** One Worker that holds the tiny model and has inferred with it; given back after the test. */
class Serving implements AsyncDisposable {
  readonly folder = new Folder();
  readonly workers = new SeenWorkers();
  readonly opened = new OpenedPool();

  static async open(): Promise<Serving> {
    const serving = new Serving();
    await serving.opened.pool.load(addModel(serving.folder));
    await serving.opened.inferAll(1);
    return serving;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.opened[Symbol.dispose]();
    this.workers[Symbol.dispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

Deno.test("a model is loaded in one Worker at a time, and the others infer meanwhile", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool(2);
  const { pool } = opened;
  await pool.load(addModel(folder));
  await opened.inferAll(8);
  workers.hold("load");
  const already = workers.askedFor("load").length;
  const loading = pool.load(addModel(folder, { name: "b" }));
  for (let n = 1; n <= 2; n++) {
    await until(() => workers.askedFor("load").length === already + n);
    const before = workers.asked.length;
    await opened.inferAll(8);
    const loads = workers.askedFor("load");
    assert.equal(loads.length, already + n, "one load at a time");
    const inferred = workers.asked.slice(before).map(({ worker }) => worker);
    assert.ok(!inferred.includes(loads.at(-1)!), "the Worker that loads infers nothing");
    workers.release();
  }
  await loading;
  await opened.inferAll(8, "b");
});

Deno.test("the only Worker infers on while a successor loads, which then takes its place", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
  const { pool } = opened;
  await pool.load(addModel(folder));
  await pool.load(addModel(folder, { name: "b" }));
  assert.equal(workers.made.length, 1, "nobody waits yet");
  await opened.inferAll(1);
  workers.hold("load");
  const loading = pool.load(addModel(folder, { name: "c" }));
  for (let n = 1; n <= 3; n++) {
    await until(() => workers.askedFor("load").filter((worker) => worker === 1).length === n);
    await opened.inferAll(8);
    workers.release();
  }
  await loading;
  for (const model of ["tiny", "b", "c"]) await opened.inferAll(3, model);
  assert.deepEqual([pool.workers, workers.made.length], [1, 2]);
  assert.deepEqual([...new Set(workers.askedFor("infer").slice(-9))], [1]);
});

Deno.test("a Worker that a successor comes before, as it loads, may end that", async () => {
  await using serving = await Serving.open();
  const { folder, workers, opened, opened: { pool } } = serving;
  workers.hold("load");
  const loading = pool.load(addModel(folder, { name: "b" }));
  await until(() => workers.askedFor("load").includes(1));
  stop(workers.made[0]!);
  await until(() => workers.askedFor("load").includes(2));
  let ended = false;
  const late = workers.made[2]!;
  const terminate = late.terminate.bind(late);
  late.terminate = () => (ended = true, terminate());
  workers.hold();
  workers.release(); // only what the successor waits for
  await loading;
  for (const model of ["tiny", "b"]) await opened.inferAll(3, model);
  assert.ok(!ended, "it is in native code");
  workers.release();
  await until(() => ended);
  assert.deepEqual([pool.workers, opened.clock.sleeping], [1, 0]);
});

Deno.test("a successor that cannot load leaves everything as it was", async () => {
  await using serving = await Serving.open();
  const { folder, workers, opened, opened: { pool } } = serving;
  const text = new TextEncoder().encode("no weights");
  await refused(pool.load(addModel(folder, { name: "b" }, text)), "failed_precondition");
  await refused(opened.infer({ model: "b" }), "not_found");
  await opened.inferAll(4);
  assert.deepEqual([...new Set(workers.askedFor("infer"))], [0]);
});

Deno.test("a model that was lost does not keep others from being loaded in a successor", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
  const { pool } = opened;
  const entries = ["tiny", "b", "c"].map((name) => addModel(folder, { name }));
  for (const entry of entries) await pool.load(entry);
  await opened.inferAll(1);
  const weights = Deno.readFileSync(entries[0]!.path);
  for (const name of ["tiny", "b"]) folder.write(`${name}.onnx`, "spoilt");
  stop(workers.made[0]!);
  await opened.inferAll(1, "c");
  await pool.load(addModel(folder, { name: "d" }));
  for (const model of ["c", "d"]) await opened.inferAll(1, model);
  for (const model of ["tiny", "b"]) await refused(opened.infer({ model }), "failed_precondition");
  folder.write("tiny.onnx", weights);
  await pool.load(entries[0]!);
  for (const model of ["tiny", "c", "d"]) await opened.inferAll(1, model);
});

Deno.test("a load that fails in one Worker is undone in all", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool(2);
  const { pool } = opened;
  await pool.load(addModel(folder));
  /** Spoils the weights after the first Worker has loaded them. */
  const spoil = async (entry: CatalogueEntry) => {
    const already = workers.askedFor("load").length;
    workers.hold("load");
    const failing = refused(pool.load(entry), "failed_precondition");
    await until(() => workers.askedFor("load").length === already + 1);
    workers.release();
    await until(() => workers.askedFor("load").length === already + 2);
    folder.write(entry.manifest.file, "spoilt");
    workers.hold();
    workers.release();
    await failing;
  };
  await spoil(addModel(folder, { name: "b" }));
  await refused(opened.infer({ model: "b" }), "not_found");
  assert.equal(workers.askedFor("unload").length, 1);
  const blind = tinyYolox({ input: { width: SIDE, height: SIDE }, classes: 3, objects: [] });
  await spoil(addModel(folder, { file: "blind.onnx" }, blind));
  await opened.inferAll(8); // by both, with what they had
});

Deno.test("loads come one after the other, and what waits meanwhile is inferred", async () => {
  await using folder = new Folder();
  using opened = new OpenedPool();
  const { pool } = opened;
  await pool.load(addModel(folder));
  const loading = ["b", "c"].map((name) => pool.load(addModel(folder, { name })));
  await opened.inferAll(3);
  await Promise.all(loading);
  for (const model of ["b", "c"]) await opened.inferAll(1, model);
});
