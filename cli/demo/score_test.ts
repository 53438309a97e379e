import assert from "node:assert/strict";
import { scoreOf, scoreTable } from "./score.ts";

const BOX = [10, 10, 30, 30];
const NEAR = [12, 10, 32, 30];
const FAR = [100, 100, 120, 120];

const text = (lines: unknown[]) => lines.map((line) => JSON.stringify(line) + "\n").join("");
const seen = (label: string, box: number[], score = 0.9) => ({ label, box, score, class_id: 0 });

Deno.test("a run is scored by the truth of its frames, label by label", () => {
  const truth = text([
    { frame: 1, objects: [{ label: "car", box: BOX }, { label: "person", box: FAR }] },
    { frame: 2, objects: [{ label: "car", box: BOX }] },
    { frame: 3, objects: [{ label: "car", box: FAR }] },
    { frame: 4, objects: [{ label: "car", box: BOX }] },
  ]);
  const results = text([
    { frame: 1, detections: [seen("car", NEAR), seen("car", NEAR, 0.5), seen("person", BOX)] },
    { frame: 2, detections: [seen("person", BOX), seen("kite", BOX)] },
    { frame: 3, outcome: "dropped" },
  ]);
  const { labels, ...all } = scoreOf(truth, results);
  // Of the car in frame 4 nothing is known: the run ended before.
  assert.deepEqual(labels["car"], { right: 1, wrong: 1, missed: 2, f1: 2 / 5 });
  assert.deepEqual(labels["person"], { right: 0, wrong: 2, missed: 1, f1: 0 });
  assert.deepEqual(all, { right: 1, wrong: 3, missed: 3, f1: 2 / 8 });
  assert.equal(labels["kite"], undefined, "the truth says nothing of kites");
});

Deno.test("a score is a table with a row for all", () => {
  const truth = text([{ frame: 1, objects: [{ label: "car", box: BOX }] }]);
  const results = text([{ frame: 1, detections: [seen("car", BOX)] }]);
  assert.match(scoreTable(scoreOf(truth, results)), /all .* 1 .* 0 .* 0 .* 1\.00/);
});
