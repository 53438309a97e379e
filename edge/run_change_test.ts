/** What is changed while a run goes on holds from the next frame on, and is told wherever results go. */

import assert from "node:assert/strict";
import { always, CLOUD, FakeRun, LOCAL, scripted } from "../tests/fakes/run.ts";
import type { ControlSnapshot } from "../policies/offload/policy.ts";
import type { SourceEventRecord } from "./record.ts";
import type { RunChange } from "./run_change.ts";
import type { Sink } from "./sink/sink.ts";

/** A run of ten frames of which something is changed after so many. */
async function changed(changes: Readonly<Record<number, RunChange>>, localModels = ["fast"]) {
  const notes: SourceEventRecord[] = [];
  const refused: string[] = [];
  const listening: Sink = {
    ...{ description: "here", queueLengthMax: 100, overflow: "wait", atOnce: 1 },
    needsPicture: () => false,
    write: () => Promise.resolve(),
    note: (note) => {
      if (note.event === "source" && note.changed) notes.push(note);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const asked: ControlSnapshot[] = [];
  const policy = (snapshot: ControlSnapshot) => {
    asked.push(snapshot);
    return { ...LOCAL, model: snapshot.local.models.at(-1)!.name };
  };
  const run = new FakeRun(
    { source: { frames: 10, everyMs: 100 }, policy, localModels },
    1,
    undefined,
    [
      listening,
    ],
  );
  for (const [frames, change] of Object.entries(changes)) {
    void run.clock.sleep(Number(frames) * 100 + 50)
      .then(() => run.run.change(change)).catch(({ message }) => refused.push(message));
  }
  const { summary, failure } = await run.end();
  return { records: run.records, summary, failure, notes, refused, asked, run };
}

Deno.test("another policy decides from the next frame on, and everybody hears of it", async () => {
  let ended = 0;
  const { records, summary, notes } = await changed({
    4: {
      ...{ what: "policy", to: "other", policy: scripted(always(CLOUD), "other"), parameters: {} },
      onApplied: () => ended++,
    },
  });
  const decided = records.map(({ decision }) => decision!.policy);
  assert.deepEqual(decided, [...Array(4).fill("scripted"), ...Array(6).fill("other")]);
  assert.deepEqual(records.map(({ outcome }) => outcome).slice(3, 5), ["local", "cloud"]);
  assert.deepEqual(notes.map(({ changed, frame }) => [changed, frame]), [[{ policy: "other" }, 4]]);
  assert.equal(summary.policy, "other");
  assert.deepEqual(summary.changes?.map(({ what, to, frame }) => [what, to, frame]), [[
    "policy",
    "other",
    4,
  ]]);
  assert.equal(ended, 1);
});

Deno.test("one model is used where it is there, and then the policy's choice again", async () => {
  const { records, asked, refused } = await changed({
    3: { what: "model", model: "slow" },
    6: { what: "model", model: undefined },
    8: { what: "model", model: "nowhere" },
  }, ["slow", "fast"]);
  assert.deepEqual(refused, []);
  assert.deepEqual(records.map(({ model }) => model), [
    ...Array(3).fill("fast"),
    ...Array(3).fill("slow"),
    ...Array(4).fill("fast"),
  ]);
  assert.deepEqual(asked[4]!.cloud.models, [], "the cloud does not have it");
});

Deno.test("what would end the run is refused, and it goes on as it was", async () => {
  const onlyHere = (snapshot: ControlSnapshot) => {
    if (snapshot.local.models.length === 0) throw new Error("nothing is here");
    return LOCAL;
  };
  const { summary, failure, refused, records } = await changed({
    2: { what: "model", model: "accurate" },
    4: {
      ...{ what: "policy", to: "strict", policy: scripted(onlyHere, "strict"), parameters: {} },
    },
    6: { what: "model", model: "accurate" },
  });
  assert.equal(failure, undefined);
  assert.equal(refused.length, 2, refused.join());
  assert.match(refused[1]!, /Cannot go on with the policy "strict": nothing is here/);
  assert.equal(summary.frames.local, 10);
  assert.equal(records.at(-1)!.decision!.policy, "strict");
});

Deno.test("a filter keeps frames back from when it is there, until it is not", async () => {
  const filter = {
    look: () => Promise.resolve({ skip: "nothing moves", still: true }),
    settled() {},
  };
  const { records, summary } = await changed({
    3: { what: "filter", filter, to: "motion" },
    7: { what: "filter", filter: undefined, to: "none" },
  });
  const outcomes = records.map(({ outcome }) => outcome);
  assert.deepEqual(outcomes.slice(3, 7), Array(4).fill("filtered"));
  assert.equal(summary.frames.filtered, 4);
  assert.deepEqual(summary.changes?.map(({ to }) => to), ["motion", "none"]);
});

Deno.test("a zone that is drawn meanwhile counts from then on", async () => {
  const zone = {
    ...{ name: "all", classes: [], dwellMs: 0, anchor: "bottom", sources: [] } as const,
    shape: { kind: "polygon", points: [[0, 0], [1, 0], [1, 1], [0, 1]] } as const,
  };
  const { records, run } = await changed({
    3: { what: "zones", zones: [zone], to: "all" },
    8: { what: "zones", zones: [], to: "none" },
  });
  const zones = records.map(({ detections }) => detections![0]!.zones?.join() ?? "");
  assert.deepEqual(zones, [...Array(3).fill(""), ...Array(5).fill("all"), "", ""]);
  assert.deepEqual(run.run.scene.zones, []);
});
