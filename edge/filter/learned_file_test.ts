import assert from "node:assert/strict";
import { Folder } from "../../tests/fakes/folder.ts";
import { type LearnedFile, learnedText, readLearned, UnusableFilter } from "./learned_file.ts";
import { openFilter } from "./open_filter.ts";
import { lookedFrames } from "../../tests/fakes/looks.ts";

const LEARNED: LearnedFile = {
  ...{ feature: "time", threshold: 253, target: 0.9, within: 0.6 },
  from: {
    ...{ video: "door.mp4", model: "smarteye_street", frames: 500 },
    ...{ width: 640, height: 360, fps: 25, smarteye: "0.1.0" },
  },
  expected: { inferred: 0.2, accuracy: 0.95, judgedAccuracy: 0.94 },
};

Deno.test("what was learned is read as it was written", async () => {
  await using folder = new Folder();
  assert.deepEqual(readLearned(folder.write("a.json", learnedText(LEARNED))), LEARNED);
});

Deno.test("any other file is refused, with what is wrong with it", async () => {
  await using folder = new Folder();
  const whole = JSON.parse(learnedText(LEARNED));
  const cases: [unknown, RegExp][] = [
    [[], /JSON that is no learned filter/],
    [null, /JSON that is no learned filter/],
    [{ ...whole, smarteye_filter: 9 }, /^a filter of form 9, one of form 1/],
    [{ ...whole, feature: "smell" }, /^a damaged filter \(feature: /],
    [{ ...whole, threshold: -1 }, /^a damaged filter \(threshold: /],
    [{ ...whole, target: 1 }, /^a damaged filter \(target: /],
    [{ ...whole, from: { ...whole.from, model: "" } }, /^a damaged filter \(from\.model: /],
    [{ ...whole, expected: undefined }, /^a damaged filter \(expected: /],
  ];
  for (const [said, message] of cases) {
    const path = folder.write("b.json", JSON.stringify(said));
    assert.throws(() => readLearned(path), (error: unknown) => {
      assert.ok(error instanceof UnusableFilter);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => readLearned(folder.write("c.txt", "{")), /a file that is no JSON/);
  assert.throws(() => readLearned(folder.file("none.json")), /no such file/);
  assert.throws(
    () => readLearned(folder.path),
    /a file that `smarteye filter learn` wrote is wanted/,
  );
});

Deno.test("another model and other proportions than it was learned with are told, each once", async () => {
  const told: string[] = [];
  const options = { refreshMs: 60_000, mask: [], sensitivity: 1, learned: LEARNED };
  const filter = openFilter(options, { isOneScene: false, warn: (text) => told.push(text) });
  const frame = lookedFrames();
  for (const [i, height] of [360, 360, 480, 480].entries()) {
    const shown = frame({ atMs: 100 * i, size: { width: 640, height } });
    const { skip } = await filter.look(shown);
    const model = i < 2 ? "smarteye_street" : "yolox_nano";
    if (skip === undefined) filter.settled(shown.index, { model, findings: { detections: [] } });
  }
  assert.deepEqual(told, [
    'the filter was learned on "door.mp4" at 640×360, frames of other proportions come',
    'the filter was learned on "door.mp4" with the model "smarteye_street", "yolox_nano" infers here',
  ]);
});
