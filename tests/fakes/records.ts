/** Frames that went well: their records, and their results as sinks get them. */

import type { CapturedPicture } from "../../core/frame.ts";
import type { Decided, Ending, FrameRecord } from "../../edge/record.ts";
import type { FrameResult } from "../../edge/sink/sink.ts";
import { snapshot } from "./snapshot.ts";
import { FakePicture } from "./source.ts";

/** The record of a frame in which a car was found here. */
export function record(frame: number, said: Partial<FrameRecord> = {}): FrameRecord {
  return {
    frame,
    source: "fake",
    pts_ms: (frame - 1) * 40,
    captured_at: "2026-01-02T03:04:05.000Z",
    outcome: "local",
    model: "fast",
    width: 640,
    height: 360,
    detections: [{ label: "car", class_id: 2, score: 0.9, box: [64, 36, 128, 72] }],
    decision: { policy: "scripted", reason: "here", height: null, quality: null },
    latency_ms: 12.6,
    bytes_up: 0,
    bytes_down: 0,
    server: null,
    ...said,
  };
}

/** That a frame is to be inferred here. */
function decided(index: number): Decided {
  return {
    policy: "scripted",
    decision: { place: "local", model: "fast", reason: "here" },
    snapshot: snapshot({ frame: { index } }),
  };
}

/** A frame in which a car was found here, as a sink gets it. */
export function result(
  frame: number,
  picture: CapturedPicture = new FakePicture((frame - 1) * 40),
  said: Partial<FrameRecord> = {},
): FrameResult {
  const ending: Extract<Ending, { outcome: "local" }> = {
    outcome: "local",
    model: "fast",
    findings: { detections: [{ label: "car", class_id: 2, score: 0.9, box: [4, 4, 40, 30] }] },
  };
  return {
    frame: { index: frame, capturedAtMs: 0, startAtMs: 0, picture },
    decided: decided(frame),
    ending,
    ...{ shown: { findings: ending.findings }, notes: [], snapshots: [], zones: [] },
    record: record(frame, said),
  };
}

/** A frame that nobody had time for, as a sink gets it: its picture is closed. */
export function droppedResult(frame: number): FrameResult {
  const picture = new FakePicture((frame - 1) * 40);
  picture.close();
  const { detections: _, ...rest } = record(frame, { outcome: "dropped", model: null });
  return {
    frame: { index: frame, capturedAtMs: 0, startAtMs: 0, picture },
    decided: decided(frame),
    ending: { outcome: "dropped", detail: "late" },
    ...{ shown: undefined, notes: [], snapshots: [], zones: [] },
    record: { ...rest, detail: "late" },
  };
}
