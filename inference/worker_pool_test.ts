/** The pool with real Workers and a real, tiny network. */

import assert from "node:assert/strict";
import { type Findings, iou } from "../core/detection.ts";
import { FakeClock, idle } from "../core/fake_clock.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { input } from "../tests/fakes/models.ts";
import { tinyYolox } from "../tests/fakes/onnx.ts";
import { plain, type Rgb } from "../tests/fakes/pictures.ts";
import { refused } from "../tests/fakes/refused.ts";
import { addModel, CAR, SIDE, WEIGHTS } from "../tests/fakes/tiny_model.ts";
import { crash, SeenWorkers, stop } from "../tests/fakes/workers.ts";
import { AT_START } from "./inspection.ts";
import { CPU } from "./provider.ts";
import { type InferJob, Scheduler } from "./scheduler.ts";
import { STALL_MS } from "./worker_handle.ts";
import { WorkerPool } from "./worker_pool.ts";

/** A pool and the scheduler before it, closed after the test. */
class Opened implements Disposable {
  readonly clock = new FakeClock();
  readonly pool: WorkerPool;
  readonly scheduler: Scheduler;

  constructor(workers = 1) {
    const { clock } = this;
    this.pool = new WorkerPool({ workers, session: { threads: 1, provider: CPU }, clock });
    this.scheduler = new Scheduler({ places: this.pool, queueLengthMax: 100, clock });
  }

  /** Infers a plain picture: white is sure of the car, black sees none. */
  infer(said: Partial<InferJob> = {}, color: Rgb = [255, 255, 255]) {
    return this.scheduler.run({
      model: "tiny",
      costMs: 1,
      priority: "interactive",
      prepare: () => Promise.resolve(plain(2 * SIDE, 4 * SIDE, color)),
      ...said,
    });
  }

  /** So many inferences at once, which must all go well. */
  async inferAll(n: number, model = "tiny"): Promise<void> {
    const all = await Promise.all(Array.from({ length: n }, () => this.infer({ model })));
    for (const { findings } of all) assert.deepEqual(seen(findings), ["car 1.00"]);
  }

  [Symbol.dispose](): void {
    this.pool.close();
  }
}

/** Lets Workers do what they are asked, until `happened` says that it was done. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await idle();
}

/** What the findings say, in short. */
function seen(findings: Findings): string[] {
  assert.ok("detections" in findings);
  return findings.detections.map(({ label, score }) => `${label} ${score.toFixed(2)}`);
}

Deno.test("a loaded model infers: boxes in pixels of the source, scores from the picture", async () => {
  await using folder = new Folder();
  using opened = new Opened(2);
  const { pool, scheduler } = opened;
  await pool.load(addModel(folder));
  const { findings, workedMs } = await opened.infer();
  assert.ok("detections" in findings);
  const [{ box, ...car } = assert.fail("nothing was found"), ...others] = findings.detections;
  assert.deepEqual(car, { label: "car", class_id: CAR.classId, score: car.score });
  assert.deepEqual([others, Math.round(car.score * 100)], [[], 100]);
  assert.ok(iou(box, [CAR.box[0] * 2, CAR.box[1] * 4, CAR.box[2] * 2, CAR.box[3] * 4]) > 0.99);
  for (const ms of Object.values(workedMs)) assert.ok(ms > 0);
  const cases: [color: Rgb, scoreThreshold: number | undefined, wanted: string[]][] = [
    [[102, 102, 102], undefined, ["car 0.40"]],
    [[51, 51, 51], undefined, []],
    [[51, 51, 51], 0.1, ["car 0.20"]],
    [[0, 0, 0], 0.1, []],
  ];
  for (const [color, scoreThreshold, wanted] of cases) {
    const dim = await opened.infer({ scoreThreshold }, color);
    assert.deepEqual(seen(dim.findings), wanted, `${color} at ${scoreThreshold}`);
  }
  assert.deepEqual([pool.running, scheduler.underWay, pool.workers], [0, 0, 2]);
});

Deno.test("a model can be measured as it is loaded, and unloaded", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new Opened(2);
  const { pool } = opened;
  const measured = await pool.load(addModel(folder), AT_START);
  assert.ok(measured && measured.p50Ms > 0 && measured.p95Ms >= measured.p50Ms);
  assert.equal(workers.askedFor("measure").length, 1, "one Worker speaks for all");
  await pool.unload("tiny");
  await refused(opened.infer(), "not_found");
  assert.equal(await pool.load(addModel(folder)), undefined);
  await opened.inferAll(1);
});

Deno.test("weights that are not the manifest's, or no network of its kind, are refused", async () => {
  await using folder = new Folder();
  using opened = new Opened();
  const { pool } = opened;
  const larger = { width: 64, height: 64 };
  const cases: [what: string, entry: ReturnType<typeof addModel>, found: RegExp][] = [
    [
      "other weights",
      addModel(folder, { name: "other", sha256: "1".repeat(64) }),
      /its sha256 is [0-9a-f]{64}, 1{64} is wanted$/,
    ],
    [
      "no weights",
      { ...addModel(folder, { name: "gone" }), path: folder.file("nowhere.onnx") },
      /nowhere\.onnx: No such file/,
    ],
    [
      "no ONNX",
      addModel(folder, { name: "text" }, new TextEncoder().encode("weights, honestly")),
      /text\.onnx: .+/,
    ],
    [
      "half an ONNX",
      addModel(folder, { name: "half" }, WEIGHTS.slice(0, WEIGHTS.length / 2)),
      /half\.onnx: .+/,
    ],
    [
      "another size",
      addModel(folder, { name: "large", input: input(larger) }),
      /its input is image float32 \[1, 3, 32, 32\], float32 \[1, 3, 64, 64\] is what its manifest says$/,
    ],
    [
      "another type",
      addModel(
        folder,
        { name: "bytes" },
        tinyYolox({
          input: { width: SIDE, height: SIDE },
          classes: 3,
          objects: [CAR],
          element: "uint8",
        }),
      ),
      /its input is image uint8 .*, float32 .* is what its manifest says$/,
    ],
  ];
  for (const [what, entry, found] of cases) {
    const message = await refused(pool.load(entry), "failed_precondition");
    assert.ok(message.startsWith(`Cannot load the model "${entry.manifest.name}" from `), what);
    assert.match(message, found, what);
  }
});

Deno.test("outputs that are not the decoder's are refused when the model is loaded", async () => {
  await using folder = new Folder();
  using opened = new Opened();
  const { pool } = opened;
  const entry = addModel(folder, { labels: ["only one"] });
  const message = await refused(pool.load(entry), "failed_precondition");
  assert.match(message, /as YOLOX: found output \[1, 21, 8\], one output \[1, 21, 6\] is wanted$/);
});

Deno.test("a model is loaded in one Worker at a time, and the others infer meanwhile", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new Opened(2);
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
  using opened = new Opened();
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

Deno.test("a successor that cannot load leaves everything as it was", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new Opened();
  const { pool } = opened;
  await pool.load(addModel(folder));
  await opened.inferAll(1);
  const text = new TextEncoder().encode("no weights");
  await refused(pool.load(addModel(folder, { name: "b" }, text)), "failed_precondition");
  await refused(opened.infer({ model: "b" }), "not_found");
  await opened.inferAll(4);
  assert.deepEqual([...new Set(workers.askedFor("infer"))], [0]);
});

Deno.test("a load that fails in one Worker is undone in all", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new Opened(2);
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
  using opened = new Opened();
  const { pool } = opened;
  await pool.load(addModel(folder));
  const loading = ["b", "c"].map((name) => pool.load(addModel(folder, { name })));
  await opened.inferAll(3);
  await Promise.all(loading);
  for (const model of ["b", "c"]) await opened.inferAll(1, model);
});

Deno.test("a Worker that stops fails what it is at, and is replaced, with its models", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new Opened();
  const { pool } = opened;
  for (const name of ["tiny", "b", "c"]) await pool.load(addModel(folder, { name }));
  crash(workers.made[0]!);
  const atTheWorker = [1, 2].map(() => refused(opened.infer(), "aborted"));
  const waiting = opened.inferAll(1);
  const [message] = await Promise.all(atTheWorker);
  assert.match(message!, /^Cannot infer: the worker at it stopped, /);
  await waiting;
  await opened.inferAll(1, "c");
  assert.deepEqual([workers.made.length, opened.scheduler.underWay], [2, 0]);
});

Deno.test("a new Worker is given no work for models that it does not hold yet", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new Opened(2);
  const { pool } = opened;
  await pool.load(addModel(folder));
  folder.write("tiny.onnx", "spoilt");
  workers.hold("load");
  stop(workers.made[0]!);
  await until(() => workers.askedFor("load").length === 3);
  await opened.inferAll(8);
  workers.hold();
  workers.release(); // it cannot load it, and the other one goes on
  await opened.inferAll(8);
  assert.deepEqual([...new Set(workers.askedFor("infer"))], [1]);
  stop(workers.made[1]!);
  const message = await refused(opened.infer(), "failed_precondition");
  assert.match(message, /it could not be loaded again after a worker stopped/);
});

Deno.test("a Worker is stuck when the task that it is at takes too long, not when tasks wait", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new Opened();
  const { clock, pool } = opened;
  await pool.load(addModel(folder));
  workers.hold("infer");
  const first = opened.infer();
  const second = refused(opened.infer(), "aborted");
  await idle();
  await clock.advance(STALL_MS.infer - 1);
  workers.release();
  await first;
  await clock.advance(STALL_MS.infer - 1);
  assert.equal(workers.made.length, 1, "it has been at the second task for less than that");
  await clock.advance(1);
  assert.match(await second, /did not answer within 60000 ms$/);
  workers.hold();
  await opened.inferAll(1);
});

Deno.test("Workers that stop again and again are given up, and the others do their work", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new Opened(2);
  const { pool } = opened;
  await pool.load(addModel(folder));
  const last = workers.made[1]!;
  stop(workers.made[0]!);
  for (let stops = 1; stops < 11; stops++) stop(workers.made.at(-1)!);
  assert.equal(pool.workers, 1);
  await opened.inferAll(3);
  stop(last);
  assert.match(await refused(opened.infer(), "unavailable"), /stopped again and again/);
  await opened.clock.advance(60_000);
  await opened.inferAll(8);
  assert.equal(pool.workers, 2);
});

Deno.test("a job that cannot be sent to a Worker takes nobody's place", async () => {
  await using folder = new Folder();
  using opened = new Opened();
  const { pool } = opened;
  await pool.load(addModel(folder));
  const pixels = plain(SIDE, SIDE);
  const prepare = () => Promise.resolve(pixels);
  await opened.infer({ prepare });
  await assert.rejects(opened.infer({ prepare }), { name: "DataCloneError" });
  assert.deepEqual([pool.running, opened.scheduler.underWay], [0, 0]);
  await opened.inferAll(4);
});

Deno.test("a closed pool refuses what waits, what runs and what comes", async () => {
  await using folder = new Folder();
  using opened = new Opened();
  const { pool } = opened;
  await pool.load(addModel(folder));
  const asked = [1, 2, 3].map(() => refused(opened.infer(), "unavailable"));
  const loading = refused(pool.load(addModel(folder, { name: "b" })), "unavailable");
  pool.close();
  await Promise.all([...asked, loading]);
  await refused(opened.infer(), "unavailable");
  await refused(pool.load(addModel(folder, { name: "b" })), "unavailable");
});
