/** The whole engine under load, with real Workers, the machine's clock and the program's own weights. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { INFER_STAGES, type InferStage, type InferTimings, NO_TIMINGS } from "../core/infer.ts";
import { percentile } from "../core/rolling_window.ts";
import { EncodedImage, PixelPicture } from "../core/image.ts";
import { Catalogue } from "../models/catalogue.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { pixels } from "../tests/fakes/pictures.ts";
import { addModel } from "../tests/fakes/tiny_model.ts";
import { InferenceEngine } from "./engine.ts";
import { CPU } from "./provider.ts";

const MODEL = "smarteye_street";
const SIZE = { width: 640, height: 360 };

/** The same detector again, to be loaded while the first one works. */
const COPIES = ["copy_a", "copy_b"];

/** Requests under way at the same time. */
const IN_FLIGHT = 8;

/** An engine with the program's own detector loaded, and a JPEG for it. */
class Loaded implements AsyncDisposable {
  private constructor(
    readonly folder: Folder,
    readonly engine: InferenceEngine,
    private readonly jpeg: Uint8Array,
  ) {}

  static async open(workers: number): Promise<Loaded> {
    const folder = new Folder();
    const { manifest, path } = (await Catalogue.open(folder.path)).require(MODEL);
    const weights = await Deno.readFile(path);
    for (const name of COPIES) {
      addModel(folder, { ...manifest, name, file: `${name}.onnx` }, weights);
    }
    const engine = InferenceEngine.open({
      catalogue: await Catalogue.open(folder.path),
      workers,
      session: { threads: 1, provider: CPU },
      queueLengthMax: 64,
      clock: systemClock,
    });
    await engine.repository.load(MODEL);
    const picture = new PixelPicture(pixels(SIZE, (x, y) => [x % 256, y % 256, (x * y) % 256]));
    return new Loaded(folder, engine, await picture.jpeg(SIZE, 80));
  }

  async infer(): Promise<InferTimings> {
    const image = await EncodedImage.open(this.jpeg, { pixelsMax: 1e6 });
    return (await this.engine.repository.infer(image, { model: MODEL })).timingsMs;
  }

  /** So many requests under way all the time, until `stop`; what each of them took. */
  async keepBusy(inFlight: number, stop: (done: number) => boolean): Promise<InferTimings[]> {
    const timings: InferTimings[] = [];
    const one = async () => {
      while (!stop(timings.length)) timings.push(await this.infer());
    };
    await Promise.all(Array.from({ length: inFlight }, one));
    return timings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.folder[Symbol.asyncDispose]();
  }
}

const median = (timings: readonly InferTimings[], stage: InferStage | "total") =>
  percentile(timings.map((timing) => timing[stage]), 50)!;

Deno.test("under load the stages stay what they are, waiting is told as waiting, and all add up", async () => {
  await using loaded = await Loaded.open(1);
  await loaded.keepBusy(1, (done) => done >= 5); // warm
  const idle = await loaded.keepBusy(1, (done) => done >= 30);
  const busy = await loaded.keepBusy(IN_FLIGHT, (done) => done >= 60);
  for (const timing of [...idle, ...busy]) {
    const sum = INFER_STAGES.reduce((ms, stage) => ms + timing[stage], 0);
    assert.ok(Math.abs(sum - timing.total) < 1e-6, JSON.stringify(timing));
  }
  for (const stage of ["decode", "preprocess", "infer", "postprocess"] as const) {
    const [was, is] = [median(idle, stage), median(busy, stage)];
    assert.ok(is < 3 * was + 1, `${stage}: ${was} ms when idle, ${is} ms when busy`);
  }
  // Seven others are before each request, or five at least while the queue runs full and empty.
  const waited = median(busy, "queue");
  assert.ok(waited > 5 * median(idle, "infer"), `it waited ${waited} ms`);
});

for (const workers of [1, 2]) {
  Deno.test(`loading with ${workers} of ${workers} Workers busy loses no request, and holds none up`, async () => {
    await using loaded = await Loaded.open(workers);
    await loaded.keepBusy(IN_FLIGHT, (done) => done >= 20); // warm
    const before = await loaded.keepBusy(IN_FLIGHT, (done) => done >= 150);
    let isLoaded = false;
    const loading = (async () => {
      for (const name of COPIES) await loaded.engine.repository.load(name);
    })().finally(() => isLoaded = true);
    const meanwhile = await loaded.keepBusy(IN_FLIGHT, () => isLoaded);
    await loading;
    // The machine may have got slower meanwhile: of other work.
    const after = await loaded.keepBusy(IN_FLIGHT, (done) => done >= 150);
    const p99 = (timings: readonly InferTimings[]) =>
      percentile(timings.map(({ total }) => total), 99)!;
    const otherwise = Math.max(p99(before), p99(after));
    assert.ok(meanwhile.length >= IN_FLIGHT);
    assert.ok(p99(meanwhile) <= 3 * otherwise, `${otherwise} ms → ${p99(meanwhile)} ms`);
    assert.equal(loaded.engine.underWay, 0);
  });
}

Deno.test("a Worker's time has decoding in it where it decodes, and a share of what ran together", async () => {
  await using folder = new Folder();
  const catalogue = await Catalogue.open(folder.path);
  const timings = { ...NO_TIMINGS, decode: 1, preprocess: 2, infer: 8, postprocess: 4, total: 99 };
  const busyMs = [CPU, { kind: "webgpu", name: "any" } as const].map((provider) => {
    const session = { threads: 1, provider };
    const options = { catalogue, workers: 1, session, queueLengthMax: 1, clock: systemClock };
    const engine = InferenceEngine.open(options);
    void engine.close();
    return [engine.workerMs(timings), engine.workerMs(timings, 2)];
  });
  assert.deepEqual(busyMs, [[15, 8], [14, 7]]);
});
