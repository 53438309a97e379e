/**
 * Whether a line counts what crosses it: on rendered streets, at 25 and at 3 frames a second, with the
 * truth as detections, with a model of a detector's faults, and with a real model's.
 *
 *   deno task bench:lines [--seeds 1-20] [--seconds 30] [--fps 25,3] [--model NAME|none]
 */

import { parseArgs } from "node:util";
import type { Detection } from "../core/detection.ts";
import { Tracker } from "../edge/tracking/tracker.ts";
import type { LineCounts } from "../edge/zones/note.ts";
import { ZoneWatch } from "../edge/zones/zone_watch.ts";
import { table } from "./serve/table.ts";
import { makeScenarios, type Scenario } from "./tracking/scenario.ts";
import { openEngine, seedsOf, STREET_ARGS } from "./tracking/streets.ts";

const { values } = parseArgs({
  options: {
    ...STREET_ARGS,
  },
});
const model = values.model === "none" ? undefined : values.model;
const seeds = seedsOf(values.seeds);

const SIZE = { width: 640, height: 360 };

/** From the bottom to the top through the middle: whoever goes to the right goes in. */
const LINE = { kind: "line", from: [0.5, 1], to: [0.5, 0] } as const;

/** Nearer than this to the line, in shares of its size, a thing is on neither side, as the docs say. */
const ON_LINE = 0.15;

/** How many crossed one way: so many for sure, and at most so many. */
type Crossed = readonly [least: number, most: number];

/**
 * What crosses, by where each thing is seen first and last: nothing here turns round. Who stands on the
 * line when the video begins or ends may be counted or not.
 */
function truthOf({ frames }: Scenario): { readonly in: Crossed; readonly out: Crossed } {
  const sides = new Map<string, { first: number; last: number }>();
  for (const { thing, box: [x1, y1, x2, y2] } of frames.flatMap(({ truth }) => truth)) {
    const right = (x1 + x2 - SIZE.width) / 2 / Math.sqrt((x2 - x1) * (y2 - y1));
    sides.set(thing, { first: sides.get(thing)?.first ?? right, last: right });
  }
  const crossed = (direction: 1 | -1): Crossed => {
    const all = [...sides.values()].filter(({ first, last }) =>
      direction * first < 0 && direction * last > 0
    );
    const isSure = ({ first, last }: { first: number; last: number }) =>
      Math.min(Math.abs(first), Math.abs(last)) > ON_LINE;
    return [all.filter(isSure).length, all.length];
  };
  return { in: crossed(1), out: crossed(-1) };
}

/** By how many a count is wrong. */
function offBy(count: number, [least, most]: Crossed): number {
  return Math.max(0, least - count, count - most);
}

/** What a line counts of what a tracker makes of detections. */
function countedIn({ frames, fps }: Scenario, detectionsOf: (frame: number) => Detection[]) {
  const tracker = new Tracker();
  const zones = new ZoneWatch([
    { name: "line", shape: LINE, classes: [], dwellMs: 0, anchor: "center", sources: [] },
  ]);
  frames.forEach((_, i) => {
    const atMs = 1000 * i / fps;
    const { detections, ended } = tracker.update(detectionsOf(i), atMs);
    const frame = { index: i + 1, atMs, wallMs: atMs, ...SIZE, place: "local" } as const;
    zones.see({ ...frame, detections, ended });
  });
  zones.close({ index: frames.length, atMs: 1e9, wallMs: 1e9 });
  return zones.counts()["line"]!;
}

const engine = await openEngine(model);
try {
  for (const fps of values.fps.split(",").map(Number)) {
    const rows: string[][] = [];
    const wrong: Record<string, number> = {};
    for (const seed of seeds) {
      const street = { seed, fps, seconds: Number(values.seconds) };
      const { drawn, seen } = await makeScenarios(street, { repository: engine.repository, model });
      const truth = truthOf(drawn);
      const counts = {
        truth: countedIn(
          drawn,
          (i) =>
            drawn.frames[i]!.truth.map(({ label, class_id, box }) => ({
              label,
              class_id,
              box,
              score: 0.9,
            })),
        ),
        faults: countedIn(drawn, (i) => [...drawn.frames[i]!.detections]),
        ...(seen ? { model: countedIn(seen, (i) => [...seen.frames[i]!.detections]) } : {}),
      };
      for (const [what, { in: entered, out }] of Object.entries(counts)) {
        wrong[what] = (wrong[what] ?? 0) + offBy(entered, truth.in) + offBy(out, truth.out);
      }
      const say = (one: LineCounts | undefined) => one ? `${one.in} / ${one.out}` : "";
      const range = ([least, most]: Crossed) => least === most ? `${least}` : `${least}–${most}`;
      const there = `${range(truth.in)} / ${range(truth.out)}`;
      rows.push([`${seed}`, there, ...Object.values(counts).map(say)]);
    }
    rows.push(["wrong", "", ...Object.values(wrong).map(String)]);
    console.log(`\nin / out, ${fps} frames/s, ${values.seconds} s a street\n`);
    console.log(table(["seed", "truth", "with truth", "with faults", model ?? ""], rows));
  }
} finally {
  await engine[Symbol.asyncDispose]();
}
Deno.exit(0);
