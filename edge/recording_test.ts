/** Recordings of whole runs: every decision has its line, and can be made again from it. */

import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { LateDecision } from "../policies/loaded_policy.ts";
import { decideOn } from "../policies/offload/decide.ts";
import type { ControlPolicy } from "../policies/offload/policy.ts";
import { STATE_BYTES_MAX } from "../policies/offload/state.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { result } from "../tests/fakes/records.ts";
import { refused } from "../tests/fakes/refused.ts";
import { CLOUD, FakeNode, FakeRun, LOCAL, type RunScript, scripted } from "../tests/fakes/run.ts";
import { OffloadError } from "./cloud/offload_client.ts";
import type { DecisionRecord, DecisionsHead } from "./decision_record.ts";
import { DecisionSink } from "./sink/decision_sink.ts";

const SEED = 4711;
const RUN = {
  ...{ source: "fake", policy: "scripted", control_policy: "./scripted.ts" },
  ...{ parameters: {}, seed: SEED },
};

/** A run that is recorded, and what its recording says. */
async function recorded(script: RunScript) {
  await using folder = new Folder();
  const path = folder.file("deep/fake.decisions.jsonl");
  const sink = await DecisionSink.open({ path, overwrite: false }, RUN, new FakeClock());
  const run = new FakeRun(script, SEED, new FakeNode(script), [sink]);
  const { summary, failure } = await run.end();
  const text = Deno.readTextFileSync(path);
  const [head, ...lines] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  return {
    ...{ run, summary, failure, text },
    head: head as DecisionsHead,
    lines: lines as readonly DecisionRecord[],
  };
}

/** Decides for everything that there is to be decided for, by chance, and is late now and then. */
const gambler: ControlPolicy = ({ frame, state }, rng) => {
  if (frame.index % 11 === 0) throw new LateDecision("it did not decide within 50 ms");
  const reason = rng().toFixed(12);
  const learnt = { state: Number(state ?? 0) + rng() };
  if (rng() < 0.1) return { place: "filter", reason, propensity: 0.1 };
  return rng() < 0.5
    ? { ...LOCAL, reason, propensity: 0.45, ...learnt }
    : { ...CLOUD, reason, propensity: 0.45 };
};

Deno.test("every decision has one line with what came of it, and is made again from it", async () => {
  let sent = 0;
  const { run, head, lines, summary } = await recorded({
    source: { frames: 300, everyMs: 5 },
    policy: gambler,
    infer: (clock) => async () => {
      await clock.sleep(8);
      return { findings: { detections: [] }, timingsMs: NONE };
    },
    offload: (clock) => async () => {
      await clock.sleep(20);
      if (sent++ % 4 === 0) {
        throw new OffloadError("it hangs", { bytesUp: 100, bytesDown: 0 }, "late");
      }
      return ANSWERED;
    },
    options: { overflow: "drop_oldest", queueLengthMax: 1 },
  });
  assert.deepEqual(head, { form: 1, ...RUN, smarteye: head.smarteye });
  assert.match(head.smarteye, /^\d+\.\d+\.\d+/);
  assert.deepEqual(lines.map(({ frame }) => frame), run.records.map(({ frame }) => frame));
  const policy = scripted(gambler);
  for (const [i, line] of lines.entries()) {
    const { outcome, latency_ms, bytes_up, decision, detail } = run.records[i]!;
    const { reason } = line.decision;
    assert.deepEqual(
      [line.outcome, line.latency_ms, line.bytes_up, reason, line.detail],
      [outcome, latency_ms, bytes_up, decision!.reason, detail],
    );
    assert.deepEqual(line.candidates, [
      { place: "local", model: "fast" },
      { place: "cloud", model: "accurate" },
    ]);
    if (line.late) {
      assert.equal(line.frame % 11, 0);
      continue;
    }
    const again = await decideOn(policy, line.snapshot, line.seed);
    assert.deepEqual([again.decision, again.propensity], [line.decision, line.propensity]);
  }
  const { local, cloud, filtered, dropped } = summary.frames;
  assert.ok(
    [local, cloud, filtered, dropped, summary.fallbacks, summary.late_decisions]
      .every((count) => count > 0),
    JSON.stringify(summary),
  );
  const found = new Set(lines.map(({ findings }) => JSON.stringify(findings)));
  assert.deepEqual(
    [...found].sort(),
    ["null", '{"count":0,"mean_score":0}', '{"count":2,"mean_score":0.75}'].sort(),
  );
});

const NONE = { decode: 0, preprocess: 0, queue: 0, infer: 1, postprocess: 0, total: 1 };
const CAR = { label: "car", class_id: 2, box: [1, 1, 9, 9] } as const;
const ANSWERED = {
  findings: { detections: [{ ...CAR, score: 0.5 }, { ...CAR, score: 1 }] },
  ...{ model: "accurate", width: 320, height: 180, server: "s1" },
  timingsMs: { network: 10, queue: 3, infer: 5, answer: 2, total: 20 },
  traffic: { bytesUp: 1200, bytesDown: 300 },
};

Deno.test("what another policy would have done is recorded, in results and in the summary", async () => {
  const beside = { place: "cloud", model: "accurate", height: 160, quality: 65 } as const;
  const { run, lines, summary } = await recorded({
    source: { frames: 3 },
    policy: ({ frame: { index } }) => ({
      ...LOCAL,
      ...(index === 1
        ? {}
        : { shadow: index === 2 ? { ...beside, reason: "up", agrees: false } : { failed: "no" } }),
    }),
  });
  const wanted = [undefined, { ...beside, reason: "up", agrees: false }, { failed: "no" }];
  assert.deepEqual(lines.map(({ shadow }) => shadow), wanted);
  assert.deepEqual(run.records.map(({ decision }) => decision!.shadow), wanted);
  assert.deepEqual(summary.shadow, { asked: 2, agreed: 0 });
});

Deno.test("states of the greatest size are recorded whole, as many at once as are taken", async () => {
  await using folder = new Folder();
  const path = folder.file("fake.decisions.jsonl");
  const sink = await DecisionSink.open({ path, overwrite: false }, RUN, new FakeClock());
  const state = "x".repeat(STATE_BYTES_MAX - 2);
  const writing = Array.from({ length: sink.atOnce }, (_, i) => {
    const one = result(i + 1);
    const { decided } = one;
    const told = { ...decided!, snapshot: { ...decided!.snapshot, state } };
    return sink.write({ ...one, decided: told });
  });
  await Promise.all(writing);
  await sink.close();
  const [, ...lines] = Deno.readTextFileSync(path).trimEnd().split("\n");
  assert.equal(lines.length, sink.atOnce);
  assert.ok(lines.every((line) => JSON.parse(line).snapshot.state === state));
});

Deno.test("a frame that nothing was decided about has no line, and a run without any has the first", async () => {
  const { lines, head, failure } = await recorded({
    policy: () => {
      throw new Error("out of order");
    },
  });
  assert.match(failure!.message, /out of order/);
  assert.deepEqual([lines, head.source], [[], "fake"]);
});

Deno.test("what was recorded before is refused, or goes when the next run has begun", async () => {
  await using folder = new Folder();
  const path = folder.file("fake.decisions.jsonl");
  const open = (overwrite: boolean) => DecisionSink.open({ path, overwrite }, RUN, new FakeClock());
  const unused = await open(false);
  await unused.close();
  assert.deepEqual(folder.names(), [], "there was no run");
  folder.write("fake.decisions.jsonl", "earlier");
  assert.match(
    await refused(open(false), "already_in_use"),
    /^Cannot write ".*fake\.decisions\.jsonl": it is there already, .* \(or --overwrite/,
  );
  const sink = await open(true);
  assert.equal(
    Deno.readTextFileSync(path),
    "earlier",
    "a run that cannot start takes nothing away",
  );
  await sink.flush();
  assert.match(Deno.readTextFileSync(path), /^\{"form":1,/);
  await sink.close();
});
