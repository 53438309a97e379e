/** The pool with real Workers and a real, tiny network. */

import assert from "node:assert/strict";
import { type Findings, iou } from "../core/detection.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { input } from "../tests/fakes/models.ts";
import { tinyYolox } from "../tests/fakes/onnx.ts";
import { plain, type Rgb } from "../tests/fakes/pictures.ts";
import { refused } from "../tests/fakes/refused.ts";
import { addModel, CAR, SIDE, WEIGHTS } from "../tests/fakes/tiny_model.ts";
import { crash, SeenWorkers, stop } from "../tests/fakes/workers.ts";
import { CPU } from "./provider.ts";
import { type InferJob, WorkerPool, type WorkerPoolOptions } from "./worker_pool.ts";

/** A pool that is closed after the test. */
function openPool(said: Partial<WorkerPoolOptions> = {}): WorkerPool & Disposable {
  const pool = new WorkerPool({
    workers: 1,
    session: { threads: 1, provider: CPU },
    queueLengthMax: 4,
    clock: new FakeClock(),
    ...said,
  });
  return Object.assign(pool, { [Symbol.dispose]: () => pool.close() });
}

/** The inference of a plain picture: white is sure of the car, black sees none. */
function job(said: Partial<InferJob> = {}, color: Rgb = [255, 255, 255]): InferJob {
  return { model: "tiny", pixels: plain(2 * SIDE, 4 * SIDE, color), ...said };
}

/** What the findings say, in short. */
function seen(findings: Findings): string[] {
  assert.ok("detections" in findings);
  return findings.detections.map(({ label, score }) => `${label} ${score.toFixed(2)}`);
}

Deno.test("a loaded model infers: boxes in pixels of the source, scores from the picture", async () => {
  await using folder = new Folder();
  using pool = openPool({ workers: 2 });
  await pool.load(addModel(folder));
  const { findings, workedMs, queueMs } = await pool.infer(job());
  assert.ok("detections" in findings);
  const [{ box, ...car } = assert.fail("nothing was found"), ...others] = findings.detections;
  assert.deepEqual(car, { label: "car", class_id: CAR.classId, score: car.score });
  assert.deepEqual([others, Math.round(car.score * 100)], [[], 100]);
  assert.ok(iou(box, [CAR.box[0] * 2, CAR.box[1] * 4, CAR.box[2] * 2, CAR.box[3] * 4]) > 0.99);
  assert.ok(workedMs.infer > 0 && queueMs === 0);
  const cases: [color: Rgb, scoreThreshold: number | undefined, wanted: string[]][] = [
    [[102, 102, 102], undefined, ["car 0.40"]],
    [[51, 51, 51], undefined, []],
    [[51, 51, 51], 0.1, ["car 0.20"]],
    [[0, 0, 0], 0.1, []],
  ];
  for (const [color, scoreThreshold, wanted] of cases) {
    const dim = await pool.infer(job({ scoreThreshold }, color));
    assert.deepEqual(seen(dim.findings), wanted, `${color} at ${scoreThreshold}`);
  }
  assert.deepEqual([pool.running, pool.queueLength, pool.workers], [0, 0, 2]);
});

Deno.test("a loaded model can be measured and unloaded", async () => {
  await using folder = new Folder();
  using pool = openPool();
  await pool.load(addModel(folder));
  const { p50Ms, p95Ms } = await pool.measure("tiny");
  assert.ok(p50Ms > 0 && p95Ms >= p50Ms);
  await pool.unload("tiny");
  await refused(pool.infer(job()), "not_found");
  await refused(pool.measure("tiny"), "not_found");
  await pool.load(addModel(folder));
  assert.deepEqual(seen((await pool.infer(job())).findings), ["car 1.00"]);
});

Deno.test("weights that are not the manifest's, or no network of its kind, are refused", async () => {
  await using folder = new Folder();
  using pool = openPool();
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
  using pool = openPool();
  const entry = addModel(folder, { labels: ["only one"] });
  const message = await refused(pool.load(entry), "failed_precondition");
  assert.match(message, /as YOLOX: found output \[1, 21, 8\], one output \[1, 21, 6\] is wanted$/);
});

Deno.test("a full queue refuses, and what waited is inferred in order", async () => {
  await using folder = new Folder();
  using pool = openPool({ queueLengthMax: 2 });
  await pool.load(addModel(folder));
  const done: number[] = [];
  const started = [0, 1, 2, 3].map((n) => pool.infer(job()).then(() => done.push(n)));
  assert.deepEqual([pool.running, pool.queueLength], [1, 3]);
  assert.equal(
    await refused(pool.infer(job()), "overloaded"),
    "Cannot infer now: 2 requests wait already, which is the limit",
  );
  await Promise.all(started);
  assert.deepEqual(done, [0, 1, 2, 3]);
  assert.deepEqual([pool.running, pool.queueLength], [0, 0]);
});

Deno.test("what nobody wants any more is not inferred, be it before the queue or in it", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  using pool = openPool({ clock });
  await pool.load(addModel(folder));
  await refused(pool.infer(job({ deadlineMs: 0 })), "deadline_exceeded");
  await refused(pool.infer(job({ signal: AbortSignal.abort() })), "cancelled");
  const caller = new AbortController();
  const atTheWorker = [pool.infer(job()), pool.infer(job())];
  const late = refused(pool.infer(job({ deadlineMs: 10 })), "deadline_exceeded");
  const left = refused(pool.infer(job({ signal: caller.signal })), "cancelled");
  const patient = pool.infer(job({ deadlineMs: 11 }));
  caller.abort();
  clock.jump(10);
  await Promise.all([...atTheWorker, late, left]);
  const { findings, queueMs } = await patient;
  assert.deepEqual([seen(findings), queueMs], [["car 1.00"], 10]);
});

Deno.test("what waits while models are loaded is inferred afterwards", async () => {
  await using folder = new Folder();
  using pool = openPool();
  await pool.load(addModel(folder));
  const loading = ["b", "c"].map((name) => pool.load(addModel(folder, { name })));
  const waiting = pool.infer(job());
  await Promise.all(loading);
  assert.deepEqual(seen((await waiting).findings), ["car 1.00"]);
});

Deno.test("a Worker that stops is replaced, with its models", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using pool = openPool();
  for (const name of ["tiny", "b", "c"]) await pool.load(addModel(folder, { name }));
  crash(workers.made[0]!);
  const atTheWorker = [refused(pool.infer(job()), "unavailable")];
  atTheWorker.push(refused(pool.infer(job()), "unavailable"));
  const waiting = pool.infer(job());
  const [message] = await Promise.all(atTheWorker);
  assert.match(message!, /^Cannot infer: the worker stopped, /);
  assert.deepEqual(seen((await waiting).findings), ["car 1.00"]);
  assert.deepEqual(seen((await pool.infer(job({ model: "c" }))).findings), ["car 1.00"]);
  assert.equal(workers.made.length, 2);
});

Deno.test("Workers that stop again and again are given up, and the others do their work", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using pool = openPool({ workers: 2 });
  await pool.load(addModel(folder));
  for (let stops = 0; stops < 21; stops++) {
    stop(stops === 0 ? workers.made[0]! : workers.made.at(-1)!);
  }
  assert.equal(pool.workers, 1);
  const asked = [1, 2, 3].map(() => pool.infer(job()));
  for (const { findings } of await Promise.all(asked)) {
    assert.deepEqual(seen(findings), ["car 1.00"]);
  }
});

Deno.test("a job that cannot be sent to a Worker takes nobody's place", async () => {
  await using folder = new Folder();
  using pool = openPool();
  await pool.load(addModel(folder));
  const spent = job();
  await pool.infer(spent);
  await assert.rejects(pool.infer(spent), { name: "DataCloneError" });
  assert.deepEqual([pool.running, pool.queueLength], [0, 0]);
});

Deno.test("a closed pool refuses what waits, what runs and what comes", async () => {
  await using folder = new Folder();
  using pool = openPool();
  await pool.load(addModel(folder));
  const asked = [1, 2, 3].map(() => refused(pool.infer(job()), "unavailable"));
  pool.close();
  await Promise.all(asked);
  await refused(pool.infer(job()), "unavailable");
});
