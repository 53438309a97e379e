/** Jobs that go through a network together: over fake Workers in virtual time, and over real ones. */

import assert from "node:assert/strict";
import { SmarteyeError } from "../core/errors.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { seededRng } from "../core/rng.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { tinyYolox } from "../tests/fakes/onnx.ts";
import { FakePlaces, type PlacesScript } from "../tests/fakes/places.ts";
import { plain, type Rgb } from "../tests/fakes/pictures.ts";
import { refused } from "../tests/fakes/refused.ts";
import { addModel, CAR, SIDE } from "../tests/fakes/tiny_model.ts";
import { OpenedPool, pixelsInput, seen, until } from "../tests/fakes/worker_pool.ts";
import { crash, SeenWorkers } from "../tests/fakes/workers.ts";
import { bestBatch } from "./network/measurement.ts";
import { type InferJob, Scheduler } from "./scheduler.ts";

/** Milliseconds of a run of so many: the more, the cheaper each. */
const runMs = (pictures: number) => 8 + 2 * pictures;

class Batched {
  readonly clock = new FakeClock();
  readonly places: FakePlaces;
  readonly scheduler: Scheduler;

  constructor(script: PlacesScript = {}, maxDelayMs = 0) {
    const { clock } = this;
    const infer: PlacesScript["infer"] = (inputs) => runMs(inputs.length);
    this.places = new FakePlaces(clock, { infer, ...script });
    const batching = { maxDelayMs };
    this.scheduler = new Scheduler({ places: this.places, queueLengthMax: 100, batching, clock });
  }

  async run(said: Partial<InferJob> = {}): Promise<void> {
    const prepare = () => Promise.resolve(pixelsInput(plain(1, 1)));
    await this.scheduler.run({
      ...{ model: "m", costMs: 10, batchMax: 4, priority: "interactive", prepare },
      ...said,
    });
  }
}

Deno.test("jobs of a model that wait together go to a Worker together, as many as may", async () => {
  const batched = new Batched();
  await batched.clock.until(Promise.all(Array.from({ length: 10 }, () => batched.run())));
  assert.deepEqual(batched.places.runs, [1, 4, 4, 1]);
  assert.equal(batched.clock.nowMs(), 10 + 16 + 16 + 10);
  assert.deepEqual([batched.scheduler.underWay, batched.places.taken], [0, 0]);
});

Deno.test("jobs that go alone, or are of other models, are in no batch", async () => {
  const models: string[] = [];
  const batched = new Batched({
    infer: (inputs, model) => (models.push(`${model} ${inputs.length}`), runMs(inputs.length)),
  });
  const kinds = [{}, {}, { batchMax: 1 }, { model: "other" }, { model: "other" }, {}];
  await batched.clock.until(Promise.all(kinds.map((kind) => batched.run(kind))));
  assert.deepEqual(models.toSorted(), ["m 1", "m 1", "m 2", "other 2"]);
});

Deno.test("each job of a batch ends for itself: by its own fault, its caller, its deadline", async () => {
  const batched = new Batched({ slots: 2, infer: (inputs) => 20 * inputs.length });
  const caller = new AbortController();
  const broken = new SmarteyeError("invalid_argument", "no image");
  const first = batched.run();
  await batched.clock.advance(1);
  const others = [
    batched.run(),
    refused(batched.run({ prepare: () => Promise.reject(broken) }), "invalid_argument"),
    refused(batched.run({ signal: caller.signal }), "cancelled"),
    batched.run({ deadlineAtMs: 1000 }),
  ];
  await batched.clock.advance(12); // they are in the Worker, behind the first
  assert.equal(batched.scheduler.waiting, 3);
  caller.abort();
  await batched.clock.until(Promise.all([first, ...others]));
  assert.deepEqual(batched.places.runs, [1, 2]);
  assert.equal(batched.clock.nowMs(), 60);
});

Deno.test("a Worker that stops fails all of its batch, and no other", async () => {
  const stopped = new SmarteyeError("aborted", "the worker at it stopped");
  const batched = new Batched({ infer: (inputs) => inputs.length > 1 ? stopped : 10 });
  const first = batched.run();
  const batch = Array.from({ length: 4 }, () => refused(batched.run(), "aborted"));
  await batched.clock.until(Promise.all([first, ...batch, batched.run()]));
});

Deno.test("a batch that is not full waits while Workers are busy with others, for that long", async () => {
  const batched = new Batched({ slots: 3, infer: () => 40 });
  const asked = [batched.run({ costMs: 40 })];
  for (let i = 0; i < 4; i++) { // one after the other, while the first is run
    await batched.clock.advance(2);
    asked.push(batched.run({ costMs: 40 }));
  }
  await batched.clock.until(Promise.all(asked));
  assert.deepEqual(batched.places.runs, [1, 4], "they have been gathered");
  assert.equal(batched.clock.nowMs(), 80, "no Worker waited for it");
});

Deno.test("a batch may be waited for, so long, and no deadline is missed for it", async () => {
  const batched = new Batched({}, 30);
  const ask = async (said: Partial<InferJob> = {}) => {
    const cameAtMs = batched.clock.nowMs();
    await batched.run(said);
    return batched.clock.nowMs() - cameAtMs;
  };
  const alone = await batched.clock.until(ask());
  assert.equal(alone, 30 + runMs(1));
  const hasty = await batched.clock.until(ask({ deadlineAtMs: batched.clock.nowMs() + 40 }));
  assert.ok(hasty < 40, `${hasty} ms`);
  const four = [ask()];
  for (let i = 0; i < 3; i++) {
    await batched.clock.advance(5);
    four.push(ask());
  }
  assert.deepEqual(
    await batched.clock.until(Promise.all(four)),
    [0, 5, 10, 15].map((ms) => 15 - ms + runMs(4)),
  );
});

Deno.test("models share the time whether or not their jobs go together", async () => {
  const spentMs = { many: 0, one: 0 };
  const rng = seededRng(3);
  const batched = new Batched({
    slots: 2,
    infer: (inputs, model) => {
      const ms = model === "many" ? 5 * inputs.length : 10;
      spentMs[model as keyof typeof spentMs] += ms;
      return ms;
    },
  });
  const { clock } = batched;
  const until = clock.nowMs() + 4000;
  const keepAsking = async (said: Partial<InferJob>) => {
    while (clock.nowMs() < until) {
      await batched.run(said);
      await clock.sleep(rng());
    }
  };
  const askers = [
    ...Array.from({ length: 12 }, () => keepAsking({ model: "many", costMs: 5, batchMax: 8 })),
    ...Array.from({ length: 4 }, () => keepAsking({ model: "one", costMs: 10, batchMax: 1 })),
  ];
  await clock.until(Promise.all(askers));
  const ratio = spentMs.many / spentMs.one;
  assert.ok(ratio > 0.8 && ratio < 1.25, JSON.stringify(spentMs));
});

Deno.test("a batch is used where it is clearly faster, and no larger than that takes", () => {
  const cases: [single: number, batches: [pictures: number, fps: number][], best: number][] = [
    [100, [], 1],
    [100, [[2, 90]], 1],
    [100, [[2, 110], [4, 112], [8, 114]], 1],
    [100, [[2, 150], [4, 190], [8, 195]], 4],
    [100, [[2, 150], [4, 220], [8, 300]], 8],
    [100, [[2, 180], [4, 120], [8, 100]], 2],
  ];
  for (const [single, batches, best] of cases) {
    const speeds = batches.map(([pictures, fps]) => ({ pictures, fps }));
    assert.equal(bestBatch(single, speeds), best, JSON.stringify(batches));
  }
});

/** A detector that takes as many pictures as there are. */
const FREE = tinyYolox({
  ...{ input: { width: SIDE, height: SIDE }, classes: 3, objects: [CAR], pictures: "n" },
});

Deno.test("real Workers infer a batch as they infer each picture alone", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
  await opened.pool.load(addModel(folder, {}, FREE));
  assert.equal(opened.pool.tensorsOf("tiny")!.batchMax > 8, true);
  const greys = [255, 204, 153, 102, 51, 255, 204, 153, 102, 0];
  const all = await Promise.all(greys.map((grey) => {
    const color: Rgb = [grey, grey, grey];
    return opened.infer({ batchMax: 4, scoreThreshold: 0.1 }, color);
  }));
  assert.deepEqual(
    all.map(({ findings }) => seen(findings)),
    greys.map((grey) => grey > 0 ? [`car ${(grey / 255).toFixed(2)}`] : []),
  );
  const { inferred } = workers;
  assert.ok(inferred.includes(4) && Math.max(...inferred) === 4, `${inferred}`);
});

Deno.test("a Worker that stops at a batch fails it as aborted, and is replaced", async () => {
  await using folder = new Folder();
  using workers = new SeenWorkers();
  using opened = new OpenedPool();
  await opened.pool.load(addModel(folder, {}, FREE));
  workers.hold("infer");
  const first = opened.infer({ batchMax: 8 });
  const lost = Array.from({ length: 5 }, () => refused(opened.infer({ batchMax: 8 }), "aborted"));
  await until(() => workers.inferred.length === 2);
  workers.release(); // the others of the first run wait, until a place is free
  await first;
  await until(() => workers.inferred.length === 3);
  assert.deepEqual(workers.inferred, [1, 1, 4]);
  workers.hold();
  crash(workers.made[0]!);
  await Promise.all(lost);
  await opened.inferAll(2);
});
