import assert from "node:assert/strict";
import { FOUND } from "../tests/fakes/run.ts";
import { FakePicture } from "../tests/fakes/source.ts";
import type { Ending } from "./record.ts";
import { RunMemory, SENT_MAX } from "./run_memory.ts";

const frame = (index: number) => (
  { index, capturedAtMs: 0, startAtMs: 0, picture: new FakePicture(0) }
);
const local = (findings: Extract<Ending, { outcome: "local" }>["findings"]): Ending => (
  { outcome: "local", model: "fast", findings }
);

Deno.test("the findings of the latest frame are remembered, whichever comes last", () => {
  const memory = new RunMemory();
  assert.equal(memory.lastAt(0), undefined);
  const scored = (label: string, score: number) => ({ label, class_id: 0, score });
  memory.noteEnding(
    frame(2),
    local({ classifications: [scored("cat", 0.2), scored("dog", 0.7), scored("cat", 0.1)] }),
  );
  const { meanScore, ...seen } = memory.lastAt(120)!;
  assert.deepEqual(seen, {
    ...{ index: 2, ageMs: 120, count: 3, bestScore: 0.7 },
    labels: ["dog", "cat"],
  });
  assert.ok(Math.abs(meanScore - 1 / 3) < 1e-9);
  memory.noteEnding(frame(1), local(FOUND));
  memory.noteEnding(frame(3), { outcome: "dropped", detail: "" });
  assert.deepEqual(memory.lastAt(120), { ...seen, meanScore });
  memory.noteEnding(frame(4), local({ detections: [] }));
  const nothing = { index: 4, ageMs: 0, count: 0, bestScore: 0, meanScore: 0, labels: [] };
  assert.deepEqual(memory.lastAt(0), nothing);
});

Deno.test("sizes are means by height and quality, and so many are remembered", () => {
  const memory = new RunMemory();
  memory.noteSent({ height: 240, quality: 80 }, 1000);
  memory.noteSent({ height: 240, quality: 80 }, 3000);
  memory.noteSent({ height: 240, quality: 60 }, 900);
  assert.deepEqual(memory.sent(), [
    { height: 240, quality: 80, bytes: 2000 },
    { height: 240, quality: 60, bytes: 900 },
  ]);
  for (let quality = 1; quality < SENT_MAX; quality++) {
    memory.noteSent({ height: 240, quality: 80 }, 2000);
    memory.noteSent({ height: 120, quality }, quality);
  }
  const sent = memory.sent();
  assert.equal(sent.length, SENT_MAX);
  assert.ok(sent.some(({ height }) => height === 240), "what is still sent is not forgotten");
  assert.ok(!sent.some(({ quality }) => quality === 60 && sent.length > SENT_MAX));
});
