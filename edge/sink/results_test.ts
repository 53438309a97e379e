import assert from "node:assert/strict";
import type { Frame } from "../../core/frame.ts";
import { EncodedImage } from "../../core/image.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { CountedPicture } from "../../tests/fakes/pictures.ts";
import { record } from "../../tests/fakes/records.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { FrameLedger } from "../ledger.ts";
import type { Ending } from "../record.ts";
import { RunStatistics } from "../statistics.ts";
import { Results } from "./results.ts";

const FOUND: Ending = {
  outcome: "local",
  model: "fast",
  findings: { detections: [{ label: "car", class_id: 2, score: 0.9, box: [4, 4, 40, 30] }] },
};
const frame = (index: number): Frame => (
  { index, capturedAtMs: 0, startMs: 0, picture: new CountedPicture() }
);
const summary = () =>
  new RunStatistics()
    .summary({ source: "a", policy: "p", ledger: new FrameLedger(), wallMs: 1 });

Deno.test("a run leaves annotated frames, a line a frame, and a summary", async () => {
  await using folder = new Folder();
  const directory = folder.file("deep/run");
  const results = await Results.open(directory, true, new FakeClock());
  await results.store(frame(2), FOUND, record(2));
  await results.store(frame(1), { outcome: "dropped", detail: "late" }, record(1));
  await results.close(summary());
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["frame_000002.jpg", "results.jsonl", "summary.json"]);
  const lines = Deno.readTextFileSync(`${directory}/results.jsonl`).trim().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [record(1), record(2)]);
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(`${directory}/summary.json`)), summary());
  const jpeg = Deno.readFileSync(`${directory}/frame_000002.jpg`);
  const image = await EncodedImage.open(jpeg, { pixelsMax: 1e6 });
  assert.deepEqual([image.width, image.height], [64, 48]);
});

Deno.test("without images only the lines and the summary are written", async () => {
  await using folder = new Folder();
  const results = await Results.open(folder.path, false, new FakeClock());
  await results.store(frame(1), FOUND, record(1));
  await results.close(summary());
  assert.deepEqual(folder.names(), ["results.jsonl", "summary.json"]);
});

Deno.test("a run can be followed: lines are written within a second", async () => {
  await using folder = new Folder();
  const clock = new FakeClock();
  const results = await Results.open(folder.path, false, clock);
  const size = () => Deno.statSync(folder.file("results.jsonl")).size;
  await results.store(frame(1), FOUND, record(1));
  assert.equal(size(), 0);
  await clock.advance(1000);
  await results.store(frame(2), FOUND, record(2));
  assert.ok(size() > 0);
  await results.close(summary());
});

Deno.test("a frame whose image cannot be written has its line, and the error is told", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("frame_000001.jpg"));
  const results = await Results.open(folder.path, true, new FakeClock());
  const message = await refused(results.store(frame(1), FOUND, record(1)), "failed_precondition");
  assert.match(message, /^Cannot write ".*frame_000001\.jpg": /);
  await results.close(summary());
  assert.equal(Deno.readTextFileSync(folder.file("results.jsonl")).split("\n").length, 2);
});

Deno.test("a directory that cannot be made is told before the run", async () => {
  await using folder = new Folder();
  const path = `${folder.write("file", "")}/run`;
  const message = await refused(Results.open(path, true, new FakeClock()), "failed_precondition");
  assert.ok(message.startsWith(`Cannot write "${path}": `), message);
});
