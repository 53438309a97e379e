/** The whole system: real processes, real HTTP and gRPC, real weights on real video. */

import assert from "node:assert/strict";
import { type Detection, iou } from "../core/detection.ts";
import type { FrameRecord } from "../edge/record.ts";
import { testWithData } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { results, System } from "./fakes/system.ts";
import { Program, program } from "./fakes/program.ts";

/** Mean number of cars in a record. */
function cars(records: readonly FrameRecord[]): number {
  const found = records.map(({ detections }) =>
    detections!.filter(({ label }) => label === "car").length
  );
  return found.reduce((sum, n) => sum + n, 0) / found.length;
}

testWithData("each policy carries a clip through the three roles", async (data) => {
  await using system = await System.start(data("models"));
  const clip = ["-f", data("videos/vehicles.mp4"), "-i", "0"];

  const here = await results(
    system.edge(
      ...clip,
      "--policy",
      "always_local_fastest_model",
      "--model",
      "yolox_nano",
      "--no-images",
    ),
    system.out,
  );
  assert.equal(here.summary.frames.captured, 265);
  assert.equal(here.summary.frames.local, 265);
  assert.deepEqual(here.summary.bytes, { up: 0, down: 0 });
  assert.ok(
    cars(here.records) > 2.5,
    `YOLOX-nano finds the cars here: ${cars(here.records)} a frame`,
  );

  const cloud = await results(
    system.edge(...clip, "--policy", "always_cloud_lowest_delay", "--no-images"),
    system.out,
  );
  assert.equal(cloud.summary.frames.cloud, 265);
  assert.deepEqual(cloud.summary.models, { picodet_s_416: 265 }, "the most accurate model");
  assert.ok(cars(cloud.records) > 2.5, `and in the cloud: ${cars(cloud.records)} a frame`);
  const servers = new Set(cloud.records.map(({ server }) => server));
  assert.deepEqual(servers, new Set(system.addresses), "both servers had their share");
  assert.ok(cloud.records.every(({ decision }) => decision?.height === 240), "downsized");

  // Boxes are in the captured frame's pixels wherever the frame was inferred.
  const sure = (record: FrameRecord): Detection[] =>
    record.detections!.filter(({ score }) => score > 0.8);
  const pairs = here.records.flatMap((record, i) =>
    sure(record).map((d) => [d, cloud.records[i]!] as const)
  );
  const met = pairs.filter(([d, other]) =>
    other.detections!.some((o) => o.label === d.label && iou(o.box, d.box) > 0.7)
  );
  assert.ok(pairs.length > 100);
  assert.ok(
    met.length / pairs.length > 0.9,
    `${met.length} of ${pairs.length} boxes lie where they lay`,
  );

  const both = await results(
    system.edge(...clip, "--policy", "threshold_offload_policy"),
    system.out,
  );
  assert.ok(both.summary.frames.local > 0 && both.summary.frames.cloud > 0);
  assert.equal(both.summary.frames.local + both.summary.frames.cloud, 265);
  assert.ok((both.summary.models["fastestdet"] ?? 0) > 0, "the fastest model here");
  const images = [...Deno.readDirSync(system.out.file("run"))]
    .filter(({ name }) => /^frame_\d{6}\.jpg$/.test(name));
  assert.equal(images.length, 265);
});

testWithData("a server that is killed in the middle of a run costs no frame", async (data) => {
  await using system = await System.start(data("models"));
  const edge = system.edge(
    "-f",
    data("videos/vehicles.mp4"),
    "-i",
    "12", // so that it takes some seconds on any machine
    "--policy",
    "always_cloud_lowest_delay",
    "--no-images",
  );
  await edge.tells(/results in/);
  await waitForLines(system.out.file("run/results.jsonl"), 1);
  system.servers[0]!.kill("SIGKILL");
  const { summary, records } = await results(edge, system.out);
  assert.equal(summary.frames.failed, 0);
  assert.equal(summary.frames.dropped, 0);
  assert.equal(summary.frames.captured, 265);
  assert.equal(records.at(-1)!.server, system.addresses[1], "the other server went on");
});

testWithData(
  "a forwarder that is killed is done without, and used again when it is back",
  async (data) => {
    await using system = await System.start(data("models"));
    const edge = system.edge(
      "-f",
      "synthetic:?frames=1000&width=320&height=180",
      "-i",
      "15",
      "--policy",
      "always_cloud_lowest_delay",
      "--no-images",
    );
    await edge.tells(/results in/);
    await waitForLines(system.out.file("run/results.jsonl"), 1);
    system.forwarder.kill("SIGKILL");
    await edge.tells(/Cannot offload to .*frames are inferred here/);
    await system.forward(system.gateway);
    const { summary, records } = await results(edge, system.out);
    assert.equal(summary.frames.failed, 0);
    assert.equal(summary.frames.captured, 1000);
    assert.ok(summary.fallbacks > 0);
    const lastFallback = records.findLast(({ fallback }) => fallback)!.frame;
    assert.ok(
      records.slice(lastFallback).some(({ outcome }) => outcome === "cloud"),
      "the cloud is used again",
    );
  },
);

testWithData("Ctrl-C finishes what is under way and keeps the results", async (data) => {
  await using system = await System.start(data("models"));
  const edge = system.edge("-f", "synthetic:?frames=100000", "-i", "20", "--no-images");
  await edge.tells(/results in/);
  await waitForLines(system.out.file("run/results.jsonl"), 10);
  edge.kill("SIGINT");
  const { summary } = await results(edge, system.out);
  assert.ok(summary.frames.captured < 100000);
  for (const process of [system.forwarder, ...system.servers]) {
    process.kill("SIGINT");
    assert.equal((await process.ran()).code, 0, "a server that is told to stop stops");
  }
});

Deno.test("the demo finds the street with the program's own detector, and leaves no process behind", async () => {
  await using folder = new Folder();
  const mark = crypto.randomUUID();
  const env = { SMARTEYE_MODELS: folder.file("none"), MARK: mark };
  const { code, stdout, stderr } = await program(["demo", "--out", folder.file("demo")], env);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /in the cloud/);
  assert.match(stdout, /frames by model: smarteye_street 250$/m);
  assert.match(stdout, /results: .*demo\/results/);
  const [, f1] = /│ all +│ .*│ +(0\.\d+) │$/m.exec(stdout)!;
  assert.ok(Number(f1) >= 0.8, `F1 is ${f1}`);
  assert.ok(folder.names().includes("demo"));
  assert.deepEqual(await processesWith(mark), []);

  await using stopped = new Program(["demo", "--out", folder.file("stopped")], env);
  await stopped.tells(/forwarder on/);
  assert.ok((await processesWith(mark)).length > 3, "they are seen while they run");
  stopped.kill("SIGINT");
  await stopped.ran();
  assert.deepEqual(await processesWith(mark), []);
});

/** Processes whose environment holds `mark` (Linux tells; elsewhere there are none to see). */
async function processesWith(mark: string): Promise<string[]> {
  if (Deno.build.os !== "linux") return [];
  const processes = Array.from(Deno.readDirSync("/proc"), ({ name }) => name);
  const found: string[] = [];
  for (const id of processes.filter((name) => /^\d+$/.test(name))) {
    const environment = await Deno.readTextFile(`/proc/${id}/environ`).catch(() => "");
    if (environment.includes(mark)) found.push(id);
  }
  return found;
}

async function waitForLines(path: string, lines: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (text.split("\n").length > lines) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} never had ${lines} lines`);
}
