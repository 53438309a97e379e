import assert from "node:assert/strict";
import { Folder } from "../../tests/fakes/folder.ts";
import type { FrameOutcome } from "../simulation/simulate.ts";
import { dueFrames, readLive } from "./live_frames.ts";
import { truthProfile } from "./watch_video.ts";

const frame = (place: number, capturedAtMs: number, outcome: FrameOutcome = "passed_over") => ({
  ...{ place, capturedAtMs, endedAtMs: capturedAtMs, outcome, point: undefined },
  ...{ toCloud: false, bytesUp: 0, reason: "" },
});

/** Ten frames, one each 40 ms, of which some were taken. */
const taken = (...places: number[]) =>
  Array.from(
    { length: 10 },
    (_, i) => frame(i, 40 * i, places.includes(i) ? "local" : "passed_over"),
  );

const due = (frames: ReturnType<typeof taken>, intervalMs: number) =>
  dueFrames(frames, intervalMs).map(({ place }) => place);

Deno.test("without an interval every frame is due", () => {
  assert.deepEqual(due(taken(0, 5), 0), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("what lies within the interval is not due, what should have been taken after it is", () => {
  assert.deepEqual(due(taken(0, 3, 6, 9), 100), [0, 3, 6, 9], "as it should be");
  assert.deepEqual(due(taken(0, 2, 5, 8), 100), [0, 2, 5, 8], "a little early");
  assert.deepEqual(due(taken(0, 4, 7), 100), [0, 4, 7], "a little late");
  assert.deepEqual(due(taken(0, 9), 100), [0, 3, 6, 9], "two were missed");
  assert.deepEqual(due(taken(0), 100), [0, 3, 6, 9], "and so was the rest");
});

const DETECTION = { label: "car", class_id: 2, score: 0.9, box: [10, 10, 30, 30] };
const line = (number: number, ptsMs: number, more: object) => ({
  ...{ frame: number, source: "s", pts_ms: ptsMs, outcome: "local", model: "m" },
  ...{ captured_at: new Date(Date.UTC(2026, 0, 1) + ptsMs).toISOString(), latency_ms: 12 },
  ...{ bytes_up: 0, decision: { policy: "p", reason: "r", height: null, quality: null } },
  ...more,
});

Deno.test("a live run has a frame for each of the video's, with times from its start", async () => {
  await using folder = new Folder();
  const truth = [{ ...DETECTION, box: [10, 10, 30, 30] as const }];
  const profile = truthProfile(
    { frames: [0, 100, 200].map((ptsMs) => ({ ptsMs, truth })), width: 64, height: 48, fps: 10 },
    { name: "v", truth: { kind: "model", model: "m" }, labels: ["car"] },
  );
  const other = { ...DETECTION, label: "kite" };
  const records = [
    { event: "source", state: "live" },
    line(1, 0, { detections: [DETECTION, other] }),
    line(2, 200, { outcome: "failed", model: null, decision: null, bytes_up: 9 }),
    line(3, 300, {}),
  ];
  const path = folder.write("r.jsonl", records.map((one) => JSON.stringify(one) + "\n").join(""));
  const { frames, recording, records: kept } = await readLive(path, profile, 250);
  assert.deepEqual(frames.map(({ outcome }) => outcome), ["local", "passed_over", "failed"]);
  assert.deepEqual(frames.map(({ capturedAtMs }) => capturedAtMs), [0, 100, 200]);
  assert.deepEqual(frames.map(({ bytesUp }) => bytesUp), [0, 0, 9]);
  assert.ok(frames.every(({ toCloud }) => !toCloud), "also where nothing was decided");
  assert.deepEqual(recording.answer(0, 0).detections.map(({ label }) => label), ["car"]);
  assert.equal(recording.answer(0, 0).f1, 1);
  assert.equal(kept[1], undefined);
  await assert.rejects(readLive(path, profile), /the frame at 300 ms was not profiled/);
});
