import assert from "node:assert/strict";
import { Folder } from "../../tests/fakes/folder.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { RUN_FACTS } from "../../tests/fakes/run_facts.ts";
import { testOnSmallDisk } from "../../tests/fakes/small_disk.ts";
import { FrameLedger } from "../ledger.ts";
import { RunStatistics } from "../statistics.ts";
import { SummarySink } from "./summary_sink.ts";

const summaryWith = (error: string) =>
  new RunStatistics().summary({ ...RUN_FACTS, ledger: new FrameLedger(), error });

const readJson = (path: string) => JSON.parse(Deno.readTextFileSync(path));

testOnSmallDisk("a disk that was filled up has the summary, with what happened", async (disk) => {
  const path = disk.file("summary.json");
  const sink = await SummarySink.open(path);
  await disk.fill();
  await refused(SummarySink.open(disk.file("other.json")), "failed_precondition");
  const summary = summaryWith("Cannot write: it is full. ".repeat(300));
  await sink.close(summary);
  assert.deepEqual(readJson(path), summary);
  assert.deepEqual(disk.names(), ["filler", "summary.json"]);
});

testOnSmallDisk(
  "a summary for which too little room was taken is said, and none is there",
  async (disk) => {
    const path = disk.file("summary.json");
    const sink = await SummarySink.open(path);
    await disk.fill();
    const message = await refused(
      sink.close(summaryWith("x".repeat(100_000))),
      "failed_precondition",
    );
    assert.match(message, /^Cannot write ".*summary\.json": No space left/);
    assert.deepEqual(disk.names(), ["filler"]);
  },
);

Deno.test("a summary that is longer than the room for it is written where there is more", async () => {
  await using folder = new Folder();
  const sink = await SummarySink.open(folder.file("summary.json"));
  const summary = summaryWith("x".repeat(100_000));
  await sink.close(summary);
  assert.deepEqual(readJson(folder.file("summary.json")), summary);
  assert.deepEqual(folder.names(), ["summary.json"]);
});

Deno.test("without a run nothing is left of the room, and an earlier summary stays", async () => {
  await using folder = new Folder();
  const path = folder.write("summary.json", "{}");
  const sink = await SummarySink.open(path);
  await sink.close();
  assert.deepEqual(folder.names(), ["summary.json"]);
  assert.deepEqual(readJson(path), {});
});
