/** The pool with real Workers and a real, tiny network. */

import assert from "node:assert/strict";
import { iou } from "../../core/detection.ts";
import { idle } from "../../core/fake_clock.ts";
import { pixelPool } from "../../core/pixel_pool.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { input } from "../../tests/fakes/models.ts";
import { tinyYolox } from "../../tests/fakes/onnx.ts";
import { plain, type Rgb } from "../../tests/fakes/pictures.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { addModel, CAR, SIDE, WEIGHTS } from "../../tests/fakes/tiny_model.ts";
import { OpenedPool, pixelsInput, seen, until } from "../../tests/fakes/worker_pool.ts";
import { crash, SeenWorkers, stop } from "../../tests/fakes/workers.ts";
import { AT_START } from "../network/measurement.ts";
import { LEAVE_MS, STALL_MS } from "./worker_handle.ts";

Deno.test("a loaded model infers: boxes in pixels of the source, scores from the picture", async () => {
  await using folder = new Folder();
  using opened = new OpenedPool(2);
  const { pool, scheduler } = opened;
  await pool.load(addModel(folder));
  const { findings, workedMs } = await opened.infer();
  assert.ok("detections" in findings);
  const [{ box, ...car } = assert.fail("nothing was found"), ...others] = findings.detections;
  assert.deepEqual(car, { label: "car", class_id: CAR.classId, score: car.score });
  assert.deepEqual([others, Math.round(car.score * 100)], [[], 100]);
  assert.ok(iou(box, [CAR.box[0] * 2, CAR.box[1] * 4, CAR.box[2] * 2, CAR.box[3] * 4]) > 0.99);
  const { decode, ...inTheWorker } = workedMs;
  assert.equal(decode, 0);
  for (const ms of Object.values(inTheWorker)) assert.ok(ms > 0);
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
  using opened = new OpenedPool(2);
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
  using opened = new OpenedPool();
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
  using opened = new OpenedPool();
  const { pool } = opened;
  const entry = addModel(folder, { labels: ["only one"] });
  const message = await refused(pool.load(entry), "failed_precondition");
  assert.match(message, /as YOLOX: found output \[1, 21, 8\], one output \[1, 21, 6\] is wanted$/);
});

Deno.test("a Worker that stops fails what it is at, and is replaced, with its models", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
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

Deno.test("what waits in a Worker that stops is run by another, where it can be made again", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
  await opened.pool.load(addModel(folder));
  let prepared = 0;
  const prepare = () => {
    prepared++;
    return Promise.resolve(pixelsInput(plain(2 * SIDE, 4 * SIDE, [255, 255, 255])));
  };
  crash(workers.made[0]!);
  const first = refused(opened.infer({ prepare, isRepeatable: true }), "aborted");
  const second = opened.infer({ prepare, isRepeatable: true });
  await first;
  assert.deepEqual(seen((await second).findings), ["car 1.00"]);
  assert.equal(prepared, 3);
  assert.deepEqual([workers.made.length, opened.scheduler.underWay], [2, 0]);
});

Deno.test("a new Worker is given no work for models that it does not hold yet", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool(2);
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

Deno.test("a model that is unloaded while a new Worker loads it is gone there too", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
  const { pool } = opened;
  for (const name of ["tiny", "b"]) await pool.load(addModel(folder, { name }));
  workers.hold("load");
  stop(workers.made[0]!);
  await until(() => workers.askedFor("load").length === 3);
  await pool.unload("tiny");
  workers.hold();
  workers.release();
  await opened.inferAll(2, "b");
  assert.deepEqual(workers.askedFor("unload"), [1]);
  await refused(opened.infer(), "not_found");
});

Deno.test("a Worker is stuck when the task that it is at takes too long, not when tasks wait", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
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
  using opened = new OpenedPool(2);
  const { pool } = opened;
  await pool.load(addModel(folder));
  const last = workers.made[1]!;
  stop(workers.made[0]!);
  for (let stops = 1; stops < 11; stops++) stop(workers.made.at(-1)!);
  assert.equal(pool.workers, 1);
  await opened.inferAll(3);
  stop(last);
  assert.equal(pool.crashes, 12);
  assert.match(await refused(opened.infer(), "unavailable"), /stopped again and again/);
  const loading = pool.load(addModel(folder, { name: "b" }));
  assert.match(await refused(loading, "unavailable"), /stopped again and again/);
  await opened.clock.advance(60_000);
  await opened.inferAll(8);
  assert.equal(pool.workers, 2);
});

Deno.test("a job that cannot be sent to a Worker takes nobody's place", async () => {
  await using folder = new Folder();
  using opened = new OpenedPool();
  const { pool } = opened;
  await pool.load(addModel(folder));
  const pixels = plain(SIDE, SIDE);
  const prepare = () => Promise.resolve(pixelsInput(pixels));
  await opened.infer({ prepare });
  await assert.rejects(opened.infer({ prepare }), { name: "DataCloneError" });
  assert.deepEqual([pool.running, opened.scheduler.underWay], [0, 0]);
  await opened.inferAll(4);
});

Deno.test("what nobody waits for any more is passed over by the Worker that has it", async () => {
  await using folder = new Folder();
  using opened = new OpenedPool();
  const { pool } = opened;
  await pool.load(addModel(folder));
  const input = () => pixelsInput(plain(SIDE, SIDE, [255, 255, 255]));
  const [first, second] = [pool.take("tiny", 1)!, pool.take("tiny", 1)!];
  const running = first.infer([input(), input()]);
  const waiting = second.infer([input(), input(), input()]);
  assert.equal(pool.running, 2);
  second.leaveOut(1);
  const { outcomes } = await waiting;
  assert.deepEqual(outcomes.map(({ kind }) => kind), ["findings", "failed", "findings"]);
  const { outcomes: others } = await running;
  assert.deepEqual(others.map(({ kind }) => kind), ["findings", "findings"]);
  second.leaveOut(0); // it was answered meanwhile
  first.giveBack();
  second.giveBack();
  await opened.inferAll(3);
});

Deno.test("the memory of pixels comes back from the Worker, also where it could not infer", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
  const { pool } = opened;
  await pool.load(addModel(folder));
  const length = 3 * 2 * SIDE * 4 * SIDE;
  const isBack = () => {
    const before = pixelPool.bytes;
    pixelPool.take(length);
    return pixelPool.bytes === before - length;
  };
  while (isBack()); // what others left
  await opened.infer();
  assert.deepEqual([isBack(), isBack()], [true, false]);
  workers.hold("infer");
  const failing = refused(opened.infer(), "not_found");
  await until(() => workers.askedFor("infer").length === 2);
  workers.made[0]!.postMessage({ id: -1, task: { kind: "unload", model: "tiny" } });
  workers.release();
  await failing;
  assert.deepEqual([isBack(), isBack()], [true, false]);
});

Deno.test("a Worker that is to leave ends what it is at, for so long and no longer", async () => {
  await using folder = new Folder();
  for (const answers of [true, false]) {
    using workers = new SeenWorkers();
    using opened = new OpenedPool();
    const { clock, pool } = opened;
    await pool.load(addModel(folder));
    const [worker] = workers.made;
    let ended = false;
    const terminate = worker!.terminate.bind(worker!);
    worker!.terminate = () => (ended = true, terminate());
    workers.hold("infer");
    const asked = refused(opened.infer(), "unavailable");
    await until(() => workers.askedFor("infer").length === 1);
    const left = pool.leave();
    await asked; // is told at once
    await clock.advance(LEAVE_MS - 1);
    assert.ok(!ended, "it may be in native code");
    if (answers) workers.release();
    else await clock.advance(1);
    await left;
    assert.deepEqual([ended, clock.sleeping], [true, 0]);
    await refused(opened.infer(), "unavailable");
  }
});

Deno.test("a closed pool refuses what waits, what runs and what comes", async () => {
  await using folder = new Folder();
  using opened = new OpenedPool();
  const { pool } = opened;
  await pool.load(addModel(folder));
  const asked = [1, 2, 3].map(() => refused(opened.infer(), "unavailable"));
  const loading = refused(pool.load(addModel(folder, { name: "b" })), "unavailable");
  pool.close();
  await Promise.all([...asked, loading]);
  await refused(opened.infer(), "unavailable");
  await refused(pool.load(addModel(folder, { name: "b" })), "unavailable");
});
