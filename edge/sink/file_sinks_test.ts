import assert from "node:assert/strict";
import { EncodedImage } from "../../core/image.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { CountedPicture } from "../../tests/fakes/pictures.ts";
import { droppedResult, result } from "../../tests/fakes/records.ts";
import { testOnSmallDisk } from "../../tests/fakes/small_disk.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { FrameLedger } from "../ledger.ts";
import { RunStatistics } from "../statistics.ts";
import { openFileSinks } from "./file_sinks.ts";
import type { FrameResult } from "./sink.ts";
import { RUN_FACTS } from "../../tests/fakes/run_facts.ts";

const summary = new RunStatistics()
  .summary({ ...RUN_FACTS, ledger: new FrameLedger() });

const RUN = {
  ...{ source: "fake", policy: "scripted", control_policy: "./scripted.ts" },
  ...{ parameters: {}, seed: 1 },
};

/** A run's results in a directory. */
async function store(directory: string, images: boolean, results: FrameResult[]): Promise<void> {
  const sinks = await openFileSinks(
    { resultsDirectory: directory, images: images ? "all" : "none", events: "all" },
    new FakeClock(),
    RUN,
  );
  for (const sink of sinks) {
    for (const result of results) await sink.write(result);
    await sink.close(summary);
  }
}

Deno.test("a run leaves annotated frames, a line a frame, and a summary", async () => {
  await using folder = new Folder();
  const directory = folder.file("deep/run");
  const results = [droppedResult(1), result(2, new CountedPicture())];
  await store(directory, true, results);
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  assert.deepEqual(names, [
    ...["events.jsonl", "frame_000002.jpg", "results.jsonl", "summary.json"],
  ]);
  const lines = Deno.readTextFileSync(`${directory}/results.jsonl`).trim().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line)), results.map(({ record }) => record));
  assert.deepEqual(JSON.parse(Deno.readTextFileSync(`${directory}/summary.json`)), summary);
  const jpeg = Deno.readFileSync(`${directory}/frame_000002.jpg`);
  const image = await EncodedImage.open(jpeg, { pixelsMax: 1e6 });
  assert.deepEqual([image.width, image.height], [64, 48]);
});

Deno.test("without images only the lines and the summary are written", async () => {
  await using folder = new Folder();
  await store(folder.path, false, [result(1)]);
  assert.deepEqual(folder.names(), ["events.jsonl", "results.jsonl", "summary.json"]);
});

Deno.test("while a run goes on, no summary of an earlier one stands beside its lines", async () => {
  await using folder = new Folder();
  folder.write("summary.json", "{}");
  const open = () =>
    openFileSinks(
      { resultsDirectory: folder.path, images: "none", events: "all" },
      new FakeClock(),
      RUN,
    );
  for (const sink of await open()) await sink.close();
  assert.deepEqual(
    folder.names(),
    ["events.jsonl", "results.jsonl", "summary.json"],
    "there was no run",
  );

  const sinks = await open();
  for (const sink of sinks) {
    await sink.write(droppedResult(1));
    await sink.write(droppedResult(2));
  }
  assert.deepEqual(folder.names(), ["events.jsonl", "results.jsonl", "summary.json.part"]);
  for (const sink of sinks) await sink.close(summary);
  assert.deepEqual(folder.names(), ["events.jsonl", "results.jsonl", "summary.json"]);
});

Deno.test("file sinks lose nothing", async () => {
  await using folder = new Folder();
  const sinks = await openFileSinks(
    { resultsDirectory: folder.path, images: "all", events: "all" },
    new FakeClock(),
    RUN,
  );
  assert.deepEqual(sinks.map(({ overflow }) => overflow), ["wait", "wait", "wait", "wait"]);
  for (const sink of sinks) await sink.close();
});

Deno.test("a directory that cannot be made is said before the run", async () => {
  await using folder = new Folder();
  const path = `${folder.write("file", "")}/run`;
  const opening = openFileSinks(
    { resultsDirectory: path, images: "all", events: "all" },
    new FakeClock(),
    RUN,
  );
  const message = await refused(opening, "failed_precondition");
  assert.ok(message.startsWith(`Cannot write "${path}": `), message);
});

testOnSmallDisk(
  "a disk without room is said before the run, and nothing is left of it",
  async (disk) => {
    await disk.fill("filler", 8192);
    const opening = openFileSinks(
      { resultsDirectory: disk.path, images: "none", events: "all" },
      new FakeClock(),
      RUN,
    );
    const message = await refused(opening, "failed_precondition");
    assert.match(message, /^Cannot write ".*summary\.json": No space left/);
    assert.deepEqual(disk.names(), ["events.jsonl", "filler", "results.jsonl"]);
  },
);
