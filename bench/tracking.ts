/**
 * How well the edge's tracker follows things, beside the trackers of others on the very same
 * detections, and what an update costs.
 *
 * The things are those of rendered streets, where detections are those of a model of a detector's
 * faults and of a real model, and those of squares, where things go as they like. MOTA and IDF1 are
 * over all seeds together, at an overlap of 0.5, in percent.
 *
 *   deno task bench:tracking [--seeds 1-20] [--seconds 30] [--fps 25,3] [--model NAME|none]
 *     [--python PYTHON,…] [--keep FOLDER]
 *
 * Each `--python` is an interpreter with trackers in it, as `bench/tracking/reference.py` says. With
 * `--keep`, what is rendered and detected stays there, and is used again.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Detection } from "../core/detection.ts";
import { seededRng } from "../core/rng.ts";
import { Tracker } from "../edge/tracking/tracker.ts";
import type { InferenceEngine } from "../inference/engine.ts";
import { mergedScore, scoreTracking, type TrackingScore } from "../lab/evaluation/tracking.ts";
import { digits, table } from "./serve/table.ts";
import { makeScenarios, type Scenario, type Scenarios } from "./tracking/scenario.ts";
import { openEngine, seedsOf, STREET_ARGS } from "./tracking/streets.ts";

/** For each frame, for each detection: its track. */
type Ids = readonly (readonly (number | null)[])[];

const { values } = parseArgs({
  options: {
    ...STREET_ARGS,
    python: { type: "string", default: "" },
    keep: { type: "string" },
  },
});
const folder = values.keep ?? await Deno.makeTempDir({ prefix: "smarteye_tracking_" });
const model = values.model === "none" ? undefined : values.model;
const pythons = values.python.split(",").filter((path) => path !== "");
const seeds = seedsOf(values.seeds);

/** Numbers that are kept need no more digits than this. */
const short = (_key: string, value: unknown) =>
  typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value;

async function scenarios(engine: InferenceEngine, seed: number, fps: number): Promise<Scenarios> {
  const path = join(folder, `${model ?? "none"}_${seed}_${fps}_${values.seconds}.json`);
  const kept = await Deno.readTextFile(path).catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept);
  const street = { seed, fps, seconds: Number(values.seconds) };
  const made = await makeScenarios(street, { repository: engine.repository, model });
  const text = JSON.stringify(made, short);
  await Deno.writeTextFile(path, text);
  return JSON.parse(text);
}

function ours({ frames }: Scenario): Ids {
  const tracker = new Tracker();
  return frames.map(({ detections, atMs }) =>
    tracker.update(detections, atMs).detections.map(({ track_id }) => track_id ?? null)
  );
}

/** What the trackers of others say, by their names. */
async function theirs(scenario: Scenario): Promise<Record<string, Ids>> {
  const said: Record<string, Ids> = {};
  const [input, output] = [join(folder, "in.json"), join(folder, "out.json")];
  await Deno.writeTextFile(input, JSON.stringify(scenario));
  for (const python of pythons) {
    const script = join(import.meta.dirname!, "tracking", "reference.py");
    const { success } = await new Deno.Command(python, {
      args: [script, input, output],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`${python} cannot run ${script}`);
    Object.assign(said, JSON.parse(await Deno.readTextFile(output)));
  }
  return said;
}

function scoreOf({ frames }: Scenario, ids: Ids): TrackingScore {
  return scoreTracking(frames.map(({ truth, detections }, frame) => ({
    truth: truth.map(({ thing, box }) => ({ id: thing, box })),
    found: detections.flatMap(({ box }, place) => {
      const id = ids[frame]![place];
      return id === null || id === undefined ? [] : [{ id, box }];
    }),
  })));
}

/** Follows the things of all scenarios by all trackers and tells how well. */
async function compare(what: string, fps: number, all: readonly Scenario[]): Promise<void> {
  const scores = new Map<string, TrackingScore[]>();
  for (const scenario of all) {
    for (const [name, ids] of Object.entries({ ours: ours(scenario), ...await theirs(scenario) })) {
      scores.set(name, [...scores.get(name) ?? [], scoreOf(scenario, ids)]);
    }
  }
  const rows = [...scores].map(([name, each]) => {
    const { mota, idf1, switches, falsePositives, misses } = mergedScore(each);
    const counts = [switches, falsePositives, misses].map(String);
    return [name, digits(100 * mota, 1), digits(100 * idf1, 1), ...counts];
  });
  const objects = mergedScore(scores.get("ours")!).objects;
  console.log(`\n${what}, ${fps} frames/s, ${all.length} seeds, ${objects} boxes\n`);
  console.log(table(["tracker", "MOTA", "IDF1", "switches", "false", "missed"], rows));
}

/** Microseconds of CPU for an update with so many things that walk about. */
function costOf(count: number): number {
  const rng = seededRng(count);
  const [width, height] = [1920, 1080];
  const things = Array.from({ length: count }, () => ({
    x: rng() * width,
    y: rng() * height,
    dx: 200 * (rng() - 0.5),
    dy: 40 * (rng() - 0.5),
  }));
  const frames = Array.from(
    { length: 600 },
    (_, i) =>
      things.filter(() => rng() < 0.95).map(({ x, y, dx, dy }): Detection => {
        const left = (x + dx * i / 25 + 10 * width) % width + 2 * rng();
        const top = (y + dy * i / 25 + 10 * height) % height + 2 * rng();
        const box = [left, top, left + 40, top + 60] as const;
        return { label: "person", class_id: 0, score: 0.4 + 0.5 * rng(), box };
      }),
  );
  const run = () => {
    const tracker = new Tracker();
    const startAtMs = performance.now();
    frames.forEach((detections, i) => tracker.update(detections, i * 40));
    return 1000 * (performance.now() - startAtMs) / frames.length;
  };
  run(); // code is compiled by then
  return Math.min(run(), run(), run());
}

const engine = await openEngine(model);
try {
  for (const fps of values.fps.split(",").map(Number)) {
    const all: Scenarios[] = [];
    for (const seed of seeds) all.push(await scenarios(engine, seed, fps));
    await compare("street, drawn detections", fps, all.map(({ drawn }) => drawn));
    if (model !== undefined) {
      await compare(`street, detections of ${model}`, fps, all.map(({ seen }) => seen!));
    }
    await compare("square, drawn detections", fps, all.map(({ square }) => square));
  }
} finally {
  await engine[Symbol.asyncDispose]();
  if (values.keep === undefined) await Deno.remove(folder, { recursive: true });
}
console.log("\nan update costs");
for (const count of [5, 20, 100]) {
  console.log(`${String(count).padStart(4)} boxes: ${costOf(count).toFixed(0).padStart(5)} µs`);
}
Deno.exit(0);
