/**
 * How near the whole edge comes to its physical limit, in CPU a frame.
 *
 * Limit: decoding and scaling in FFmpeg, and `session.run` on one thread, each measured by itself: no
 * edge that looks at every frame can do with less. Edge: `smarteye edge` under
 * `always_local_fastest_model`: capture, decide, infer, store the results, once without images and once
 * with annotated JPEGs of all frames. CPU is user + system time of all threads, and what other load on
 * the machine moves least. Each is a process of its own, all of them in turn in each round, so that a
 * machine that gets slower gets slower for all; of an edge's run, a short run is taken off, and with
 * that its start-up.
 *
 *   deno task bench [--video FILE] [--rounds N] [--model NAME]
 *
 * Without a video, a street is rendered for it; without a model, it is the project's own.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../core/clock.ts";
import { startLogging } from "../core/log.ts";
import { seededRng } from "../core/rng.ts";
import { percentile } from "../core/rolling_window.ts";
import { STREET_DEFAULTS } from "../street/options.ts";
import { writeSample } from "../street/sample_writer.ts";
import { CAPTURE_DEFAULTS } from "../edge/capture/open_source.ts";
import type { EdgeOptions, ImagesRule } from "../edge/options.ts";
import { run } from "../edge/role.ts";
import type { Summary } from "../edge/statistics.ts";
import { Catalogue } from "../models/catalogue.ts";
import { decodeAndScale, runNetwork } from "./limit.ts";
import { type Cost, difference, Meter } from "./meter.ts";

const SCENE = { ...STREET_DEFAULTS, width: 768, height: 432, frames: 375 };

/** Frames of the run whose cost is taken off: code is compiled by then. */
const SHORT = 100;

/** What is measured, by the names that the processes are told. */
const PARTS = {
  decode: "decode, scale in FFmpeg",
  network: "session.run, one thread",
  lines: "edge, JSONL",
  images: "edge, JSONL and all images",
} as const;

type Part = keyof typeof PARTS;

/** What a process measured. */
interface Measured extends Cost {
  /** The longest time that the main thread's event loop was blocked, of an edge. */
  readonly blockedMs?: number;
}

const { values } = parseArgs({
  options: {
    video: { type: "string" },
    rounds: { type: "string", default: "5" },
    model: { type: "string", default: "smarteye_street" },
    part: { type: "string" }, // of the processes that this one starts
  },
});
const cores = navigator.hardwareConcurrency;
const out = await Deno.makeTempDir({ prefix: "smarteye_bench_" });
const directory = Deno.env.get("SMARTEYE_MODELS") ?? out;
const { model } = values;
const entry = (await Catalogue.open(directory)).require(model);

/** The whole edge: its cost beyond that of a short run. */
async function edge(source: string, images: ImagesRule): Promise<Measured> {
  const short = await edgeOnce(source, images, SHORT);
  const blocked = watchEventLoop();
  const whole = await edgeOnce(source, images, 0);
  return { ...difference(whole, short), blockedMs: blocked() };
}

async function edgeOnce(source: string, images: ImagesRule, framesMax: number): Promise<Cost> {
  const options: EdgeOptions = {
    sources: [{
      ...CAPTURE_DEFAULTS,
      name: "bench",
      source,
      intervalMs: 0,
      framesMax,
      zones: [],
      controlPolicy: "always_local_fastest_model",
      overflow: "wait",
      resultsDirectory: join(out, "results"),
      images,
      events: images === "none" ? "text" : "all",
    }],
    service: "detection",
    model,
    models: { directory, detection: [], classification: [], scoreThreshold: undefined },
    edgeModels: [],
    queueLengthMax: 10,
    offloadsMax: 1,
    localWorkers: cores,
    cores,
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
  const meter = new Meter();
  await run(options, {
    clock: systemClock,
    rng: seededRng(1),
    drain: new AbortController().signal,
    print: (line) => printed = line,
  });
  const { frames }: Summary = JSON.parse(printed);
  if (frames.local !== frames.captured) {
    throw new Error(`the edge inferred ${frames.local} of ${frames.captured} frames`);
  }
  return meter.cost(frames.local);
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

function measure(part: Part, video: string): Promise<Measured> | Measured {
  switch (part) {
    case "decode":
      return decodeAndScale(video, entry.manifest.input);
    case "network":
      return runNetwork(entry);
    case "lines":
      return edge(video, "none");
    case "images":
      return edge(video, "all");
  }
}

/** Has a process of its own measure one part. */
async function measureApart(part: Part, video: string): Promise<Measured> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, "--part", part, "--video", video, "--model", model],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`cannot measure: ${PARTS[part]}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const median = (numbers: readonly number[]) => percentile(numbers, 50)!;

/** The table, as Markdown: the median of each number over the rounds. */
function table(rounds: readonly Record<Part, Measured>[]): string {
  const perFrame = ({ cpuMs, frames }: Cost) => cpuMs / frames;
  const limitOf = ({ decode, network }: Record<Part, Cost>) => perFrame(decode) + perFrame(network);
  const row = (name: string, ...cells: string[]) =>
    `| ${name.padEnd(27)} | ${cells.map((cell) => cell.padStart(15)).join(" | ")} |`;
  const ms = (of: (round: Record<Part, Measured>) => number) => median(rounds.map(of)).toFixed(2);
  const edgeRow = (part: "lines" | "images") => {
    const fps = (cost: Cost) => cost.frames * 1000 / cost.wallMs;
    const most = (cost: Cost) => cores * 1000 / perFrame(cost);
    const ratios = rounds.map((round) => perFrame(round[part]) / limitOf(round));
    return row(
      PARTS[part],
      ms((round) => perFrame(round[part])),
      `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${
        Math.max(...ratios).toFixed(2)
      })`,
      median(rounds.map((round) => fps(round[part]))).toFixed(1),
      median(rounds.map((round) => most(round[part]))).toFixed(1),
      median(rounds.map((round) => fps(round[part]) / most(round[part]))).toFixed(2),
      median(rounds.map((round) => round[part].blockedMs!)).toFixed(0),
    );
  };
  return [
    row(
      "",
      "CPU ms a frame",
      "of the limit",
      "frames/s",
      "cores / CPU",
      "share of that",
      "blocked ms",
    ),
    `|${"-".repeat(29)}|${`${"-".repeat(16)}:|`.repeat(6)}`,
    row(PARTS.decode, ms(({ decode }) => perFrame(decode)), "", "", "", "", ""),
    row(PARTS.network, ms(({ network }) => perFrame(network)), "", "", "", "", ""),
    row("limit: both", ms(limitOf), "1.00", "", "", "", ""),
    edgeRow("lines"),
    edgeRow("images"),
  ].join("\n");
}

await startLogging("warning");
if (values.part !== undefined) {
  console.log(JSON.stringify(await measure(values.part as Part, values.video!)));
} else {
  const video = values.video ?? (await writeSample(join(out, "street.mp4"), SCENE)).videoPath;
  const { width, height } = entry.manifest.input;
  const rounds: Record<Part, Measured>[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    const costs: Partial<Record<Part, Measured>> = {};
    for (const part of Object.keys(PARTS) as Part[]) costs[part] = await measureApart(part, video);
    rounds.push(costs as Record<Part, Measured>);
    console.error(`round ${round} of ${values.rounds}`);
  }
  const frames = rounds[0]!.decode.frames;
  console.log(
    `${video}, ${frames} frames; ${model} ${width}×${height}; ${cores} cores; ` +
      `median of ${rounds.length} rounds; blocked: the event loop of the main thread, at most\n`,
  );
  console.log(table(rounds));
}
await Deno.remove(out, { recursive: true });
Deno.exit(0);
