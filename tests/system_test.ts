/** The whole system: real processes, real HTTP and gRPC, the program's own weights on its own street. */

import assert from "node:assert/strict";
import { type Score, scoreOf } from "../cli/demo/score.ts";
import { type Detection, iou } from "../core/detection.ts";
import type { FrameRecord } from "../edge/record.ts";
import { STREET_DEFAULTS } from "../street/options.ts";
import { writeSample } from "../street/sample_writer.ts";
import { testWithData } from "./fakes/data.ts";
import { type Results, System } from "./fakes/system.ts";

/** A street that goes on until the edge is told to stop. */
const ENDLESS = ["-f", "synthetic:?frames=1000000&width=320&height=180", "--no-images"];
const CLOUD = ["--policy", "always_cloud_lowest_delay"];

/** A clip under each of the three policies. */
interface Carried {
  readonly here: Results;
  readonly cloud: Results;
  readonly both: Results;
}

/** Carries a clip through the three roles, and holds what is true of any clip. */
async function carry(
  system: System,
  path: string,
  frames: number,
  here: readonly string[] = [],
): Promise<Carried> {
  const run = (...args: string[]) => system.results(system.edge("-f", path, "-i", "0", ...args));
  const carried = {
    here: await run("--policy", "always_local_fastest_model", "--no-images", ...here),
    cloud: await run(...CLOUD, "--no-images"),
    both: await run("--policy", "threshold_offload_policy"),
  };
  const { here: { summary: local }, cloud, both: { summary: shared } } = carried;
  assert.equal(local.frames.captured, frames);
  assert.equal(local.frames.local, frames);
  assert.deepEqual(local.bytes, { up: 0, down: 0 });

  assert.equal(cloud.summary.frames.cloud, frames);
  assert.deepEqual(
    new Set(cloud.records.map(({ server }) => server)),
    new Set(system.addresses),
    "both servers had their share",
  );
  assert.ok(cloud.records.every(({ decision }) => decision?.height === 240), "downsized");

  assert.ok(shared.frames.local > 0 && shared.frames.cloud > 0);
  assert.equal(shared.frames.local + shared.frames.cloud, frames);
  const images = [...Deno.readDirSync(system.out.file("run"))]
    .filter(({ name }) => /^frame_\d{6}\.jpg$/.test(name));
  assert.equal(images.length, frames);
  return carried;
}

/** Boxes are in the captured frame's pixels wherever the frame was inferred. */
function assertSamePlaces({ here, cloud }: Carried): void {
  const sure = (record: FrameRecord): Detection[] =>
    record.detections!.filter(({ score }) => score > 0.8);
  const pairs = here.records.flatMap((record, i) =>
    sure(record).map((found) => [found, cloud.records[i]!] as const)
  );
  const met = pairs.filter(([found, other]) =>
    other.detections!.some(({ label, box }) => label === found.label && iou(box, found.box) > 0.7)
  );
  assert.ok(pairs.length > 100, `${pairs.length} boxes that are sure`);
  const share = met.length / pairs.length;
  assert.ok(share > 0.9, `${met.length} of ${pairs.length} boxes lie where they lay`);
}

Deno.test("each policy carries the street through the three roles, and finds what is in it", async () => {
  await using system = await System.start();
  const frames = 100;
  const sample = await writeSample(system.out.file("street.mp4"), { ...STREET_DEFAULTS, frames });
  const truth = await Deno.readTextFile(sample.truthPath);
  const score = ({ records }: Results): Score =>
    scoreOf(truth, records.map((record) => JSON.stringify(record)).join("\n"));

  const carried = await carry(system, sample.videoPath, frames);
  for (const results of Object.values(carried)) {
    assert.deepEqual(results.summary.models, { smarteye_street: frames });
    const { f1, labels: { car } } = score(results);
    assert.ok(f1 >= 0.9, `F1 is ${f1} under ${results.summary.policy}`);
    assert.ok(car!.right > 0 && car!.f1 >= 0.9, `F1 of cars is ${car!.f1}`);
  }
  assertSamePlaces(carried);
});

testWithData("each policy carries a real clip through the three roles", async (data) => {
  await using system = await System.start(data("models"));
  const clip = data("videos/vehicles.mp4");
  const carried = await carry(system, clip, 265, ["--model", "yolox_nano"]);
  const cars = ({ records }: Results) =>
    records.flatMap(({ detections }) => detections!).filter(({ label }) => label === "car").length /
    records.length;
  assert.ok(cars(carried.here) > 2.5, `YOLOX-nano finds ${cars(carried.here)} cars a frame here`);
  assert.ok(cars(carried.cloud) > 2.5, `${cars(carried.cloud)} cars a frame in the cloud`);
  const { cloud, both } = carried;
  assert.deepEqual(cloud.summary.models, { picodet_s_416: 265 }, "the most accurate model");
  assert.ok((both.summary.models["fastestdet"] ?? 0) > 0, "the fastest model here");
  assertSamePlaces(carried);
});

Deno.test("a server that is killed in the middle of a run costs no frame", async () => {
  await using system = await System.start();
  const [first, second] = system.addresses;
  const edge = system.edge(...ENDLESS, "-i", "15", ...CLOUD);
  const answersOf = (records: readonly FrameRecord[], address: string | undefined) =>
    records.filter(({ server }) => server === address).length;
  await system.recorded(
    "an answer of each server",
    (records) => answersOf(records, first) > 0 && answersOf(records, second) > 0,
  );
  system.servers[0]!.kill("SIGKILL");
  await system.servers[0]!.ran();
  const before = (await system.records()).length;
  await system.recorded("a frame after it", (records) => records.length > before + 50);
  edge.kill("SIGINT");
  const { summary, records } = await system.results(edge);
  assert.equal(summary.frames.failed, 0);
  assert.equal(summary.frames.dropped, 0);
  assert.equal(summary.frames.cloud, summary.frames.captured, "none fell back");
  const last = records.slice(-20);
  assert.equal(answersOf(last, second), last.length, "the other server went on");
});

Deno.test("a forwarder that is killed is done without, and used again when it is back", async () => {
  await using system = await System.start();
  const edge = system.edge(...ENDLESS, "-i", "15", ...CLOUD);
  const isCloud = ({ outcome }: FrameRecord) => outcome === "cloud";
  await system.recorded("an answer of the cloud", (records) => records.some(isCloud));
  system.forwarder.kill("SIGKILL");
  await edge.tells(/Cannot offload to .*frames are inferred here/);
  await system.recorded("a fallback", (records) => records.some(({ fallback }) => fallback));
  await system.forward(system.gateway);
  await system.recorded(
    "the cloud again",
    (records) => records.findLastIndex(isCloud) > records.findLastIndex(({ fallback }) => fallback),
  );
  edge.kill("SIGINT");
  const { summary } = await system.results(edge);
  assert.equal(summary.frames.failed, 0);
  assert.equal(summary.frames.dropped, 0);
  assert.ok(summary.fallbacks > 0 && summary.frames.cloud > 0);
});

Deno.test("Ctrl-C finishes what is under way and keeps the results", async () => {
  await using system = await System.start();
  const edge = system.edge(...ENDLESS, "-i", "20");
  await system.recorded("ten frames", (records) => records.length >= 10);
  edge.kill("SIGINT");
  const { summary } = await system.results(edge);
  assert.ok(summary.frames.captured >= 10 && summary.frames.failed === 0);
  for (const process of [system.forwarder, ...system.servers]) {
    process.kill("SIGINT");
    assert.equal((await process.ran()).code, 0, "a server that is told to stop stops");
  }
});
