/** Runs that are decided again from what was recorded of them. */

import assert from "node:assert/strict";
import type { DecisionRecord } from "../../edge/decision_record.ts";
import type { ControlPolicy } from "../../policies/offload/policy.ts";
import { ANY, anyOfThem, OPTIONS, recorded } from "../../tests/fakes/recorded.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { scripted } from "../../tests/fakes/run.ts";
import { decideAgain } from "./decide_again.ts";
import { openRecordings } from "./read_recording.ts";

const NEVER = new AbortController().signal;

/** Goes by chance and by what it has learnt. */
const learner: ControlPolicy = (snapshot, rng) => {
  const sum = Number(snapshot.state ?? 0) + rng();
  return { ...anyOfThem(snapshot, rng), ...(snapshot.frame.index % 3 === 0 ? {} : { state: sum }) };
};

Deno.test("every decision of recorded runs is made again, to the last bit", async () => {
  await using folder = new Folder();
  const policy = scripted(learner, "learner");
  const recordings = await recorded(folder.path, policy, 7, { edges: 3, frames: 60 });
  assert.equal(recordings.length, 3);
  for (const recording of recordings) {
    const { decisions, late, differences, first } = await decideAgain(recording, policy, NEVER);
    assert.deepEqual([decisions, late, differences, first], [60, 0, 0, []]);
  }
});

Deno.test("a policy that keeps something to itself is found", async () => {
  await using folder = new Folder();
  let asked = 0;
  const impure = scripted(() => OPTIONS[asked++ % 2]!, "impure");
  const [recording] = await recorded(folder.path, impure, 1, { frames: 11 });
  const { decisions, differences, first } = await decideAgain(recording!, impure, NEVER);
  assert.deepEqual([decisions, differences, first.length], [11, 11, 5]);
  const { line, frame, what } = first[0]!;
  assert.deepEqual([line, frame], [2, 1]);
  assert.equal(what, 'model was "small", and is "large" now');
});

Deno.test("what a policy secretly learns into its state is found in the next snapshot", async () => {
  await using folder = new Folder();
  let asked = 0;
  const impure = scripted(() => ({ ...OPTIONS[0], state: asked++ }), "secretive");
  const [recording] = await recorded(folder.path, impure, 1, { frames: 5 });
  const { differences, first } = await decideAgain(recording!, impure, NEVER);
  assert.equal(differences, 4);
  assert.equal(first[0]!.what, "the state before it was 0, and is 5 now");
});

Deno.test("a policy that decides nothing any more decides otherwise", async () => {
  await using folder = new Folder();
  const [recording] = await recorded(folder.path, ANY, 1, { frames: 3 });
  const broken = scripted(() => {
    throw new Error("out of order");
  });
  const { differences, first } = await decideAgain(recording!, broken, NEVER);
  assert.equal(differences, 3);
  assert.equal(first[0]!.what, "it decides nothing now: out of order");
});

Deno.test("a line that was tampered with is told with file and line", async () => {
  await using folder = new Folder();
  const [recording] = await recorded(folder.path, ANY, 1, { frames: 20 });
  const { path } = recording!;
  const lines = Deno.readTextFileSync(path).trimEnd().split("\n");
  const LINE = 9;
  const decided = (change: (line: DecisionRecord) => object | string) => {
    const line: DecisionRecord = JSON.parse(lines[LINE - 1]!);
    const now = change(line);
    const text = typeof now === "string" ? now : JSON.stringify({ ...line, ...now });
    Deno.writeTextFileSync(path, lines.with(LINE - 1, text).join("\n") + "\n");
    return decideAgain(recording!, ANY, NEVER);
  };
  const cases: [what: string, change: (line: DecisionRecord) => object, told: RegExp][] = [
    [
      "its reason",
      ({ decision }) => ({ decision: { ...decision, reason: "because" } }),
      /^reason was "because", and is "0\.\d+" now$/,
    ],
    ["its propensity", () => ({ propensity: 0.5 }), /^propensity was 0\.5, and is 0\.25 now$/],
    [
      "its state",
      ({ snapshot }) => ({ snapshot: { ...snapshot, state: { a: 1 } } }),
      /^the state before it was \{ a: 1 \}, and is undefined now$/,
    ],
    [
      "what was offered",
      ({ snapshot }) => ({ snapshot: { ...snapshot, cloud: { ...snapshot.cloud, models: [] } } }),
      /propensity was 0\.25, and is 0\.5 now/,
    ],
  ];
  for (const [what, change, told] of cases) {
    const { first } = await decided(change);
    assert.deepEqual([first[0]?.line, first[0]?.frame], [LINE, LINE - 1], what);
    assert.match(first[0]!.what, told, what);
  }
  const refusals: [
    what: string,
    change: (line: DecisionRecord) => object | string,
    told: RegExp,
  ][] = [
    ["its seed", () => ({ seed: 5 }), /line 9 has the seed 5, for frame 8 -?\d+ is wanted/],
    ["its frame", () => ({ frame: 3 }), /line 9 is of frame 3, one after frame 7 is wanted/],
    [
      "of two frames",
      ({ snapshot }) => ({ snapshot: { ...snapshot, frame: { ...snapshot.frame, index: 9 } } }),
      /line 9 is of frame 8 with the snapshot of frame 9, one frame is wanted/,
    ],
    ["no place", () => ({ decision: { reason: "" } }), /line 9 has "decision\.place" that is not/],
    ["no chance", () => ({ propensity: 0 }), /line 9 has "propensity" that is not usable/],
    ["half of it", (line) => JSON.stringify(line).slice(0, 100), /line 9 is not JSON/],
  ];
  for (const [what, change, told] of refusals) {
    const message = await refused(decided(change), "invalid_argument");
    assert.match(message, told, what);
    assert.ok(message.includes(path), message);
  }
});

Deno.test("where there is no recording, that is said", async () => {
  await using folder = new Folder();
  assert.match(
    await refused(openRecordings(folder.path), "invalid_argument"),
    /there is no file NAME\.decisions\.jsonl, what "smarteye edge --record" writes is wanted$/,
  );
  await refused(openRecordings(folder.file("nowhere")), "invalid_argument");
  const path = folder.write("a.decisions.jsonl", "");
  assert.match(await refused(openRecordings(path), "invalid_argument"), /line 1 is missing/);
  Deno.writeTextFileSync(path, '{"form":2}\n');
  assert.match(await refused(openRecordings(path), "invalid_argument"), /line 1 has "form"/);
});
