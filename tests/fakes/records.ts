/** Records of frames that went well. */

import type { FrameRecord } from "../../edge/record.ts";

/** The record of a frame in which a car was found here. */
export function record(frame: number, said: Partial<FrameRecord> = {}): FrameRecord {
  return {
    frame,
    pts_ms: frame * 40,
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
