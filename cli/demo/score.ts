/** How much of the rendered street was found: the run's results against the scene's own truth. */

import { z } from "zod";
import { judge, type ScoredBox, type TrueBox, VERDICT } from "../../lab/evaluation/judge.ts";
import { table } from "../table.ts";

/** Counts of one label, or of all. */
export interface Counts {
  /** Objects that were found, by the right label and with an overlap of at least 0.5. */
  readonly right: number;
  /** Detections of what is not there. */
  readonly wrong: number;
  /** Objects that were not found, those in frames that were not inferred among them. */
  readonly missed: number;
}

/** How well a run did. */
export interface Score extends Counts {
  /** 2 · right / (2 · right + wrong + missed): 0 to 1. */
  readonly f1: number;
  /** The same by label. */
  readonly labels: Readonly<Record<string, Counts & { readonly f1: number }>>;
}

const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const TruthLine = z.object({
  frame: z.number(),
  objects: z.array(z.object({ label: z.string(), box })),
});
const RecordLine = z.object({
  frame: z.number(),
  detections: z.array(z.object({ label: z.string(), score: z.number(), box })).default([]),
});

/**
 * Holds results against the truth, frame by frame.
 *
 * @param truth text of `<sample>.truth.jsonl`. Labels that it never names are not counted.
 * @param results text of `results.jsonl`.
 */
export function scoreOf(truth: string, results: string): Score {
  const scenes = new Map(lines(truth, TruthLine).map(({ frame, objects }) => [frame, objects]));
  const labels = [...new Set([...scenes.values()].flat().map(({ label }) => label))].sort();
  const counts = new Map(labels.map((label) => [label, { right: 0, wrong: 0, missed: 0 }]));
  for (const { frame, detections } of lines(results, RecordLine)) {
    const objects = scenes.get(frame) ?? [];
    for (const [label, count] of counts) {
      const there = objects.filter((object) => object.label === label)
        .map((object): TrueBox => ({ box: object.box, ignored: false }));
      const found: ScoredBox[] = detections.filter((detection) => detection.label === label);
      const right = judge(found, there).verdicts[0]!.filter((v) => v === VERDICT.right).length;
      count.right += right;
      count.wrong += found.length - right;
      count.missed += there.length - right;
    }
  }
  const sum = (key: keyof Counts) => [...counts.values()].reduce((n, one) => n + one[key], 0);
  const all = { right: sum("right"), wrong: sum("wrong"), missed: sum("missed") };
  const scored = (one: Counts) => ({ ...one, f1: f1Of(one) });
  return {
    ...scored(all),
    labels: Object.fromEntries([...counts].map(([label, one]) => [label, scored(one)])),
  };
}

/** A score for people. */
export function scoreTable({ labels, ...all }: Score): string {
  const row = (name: string, { right, wrong, missed, f1 }: Counts & { f1: number }) => [
    name,
    right,
    missed,
    wrong,
    f1.toFixed(2),
  ];
  return table([
    ["in the street", "left"],
    ["found", "right"],
    ["missed", "right"],
    ["not there", "right"],
    ["F1 at IoU 0.5", "right"],
  ], [...Object.entries(labels).map(([label, one]) => row(label, one)), row("all", all)]);
}

function f1Of({ right, wrong, missed }: Counts): number {
  return right === 0 ? 0 : 2 * right / (2 * right + wrong + missed);
}

function lines<T>(text: string, schema: z.ZodType<T>): T[] {
  return text.split("\n").filter((line) => line !== "").map((line) =>
    schema.parse(JSON.parse(line))
  );
}
