/**
 * How much of its floor the whole edge reaches, in frames a second.
 *
 * Floor: a straight line that decodes, scales and runs the network on the same frames with as many
 * threads, and does nothing else. Edge: `smarteye edge` under `always_local_fastest_model`: capture,
 * decide, infer, store the results without images. Both in one process, in turn, so that a machine
 * that gets slower gets slower for both.
 *
 *   deno task bench [VIDEO [ROUNDS [MODEL]]]
 *
 * Without a video, a street is rendered for it; without a model, it is the project's own.
 */

import { join } from "node:path";
import { Decoder, Demuxer, Scaler } from "node-av/api";
import * as ort from "onnxruntime-node";
import { systemClock } from "../core/clock.ts";
import { startLogging } from "../core/log.ts";
import { seededRng } from "../core/rng.ts";
import { percentile } from "../core/rolling_window.ts";
import { STREET_DEFAULTS } from "../street/options.ts";
import { writeSample } from "../street/sample_writer.ts";
import { CAPTURE_DEFAULTS } from "../edge/capture/open_source.ts";
import type { EdgeOptions } from "../edge/options.ts";
import { run } from "../edge/role.ts";
import type { Summary } from "../edge/statistics.ts";
import { Catalogue } from "../models/catalogue.ts";

const SCENE = { ...STREET_DEFAULTS, width: 768, height: 432, frames: 375 };
const out = await Deno.makeTempDir({ prefix: "smarteye_bench_" });
const directory = Deno.env.get("SMARTEYE_MODELS") ?? out;
const [video = await renderStreet(), rounds = "5", model = "smarteye_street"] = Deno.args;

const threads = navigator.hardwareConcurrency;
const { manifest, path } = (await Catalogue.open(directory)).require(model);
const { width, height } = manifest.input;
const weights = await Deno.readFile(path);

async function renderStreet(): Promise<string> {
  return (await writeSample(join(out, "street.mp4"), SCENE)).videoPath;
}

/** The network as anyone would open it: as many threads, everything else as it comes. */
function openNetwork(): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(weights, { intraOpNumThreads: threads });
}

function feed(session: ort.InferenceSession, data: Float32Array) {
  return { [session.inputNames[0]!]: new ort.Tensor("float32", data, [1, 3, height, width]) };
}

/** Decode, scale, run: milliseconds and frames. */
async function floor(source: string): Promise<{ frames: number; ms: number }> {
  const session = await openNetwork();
  const plane = width * height;
  const tensor = new Float32Array(3 * plane);
  const demuxer = await Demuxer.open(source);
  const stream = demuxer.video()!;
  using decoder = await Decoder.create(stream);
  using scaler = new Scaler();
  let frames = 0;
  const start = performance.now();
  for await (const frame of decoder.frames(demuxer.packets(stream.index))) {
    if (!frame) break;
    const data = await scaler.toBuffer(frame, { resize: { width, height }, format: "rgb" });
    for (let to = 0, from = 0; to < plane; to++, from += 3) {
      tensor[to] = data[from + 2]! / 255;
      tensor[to + plane] = data[from + 1]! / 255;
      tensor[to + 2 * plane] = data[from]! / 255;
    }
    await session.run(feed(session, tensor));
    frame.free();
    frames++;
  }
  const ms = performance.now() - start;
  await demuxer.close();
  await session.release();
  return { frames, ms };
}

/** The network alone, on one and the same tensor: milliseconds a run. */
async function bare(runs: number): Promise<number> {
  const session = await openNetwork();
  const data = new Float32Array(3 * width * height);
  for (let i = 0; i < 20; i++) await session.run(feed(session, data));
  const start = performance.now();
  for (let i = 0; i < runs; i++) await session.run(feed(session, data));
  const ms = (performance.now() - start) / runs;
  await session.release();
  return ms;
}

/** The whole edge: its summary, and the longest time that the event loop was blocked. */
async function edge(source: string, out: string): Promise<{ summary: Summary; blockedMs: number }> {
  const options: EdgeOptions = {
    sources: [{
      ...CAPTURE_DEFAULTS,
      name: "bench",
      source,
      intervalMs: 0,
      framesMax: 0,
      controlPolicy: "always_local_fastest_model",
      overflow: "wait",
      resultsDirectory: out,
      images: "none",
    }],
    service: "detection",
    model,
    models: { directory, detection: [], classification: [], scoreThreshold: undefined },
    edgeModels: [],
    queueLengthMax: 10,
    offloadsMax: 1,
    localWorkers: threads,
    policyParameters: {},
    seed: 1,
    decisionMs: 50,
    offloadHeight: 240,
    jpegQuality: 80,
    deadlineMs: 1000,
    onCloudFailure: "local",
    forwarderUrl: "http://127.0.0.1:9/image_handler",
    monitorIntervalMs: 60_000,
    overwrite: true,
    json: true,
  };
  let printed = "";
  const blocked = watchEventLoop();
  await run(options, {
    clock: systemClock,
    rng: seededRng(1),
    drain: new AbortController().signal,
    print: (line) => printed = line,
  });
  return { summary: JSON.parse(printed), blockedMs: blocked() };
}

/** Watches how late a 5 ms timer is; the result tells the longest delay so far. */
function watchEventLoop(): () => number {
  const periodMs = 5;
  let last = performance.now();
  let worst = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - periodMs);
    last = now;
  }, periodMs);
  return () => {
    clearInterval(timer);
    return worst;
  };
}

await startLogging("warning");
const bareMs = await bare(200);
const ratios: number[] = [];
const blocked: number[] = [];
console.log(`${video}, ${model} ${width}×${height}, ${threads} threads`);
console.log(`bare session.run: ${bareMs.toFixed(2)} ms, ${(1000 / bareMs).toFixed(0)} runs/s\n`);
console.log("round   floor fps    edge fps   edge/floor   event loop blocked at most");
for (let round = 0; round <= Number(rounds); round++) {
  const floorRun = await floor(video);
  const floorFps = floorRun.frames * 1000 / floorRun.ms;
  const { summary, blockedMs } = await edge(video, join(out, "results"));
  if (summary.frames.local !== floorRun.frames) {
    throw new Error(`the edge inferred ${summary.frames.local} of ${floorRun.frames} frames`);
  }
  const ratio = summary.fps / floorFps;
  const name = round === 0 ? "warm-up" : String(round);
  console.log(
    `${name.padEnd(7)} ${floorFps.toFixed(1).padStart(9)} ${summary.fps.toFixed(1).padStart(11)} ` +
      `${ratio.toFixed(2).padStart(12)} ${blockedMs.toFixed(1).padStart(17)} ms`,
  );
  if (round === 0) continue;
  ratios.push(ratio);
  blocked.push(blockedMs);
}
await Deno.remove(out, { recursive: true });
console.log(
  `\nedge/floor: median ${percentile(ratios, 50)!.toFixed(2)}, ` +
    `min ${Math.min(...ratios).toFixed(2)}, max ${Math.max(...ratios).toFixed(2)}; ` +
    `event loop blocked at most ${Math.max(...blocked).toFixed(1)} ms`,
);
Deno.exit(0);
