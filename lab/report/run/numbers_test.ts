/** The numbers of a page are those of the results. */

import assert from "node:assert/strict";
import { FrameLedger } from "../../../edge/ledger.ts";
import type { FrameRecord } from "../../../edge/record.ts";
import { RunStatistics } from "../../../edge/statistics.ts";
import type { Shadow } from "../../../policies/offload/policy.ts";
import { Folder } from "../../../tests/fakes/folder.ts";
import { refused } from "../../../tests/fakes/refused.ts";
import { RUN_FACTS } from "../../../tests/fakes/run_facts.ts";
import { frameLine, sent, storeRun, timeAt } from "../../../tests/fakes/stored_run.ts";
import { runsIn } from "./folder.ts";
import { numbersOf } from "./numbers.ts";
import { readRun } from "./read_run.ts";

const thing = (score: number) => ({
  ...{ label: "car", class_id: 2, score, box: [1, 2, 3, 4] as const },
});

const state = (name: string, ms: number) => ({
  ...{ event: "source", source: "door", state: name, at: timeAt(ms), frame: 3 },
});

const crossing = (direction: "in" | "out", ms: number) => ({
  ...{
    event: "cross",
    id: null,
    source: "door",
    track_id: 1,
    label: "car",
    line: "gate",
    direction,
  },
  ...{ at: timeAt(ms), frame: 4 },
});

/** Ten frames of every kind, with what happened between them. */
const RESULTS = [
  ...[state("connecting", 0), state("live", 0)],
  frameLine(1, { latency_ms: 20, detections: [thing(0.9), thing(0.7)] }),
  frameLine(2, { latency_ms: 30, detections: [thing(0.3)] }),
  frameLine(3, { latency_ms: 40, fallback: true, detail: "it answers 503", bytes_up: 500 }),
  ...[state("stalled", 250), state("connecting", 260), state("live", 750)],
  ...[crossing("in", 700), crossing("in", 710), crossing("out", 720)],
  frameLine(4, sent(1000)),
  frameLine(5, sent(3000)),
  frameLine(6, sent(2000, 720)),
  frameLine(7, { outcome: "filtered", model: null, detail: "nothing moves", decision: null }),
  frameLine(8, { outcome: "filtered", model: null, detail: "nothing moves", decision: null }),
  frameLine(9, { outcome: "dropped", model: null, detail: "the queue was full" }),
  frameLine(10, { outcome: "failed", model: null, detail: "torn", decision: null, latency_ms: 1 }),
];

async function read(folder: Folder) {
  const { runs: [run] } = await runsIn(folder.file("run"));
  return numbersOf(await readRun(run!));
}

Deno.test("numbers of a run without a summary are those of its lines", async () => {
  await using folder = new Folder();
  storeRun(folder.file("run"), { results: RESULTS, torn: '{"frame":11,"sou' });
  const numbers = await read(folder);
  assert.deepEqual(numbers.frames, {
    ...{ captured: 10, local: 3, cloud: 3, filtered: 2, dropped: 1, failed: 1 },
  });
  assert.deepEqual([numbers.source, numbers.policy, numbers.whole], ["door", "p", false]);
  assert.deepEqual([numbers.began, numbers.ended], [timeAt(0), timeAt(901)]);
  assert.deepEqual([numbers.wall_s, numbers.fps], [0.901, 6.66]);
  assert.deepEqual(numbers.latency_ms.cloud, { p50: 100.03, p95: 100.03, p99: 100.03 });
  assert.ok(Math.abs(numbers.latency_ms.local.p50! - 30) < 0.05);
  assert.ok(Math.abs(numbers.latency_ms.local.p99! - 40) < 0.05);
  assert.deepEqual(numbers.bytes, { up: 6500, down: 150 });
  assert.deepEqual(numbers.models, { small: 3, big: 3 });
  assert.equal(numbers.fallbacks, 1);
  assert.deepEqual(numbers.reasons, {
    top: [["N local pending", 4], ["busy here", 3]],
    ...{ rest: 0, restNames: 0 },
  });
  assert.deepEqual(numbers.details.top[0], ["nothing moves", 2]);
  assert.deepEqual(numbers.sent, {
    top: [
      { height: 480, quality: 75, frames: 2, bytesUp: 4000 },
      { height: 720, quality: 75, frames: 1, bytesUp: 2000 },
    ],
    rest: { frames: 0, bytesUp: 0 },
  });
  assert.deepEqual(numbers.found.top, [["car", 3]]);
  assert.deepEqual(numbers.interruptions, { count: 1, seconds: 0.5 });
  assert.deepEqual(numbers.lines, { gate: { in: 2, out: 1 } });
  assert.deepEqual(numbers.happened, { enter: 0, leave: 0, loiter: 0, cross: 3 });
  assert.equal(numbers.notes.length, 2);
  assert.match(numbers.notes.join(), /half a line.*no summary\.json: the run was killed/);
});

Deno.test("what only a summary knows is the summary's word, and it is said when they disagree", async () => {
  await using folder = new Folder();
  const ledger = new FrameLedger();
  const summary = new RunStatistics().summary({ ...RUN_FACTS, ledger, error: "no room" });
  const whole = { ...summary, input: "rtsp://me:secret@host/1", frames: { ...summary.frames } };
  storeRun(folder.file("run"), { results: RESULTS, summary: whole });
  const numbers = await read(folder);
  assert.deepEqual([numbers.source, numbers.whole, numbers.error], ["a", true, "no room"]);
  assert.equal(numbers.input, "rtsp://me:***@host/1");
  assert.deepEqual(numbers.cloud_outages, { count: 2, seconds: 1.5 });
  assert.deepEqual(numbers.sinks, { db: { written: 3, dropped: 1, failed: 0 } });
  assert.deepEqual([numbers.tracks, numbers.passed_over], [3, 3]);
  assert.equal(numbers.frames.captured, 10, "of frames the lines are believed");
  assert.match(numbers.notes.join(), /The summary counts 0 frames, the results have 10/);
});

Deno.test("what a candidate would have done is counted beside what became of the frames", async () => {
  await using folder = new Folder();
  const decided = (shadow: Shadow, more: Partial<FrameRecord> = {}) => {
    const line = frameLine(1, more);
    return { ...line, decision: { ...line.decision!, shadow } };
  };
  const alike: Shadow = { place: "local", model: "small", reason: "r", agrees: true };
  const otherwise: Shadow = {
    ...{ place: "cloud", model: "big", height: 480, quality: 75, reason: "r", agrees: false },
  };
  const results = [
    ...[decided(alike), decided(otherwise), decided(otherwise), frameLine(4)],
    decided({ place: "filter", reason: "r", agrees: false }, sent(1000)),
    decided({ failed: "it threw" }),
  ];
  storeRun(folder.file("run"), { results });
  const numbers = await read(folder);
  assert.deepEqual(numbers.shadow, { asked: 5, agreed: 1, failed: 1 });
  assert.deepEqual(numbers.otherwise.top, [
    ["edge → cloud, big, 480p, quality 75", 2],
    ["cloud → nowhere: the last result does", 1],
  ]);
});

Deno.test("lines that nobody can read are counted, and the others still are", async () => {
  await using folder = new Folder();
  const strange = [{ frame: 2, outcome: "eaten" }, { event: "party" }, { hello: 1 }];
  storeRun(folder.file("run"), { results: [frameLine(1), ...strange, frameLine(4)] });
  folder.write("run/summary.json", "{");
  const numbers = await read(folder);
  assert.equal(numbers.frames.captured, 2);
  assert.match(numbers.notes.join(), /3 of the lines of results\.jsonl could not be read/);
  assert.match(numbers.notes.join(), /summary\.json cannot be read/);
});

Deno.test("a directory that is no run is refused with what is there and what is wanted", async () => {
  await using folder = new Folder();
  const why = () => refused(runsIn(folder.path), "invalid_argument");
  assert.match(await why(), /: it is empty, the directory of a run of smarteye edge is wanted/);
  for (const name of ["a.txt", "b.txt", "c.txt", "d.txt"]) folder.write(name, "");
  assert.match(await why(), /it holds a\.txt, b\.txt, c\.txt and 1 more, .*results\.jsonl/);
  assert.match(
    await refused(runsIn(folder.file("none")), "invalid_argument"),
    /No such file or directory/,
  );
  for (const name of ["yard", "door"]) storeRun(folder.file(name), { results: [] });
  Deno.mkdirSync(folder.file("other"));
  const { runs, areBelow } = await runsIn(folder.path);
  assert.deepEqual([runs.map(({ name }) => name), areBelow], [["door", "yard"], true]);
});
