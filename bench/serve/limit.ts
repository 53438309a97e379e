/**
 * What no server can do without, each by itself on one thread: decoding the file, scaling it into the
 * tensor, and `session.run`. A process of its own: reads a {@link LimitJob} on stdin, prints a
 * {@link Limit}.
 */

import process from "node:process";
import * as ort from "onnxruntime-node";
import { EncodedImage } from "../../core/image.ts";
import { percentile } from "../../core/rolling_window.ts";
import { fitInto } from "../../inference/network/fit.ts";
import { PictureWriter } from "../../inference/network/picture_writer.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { machineCpuMs } from "./cpu.ts";
import type { Limit, LimitJob, Stages } from "./job.ts";

Deno.env.set("ORT_DISABLE_TELEMETRY", "1"); // as inference/network/session.ts does

/** Stages are measured in turn, so that a machine that gets slower gets slower for all. */
const TURNS = 7;

/** Milliseconds of each stage's turn. */
const TURN_MS = 250;

async function measure({ models, model, image, isEncoded }: LimitJob): Promise<Limit> {
  const { manifest, path } = (await Catalogue.open(models)).require(model);
  const bytes = await Deno.readFile(image);
  const encoded = await EncodedImage.open(bytes, { pixelsMax: Infinity });
  const pixels = await encoded.rgb();
  const writer = new PictureWriter(manifest.input);
  const pictures = [{ pixels, fit: fitInto(pixels, manifest.input) }];
  const { type, data, dims } = writer.write(pictures);
  if (type === "float16") throw new Error(`Cannot measure ${model}: its input is float16`);
  const session = await ort.InferenceSession.create(await Deno.readFile(path), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  if (session.inputNames.length !== 1) {
    throw new Error(`Cannot measure ${model}: it has ${session.inputNames.length} inputs`);
  }
  const feeds = { [session.inputNames[0]!]: new ort.Tensor(type, data as never, dims) };
  const stages: Record<keyof Stages, () => unknown> = {
    decodeMs: isEncoded ? () => encoded.rgb() : () => {},
    scaleMs: () => writer.write(pictures),
    networkMs: () => session.run(feeds),
  };
  const costs: Record<keyof Stages, number[]> = { decodeMs: [], scaleMs: [], networkMs: [] };
  const beganAtMs = performance.now();
  const used = () => {
    const { user, system } = process.cpuUsage();
    return machineCpuMs() - (user + system) / 1000;
  };
  const usedBefore = used();
  for (let turn = 0; turn <= TURNS; turn++) {
    for (const [stage, once] of Object.entries(stages) as [keyof Stages, () => unknown][]) {
      const ms = await cpuMsOf(once);
      if (turn > 0) costs[stage].push(ms); // in the first, code is compiled and memory is laid out
    }
  }
  const othersCores = (used() - usedBefore) / (performance.now() - beganAtMs);
  await session.release();
  const middle = (stage: keyof Stages) => percentile(costs[stage], 50)!;
  return {
    decodeMs: isEncoded ? middle("decodeMs") : 0,
    scaleMs: middle("scaleMs"),
    networkMs: middle("networkMs"),
    othersCores: Math.max(0, othersCores),
  };
}

async function cpuMsOf(once: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  const untilMs = performance.now() + TURN_MS;
  let times = 0;
  for (; performance.now() < untilMs; times++) await once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

const job: LimitJob = JSON.parse(await new Response(Deno.stdin.readable).text());
console.log(JSON.stringify(await measure(job)));
Deno.exit(0);
