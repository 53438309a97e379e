/**
 * How near `smarteye serve` comes to what this machine can do, and what it does with more than it can
 * carry.
 *
 *   deno task bench:serve [--models DIR] [--model NAME,…] [--image FILE] [--as jpeg|raw]
 *     [--in-flight N | --rate N [--arrivals constant|poisson]] [--seconds S] [--rounds N]
 *     [--others-max CORES] [--deadline-ms N] [--against triton --triton PYTHON]
 *     [--checkout DIR] [--json] [-- SERVE FLAGS]
 *   deno task bench:serve --overload 2 …
 *
 * A closed loop keeps `--in-flight` requests under way; an open one sends at `--rate`, whatever
 * becomes of earlier requests, and latency counts from when a request was due. The limit is measured
 * in the same run: cores over the CPU seconds that decoding, scaling and `session.run` take, each
 * alone on one thread (`serve/limit.ts`). The load generator is a process of its own; its cores are
 * taken off. What other programs used of the machine meanwhile is told; a round in which they used
 * more than `--others-max` cores (0.1) is measured again, as long as that helps.
 *
 * `--overload X` finds the capacity in a closed loop, offers 1, 1.5, 2, 3 and X times of it in an open
 * one with a deadline of 200 ms, and judges at X.
 *
 * `--against triton` measures a real Triton in turn (`serve/triton/triton.ts` says how to install it).
 * `--checkout` measures another checkout's server. Linux only: CPU time is read from `/proc`.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { EncodedImage, PixelPicture } from "../core/image.ts";
import { startLogging } from "../core/log.ts";
import { Catalogue } from "../models/catalogue.ts";
import { STREET_DEFAULTS } from "../street/options.ts";
import { StreetScene } from "../street/scene.ts";
import type { Load } from "./serve/job.ts";
import { judge, overload, overloadTable } from "./serve/overload.ts";
import type { Plan } from "./serve/run.ts";
import { startSmarteye } from "./serve/smarteye.ts";
import { disturbance, type Round, round, speedTables } from "./serve/speed.ts";
import type { Picture, Target } from "./serve/target.ts";
import { startTriton } from "./serve/triton/triton.ts";

/** A frame of the street with people and vehicles in it. */
const FRAME = 7;
const QUALITY = 80;

/** Times as many rounds as are wanted, at most, to get them undisturbed. */
const TRIES = 3;

/** Milliseconds that a request may take where no deadline is named: without and with `--overload`. */
const DEADLINE_MS = 10_000;
const OVERLOAD_DEADLINE_MS = 200;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: "string" },
    model: { type: "string", default: "smarteye_street" },
    image: { type: "string" },
    as: { type: "string", default: "jpeg" },
    "in-flight": { type: "string", default: "16" },
    rate: { type: "string" },
    arrivals: { type: "string", default: "poisson" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "10" },
    "warm-up": { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    "others-max": { type: "string", default: "0.1" },
    "deadline-ms": { type: "string" },
    connections: { type: "string", default: "4" },
    overload: { type: "string" },
    against: { type: "string" },
    triton: { type: "string", default: "python3" },
    checkout: { type: "string", default: join(import.meta.dirname!, "..") },
    json: { type: "boolean", default: false },
  },
});

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new Error(`Cannot use --${name} ${text}: a number above 0 is wanted`);
}

function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]) {
  const choice = choices.find((one) => one === text);
  if (choice) return choice;
  throw new Error(`Cannot use --${name} ${text}: ${choices.join(" or ")} is wanted`);
}

/** What requests carry: the user's file, or a frame of the street. */
async function pictureOf(file: string | undefined): Promise<Picture> {
  const as = oneOf("as", values.as, ["jpeg", "raw"]);
  if (file !== undefined) {
    const encoded = await Deno.readFile(file);
    const { width, height, data } =
      await (await EncodedImage.open(encoded, { pixelsMax: Infinity })).rgb();
    return { width, height, rgb: data, encoded, as };
  }
  const { pixels } = await (await StreetScene.create(STREET_DEFAULTS)).render(FRAME);
  const encoded = await new PixelPicture(pixels).jpeg(pixels, QUALITY);
  return { width: pixels.width, height: pixels.height, rgb: pixels.data, encoded, as };
}

function loadOf(): Load {
  if (values.rate === undefined) {
    return { kind: "closed", inFlight: numberOf("in-flight", values["in-flight"]) };
  }
  return {
    kind: "open",
    perSec: numberOf("rate", values.rate),
    arrivals: oneOf("arrivals", values.arrivals, ["constant", "poisson"]),
    seed: numberOf("seed", values.seed),
  };
}

async function start(
  models: string,
  names: readonly string[],
  directory: string,
  stack: AsyncDisposableStack,
): Promise<Target[]> {
  const { checkout } = values;
  const targets = [await startSmarteye({ checkout, models, names, args: positionals })];
  stack.defer(() => targets[0]!.stop());
  if (values.against === undefined) return targets;
  oneOf("against", values.against, ["triton"]);
  oneOf("as", values.as, ["jpeg"]); // model.py takes nothing else
  const catalogue = await Catalogue.open(models);
  const triton = await startTriton({
    python: values.triton,
    entries: names.map((name) => catalogue.require(name)),
    instances: cores,
    queueLengthMax: 32,
    directory,
  });
  stack.defer(() => triton.stop());
  return [...targets, triton];
}

async function speed(targets: readonly Target[], models: string, plan: Plan): Promise<void> {
  const rounds = numberOf("rounds", values.rounds);
  const othersMax = numberOf("others-max", values["others-max"]);
  const image = join(plan.directory, "image");
  await Deno.writeFile(image, plan.picture.encoded);
  for (const model of names) {
    const job = { models, model, image, isEncoded: plan.picture.as === "jpeg" };
    const all: Round[] = [];
    const isQuiet = (one: Round) => disturbance(one) <= othersMax;
    while (all.filter(isQuiet).length < rounds && all.length < rounds * TRIES) {
      const one = await round(targets, job, loadOf(), plan, cores);
      all.push(one);
      const others = disturbance(one).toFixed(2);
      console.error(`${model}: round ${all.length}, others used up to ${others} cores`);
    }
    // Where it was never quiet, the least disturbed ones must do; the table tells how much they were.
    const measured = all.toSorted((a, b) => disturbance(a) - disturbance(b)).slice(0, rounds);
    console.log(
      values.json
        ? JSON.stringify({ model, cores, load: loadOf(), rounds: measured })
        : `${speedTables(model, measured, cores)}\n`,
    );
  }
}

async function overloads(targets: readonly Target[], plan: Plan, at: number): Promise<void> {
  for (const model of names) {
    const options = {
      inFlight: numberOf("in-flight", values["in-flight"]),
      rounds: numberOf("rounds", values.rounds),
      arrivals: oneOf("arrivals", values.arrivals, ["constant", "poisson"]),
      seed: numberOf("seed", values.seed),
      at,
    };
    const measured = await overload(targets, model, plan, options, cores);
    const verdicts = judge(measured, at, cores);
    if (values.json) {
      console.log(JSON.stringify({ ...measured, cores, deadlineMs: plan.deadlineMs, verdicts }));
      continue;
    }
    console.log(`${overloadTable(measured)}\n`);
    for (const { what, isKept } of verdicts) console.log(`${isKept ? "yes" : "NO "} ${what}`);
    console.log();
  }
}

await startLogging("warning");
const cores = navigator.hardwareConcurrency;
const names = values.model.split(",");
await using stack = new AsyncDisposableStack();
const directory = await Deno.makeTempDir({ prefix: "smarteye_bench_serve_" });
stack.defer(() => Deno.remove(directory, { recursive: true }));
const models = values.models === undefined ? directory : await Deno.realPath(values.models);
const at = values.overload === undefined ? undefined : numberOf("overload", values.overload);
const deadlineMs = values["deadline-ms"] === undefined
  ? at === undefined ? DEADLINE_MS : OVERLOAD_DEADLINE_MS
  : numberOf("deadline-ms", values["deadline-ms"]);
const picture = await pictureOf(values.image);
const plan: Plan = {
  picture,
  directory,
  connections: numberOf("connections", values.connections),
  deadlineMs,
  warmUpMs: numberOf("warm-up", values["warm-up"]) * 1000,
  durationMs: numberOf("seconds", values.seconds) * 1000,
};
const targets = await start(models, names, directory, stack);
if (!values.json) {
  const { width, height, encoded, as } = picture;
  console.log(
    `${width}×${height} as ${as} (the JPEG has ${encoded.length} bytes), ${cores} cores, ` +
      `deadline ${deadlineMs} ms\n`,
  );
}
if (at === undefined) await speed(targets, models, plan);
else await overloads(targets, plan, at);
