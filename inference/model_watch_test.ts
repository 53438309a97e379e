/** Models whose files change while they are served: real files and Workers, and time that stands still. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { FakeClock, idle } from "../core/fake_clock.ts";
import { PixelPicture } from "../core/image.ts";
import type { ModelStatus } from "../core/model.ts";
import { Catalogue } from "../models/catalogue.ts";
import type { Manifest } from "../models/manifest.ts";
import { Bench } from "../tests/fakes/bench.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { input } from "../tests/fakes/models.ts";
import { tinyYolox } from "../tests/fakes/onnx.ts";
import { plain } from "../tests/fakes/pictures.ts";
import { addModel, CAR, SIDE, WEIGHTS } from "../tests/fakes/tiny_model.ts";
import { until } from "../tests/fakes/worker_pool.ts";
import { SeenWorkers } from "../tests/fakes/workers.ts";
import { type Changes, LOOK_EVERY_MS, ModelWatch, QUIET_MS, watchModels } from "./model_watch.ts";
import type { ModelRepository } from "./repository.ts";

/** Weights that see a bus where the others see a car. */
const BUS = tinyYolox({
  input: { width: SIDE, height: SIDE },
  classes: 3,
  objects: [{ ...CAR, classId: 2 }],
});

/** A repository whose directory is watched, by hand. */
class Watched implements AsyncDisposable {
  private constructor(
    readonly bench: Bench,
    readonly repository: ModelRepository,
    readonly watch: ModelWatch,
  ) {}

  /** @param wanted names of models that are loaded when they come; all when absent. */
  static async open(
    models: readonly Partial<Manifest>[] = [{}],
    wanted: readonly string[] = [],
  ): Promise<Watched> {
    const bench = new Bench();
    const repository = await bench.repository(...models);
    const catalogue = await Catalogue.open(bench.folder.path);
    const watch = new ModelWatch({
      repository,
      catalogue,
      wanted: (now) => now.select(wanted).chosen.filter(({ bundled }) => !bundled),
      clock: bench.clock,
    });
    for (const { manifest: { name } } of catalogue.list()) {
      if (models.some((one) => (one.name ?? "tiny") === name)) await repository.load(name);
    }
    return new Watched(bench, repository, watch);
  }

  get folder(): Folder {
    return this.bench.folder;
  }

  /** Looks now. @returns whether nothing is left that may still be written to. */
  look(): Promise<boolean> {
    return this.watch.look(new AbortController().signal);
  }

  /** Looks, and again when what was seen has been so for long enough. */
  async settle(): Promise<void> {
    await this.look();
    this.bench.clock.jump(QUIET_MS);
    assert.ok(await this.look(), "it is quiet");
  }

  /** What a bright picture shows. */
  async seen(model = "tiny"): Promise<string[]> {
    const picture = new PixelPicture(plain(64, 48, [255, 255, 255]));
    const { findings } = await this.repository.infer(picture, { model });
    assert.ok("detections" in findings);
    return findings.detections.map(({ label }) => label);
  }

  /** How a model is, by its reference. */
  status(name = "tiny", version = "1"): ModelStatus | undefined {
    return this.repository.list().find((one) => one.name === name && one.version === version);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bench[Symbol.asyncDispose]();
  }
}

Deno.test("a file that is being copied is waited for, and what was there serves until it is whole", async () => {
  await using watched = await Watched.open();
  using workers = new SeenWorkers();
  const { folder, bench: { clock } } = watched;
  addModel(folder, {}, BUS);
  folder.write("tiny.onnx", BUS.slice(0, 100));
  for (let bytes = 200; bytes <= BUS.length; bytes += 200) {
    assert.equal(await watched.look(), false);
    clock.jump(QUIET_MS - 1);
    folder.write("tiny.onnx", BUS.slice(0, bytes));
  }
  assert.deepEqual([workers.asked, watched.status()?.detail], [[], ""]);
  folder.write("tiny.onnx", BUS);
  assert.deepEqual(await watched.seen(), ["car"]);
  await watched.settle();
  assert.deepEqual([await watched.seen(), watched.status()?.state], [["bus"], "ready"]);
});

Deno.test("a copy that stands still for long is told as bad, and taken when it is whole after all", async () => {
  await using watched = await Watched.open();
  const { folder } = watched;
  addModel(folder, {}, BUS);
  folder.write("tiny.onnx", BUS.slice(0, 100));
  await watched.settle();
  const { state, detail } = watched.status()!;
  assert.equal(state, "ready");
  assert.match(detail, /^Cannot load the model "tiny" from .*: its sha256 is .* is wanted$/);
  assert.deepEqual(await watched.seen(), ["car"]);
  folder.write("tiny.onnx", BUS);
  await watched.settle();
  assert.deepEqual([await watched.seen(), watched.status()?.detail], [["bus"], ""]);
});

Deno.test("files that are renamed over others take over, and a manifest alone too", async () => {
  await using watched = await Watched.open();
  const { folder } = watched;
  await using beside = new Folder();
  addModel(beside, {}, BUS);
  for (const name of ["tiny.json", "tiny.onnx"]) {
    Deno.renameSync(beside.file(name), folder.file(name));
  }
  await watched.settle();
  assert.deepEqual(await watched.seen(), ["bus"]);
  addModel(folder, { labels: ["a", "b", "c"] }, BUS);
  await watched.settle();
  assert.deepEqual(await watched.seen(), ["c"]);
});

Deno.test("a file that is written again with what was in it is not loaded again", async () => {
  await using watched = await Watched.open();
  using workers = new SeenWorkers();
  watched.folder.write("tiny.onnx.part", WEIGHTS);
  Deno.renameSync(watched.folder.file("tiny.onnx.part"), watched.folder.file("tiny.onnx"));
  await watched.settle();
  assert.deepEqual([workers.askedFor("load"), watched.status()?.detail], [[], ""]);
});

Deno.test("a new file that cannot be used changes nothing, and is told", async () => {
  await using watched = await Watched.open();
  const { folder } = watched;
  const broken: [what: Partial<Manifest>, weights: Uint8Array, told: RegExp][] = [
    [{}, new TextEncoder().encode("no weights"), /no ONNX file/],
    [{ labels: ["only one"] }, BUS, /one output \[1, 21, 6\] is wanted/],
    [{ input: input({ width: 64, height: 64 }) }, BUS, /its input is/],
  ];
  for (const [said, weights, told] of broken) {
    addModel(folder, said, weights);
    await watched.settle();
    const { state, detail } = watched.status()!;
    assert.equal(state, "ready");
    assert.match(detail, told);
    assert.deepEqual(await watched.seen(), ["car"]);
  }
  folder.write("tiny.json", "{");
  await watched.settle();
  assert.match(watched.status()!.detail, /manifest of tiny@1 is not there any more/);
  assert.deepEqual(await watched.seen(), ["car"]);
  addModel(folder, {}, BUS);
  await watched.settle();
  assert.deepEqual([await watched.seen(), watched.status()?.detail], [["bus"], ""]);
});

Deno.test("a removed file of a loaded model changes nothing, and is told, until it is unloaded", async () => {
  await using watched = await Watched.open();
  const { folder, repository } = watched;
  Deno.removeSync(folder.file("tiny.onnx"));
  await watched.settle();
  assert.equal(
    watched.status()?.detail,
    `${folder.file("tiny.onnx")} is not there any more: what was loaded from it infers on`,
  );
  Deno.removeSync(folder.file("tiny.json"));
  await watched.settle();
  assert.deepEqual([await watched.seen(), watched.status()?.state], [["car"], "ready"]);
  await repository.unload("tiny");
  await watched.settle();
  assert.equal(watched.status(), undefined);
});

Deno.test("versions that come are loaded beside, and a name means the newest that is ready", async () => {
  await using watched = await Watched.open();
  const { folder } = watched;
  addModel(folder, { version: "10", file: "ten.onnx" }, BUS);
  addModel(folder, { version: "9", file: "nine.onnx", labels: ["a", "b", "nine"] }, BUS);
  addModel(folder, { version: "11", file: "eleven.onnx", sha256: "1".repeat(64) }, BUS);
  await watched.settle();
  assert.deepEqual(
    ["1", "9", "10", "11"].map((version) => watched.status("tiny", version)?.state),
    ["ready", "ready", "ready", "failed"],
  );
  assert.deepEqual(
    await Promise.all(["tiny", "tiny@1", "tiny@9", "tiny@10"].map((one) => watched.seen(one))),
    [["bus"], ["car"], ["nine"], ["bus"]],
  );
  assert.deepEqual(watched.repository.ready().map(({ name }) => name), ["tiny"], "one of a name");
  await watched.repository.unload("tiny@10");
  assert.deepEqual(await watched.seen(), ["nine"]);
});

Deno.test("what comes is only listed where others are named, and what was unloaded stays so", async () => {
  await using watched = await Watched.open([{}, { name: "other" }], ["tiny"]);
  const { folder, repository } = watched;
  addModel(folder, { name: "new" });
  addModel(folder, { name: "other", labels: ["a", "b", "c"] });
  await watched.settle();
  assert.equal(watched.status("new")?.state, "unloaded");
  assert.deepEqual(await watched.seen("other"), ["b"], "it was loaded on request");
  await repository.unload("tiny");
  addModel(folder, {}, BUS);
  addModel(folder, { version: "2", file: "two.onnx" }, BUS);
  await watched.settle();
  assert.deepEqual([watched.status()?.state, watched.status("tiny", "2")?.state], [
    "unloaded",
    "unloaded",
  ]);
  await repository.load("tiny@2");
  addModel(folder, {}, WEIGHTS);
  await watched.settle();
  assert.deepEqual([watched.status()?.state, await watched.seen()], ["unloaded", ["bus"]]);
  await repository.load("tiny@1");
  assert.deepEqual(await watched.seen("tiny@1"), ["car"]);
});

/** What a system tells of a directory, when the test says so. */
class FakeChanges implements Changes {
  #next = Promise.withResolvers<void>();
  #events: { kind: string }[] = [];
  isClosed = false;

  tell(events: number, kind = "modify"): void {
    for (let n = 0; n < events; n++) this.#events.push({ kind });
    this.#next.resolve();
  }

  close(): void {
    this.isClosed = true;
    this.#next.resolve();
  }

  async *[Symbol.asyncIterator]() {
    while (!this.isClosed) {
      for (const event of this.#events.splice(0)) yield event;
      await this.#next.promise;
      this.#next = Promise.withResolvers();
    }
  }
}

/** A watch of an empty directory, whose looks are counted. */
async function counted(folder: Folder, watch: (directory: string) => Changes) {
  const clock = new FakeClock();
  const catalogue = await Catalogue.open(folder.path, "/nowhere");
  const stop = new AbortController();
  let looks = 0;
  const repository = {
    look: () => (looks++, catalogue.reread()),
    follow: () => Promise.resolve(),
  };
  const parts = { repository, catalogue, wanted: () => [], clock, watch };
  const ended = watchModels(parts, stop.signal);
  await until(() => clock.sleeping === 1);
  return { clock, stop, ended, looks: () => looks };
}

/** Lets time pass while files are read, which takes time of another kind. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    await clock.advance(100);
    await until(() => clock.sleeping > 0);
  }
}

Deno.test("a storm of changes is a look now and then, and reading is no change", async () => {
  await using folder = new Folder();
  const changes = new FakeChanges();
  const { clock, stop, ended, looks } = await counted(folder, () => changes);
  assert.equal(looks(), 1);
  await pass(clock, 1000);
  assert.equal(looks(), 1, "nothing has changed");
  for (let n = 0; n < 50; n++) {
    changes.tell(1000);
    await idle();
    await pass(clock, 100);
  }
  assert.ok(looks() > 10 && looks() <= 1 + 25, `${looks()} looks in 5 s`);
  await pass(clock, 500);
  const before = looks();
  changes.tell(10, "access");
  await idle();
  await pass(clock, 1000);
  assert.equal(looks(), before);
  stop.abort();
  await ended;
  assert.deepEqual([changes.isClosed, clock.sleeping], [true, 0]);
});

Deno.test("a directory that tells nothing is looked at now and then, and watched when it can be", async () => {
  await using folder = new Folder();
  const changes = new FakeChanges();
  let tries = 0;
  const { clock, stop, ended, looks } = await counted(folder, () => {
    if (++tries < 3) throw new Deno.errors.NotFound("no such directory");
    return changes;
  });
  await pass(clock, 2 * LOOK_EVERY_MS + 1000);
  assert.deepEqual([looks(), tries], [3, 3]);
  changes.tell(1);
  await idle();
  await pass(clock, 1000);
  assert.equal(looks(), 4);
  stop.abort();
  await ended;
});

Deno.test("a real directory is watched: what is put into it is served", async () => {
  await using watched = await Watched.open();
  const { folder, repository, bench: { clock } } = watched;
  const catalogue = await Catalogue.open(folder.path);
  const stop = new AbortController();
  const wanted = (now: Catalogue) => now.select([]).chosen;
  const ended = watchModels({ repository, catalogue, wanted, clock }, stop.signal);
  await systemClock.sleep(200); // the first look is over
  addModel(folder, {}, BUS);
  // Less than until the next look that nothing has to tell of.
  for (let ms = 0; ms < LOOK_EVERY_MS - 2000 && (await watched.seen())[0] !== "bus"; ms += 100) {
    await systemClock.sleep(10); // files and what is told of them take time of their own
    await clock.advance(100);
  }
  assert.deepEqual(await watched.seen(), ["bus"]);
  stop.abort();
  await ended;
});
