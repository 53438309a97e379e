/** What a live edge has written, as a simulation's frames: so that both are scored by the same code. */

import type { Detection } from "../../core/detection.ts";
import type { FrameRecord } from "../../edge/record.ts";
import { f1 } from "../../core/agreement.ts";
import { readFileLines } from "../../lab/json_lines.ts";
import type { Profile, ProfiledFrame } from "../../lab/profile/profile.ts";
import { Recording } from "../../lab/simulation/recording.ts";
import type { SimulatedFrame } from "../../lab/simulation/simulate.ts";

/** A live run. */
export interface LiveRun {
  /** Every frame of the video, in order. */
  readonly frames: readonly SimulatedFrame[];
  /** The video, with one operating point: what this run found in its frames. */
  readonly recording: Recording;
}

/** The only operating point of a live run's recording. */
const FOUND = 0;

/**
 * Reads what an edge has written of the video that the profile is of.
 *
 * @throws {Error} when a frame is none of the profile's.
 */
export async function readLive(path: string, profile: Profile): Promise<LiveRun> {
  const { frames, head } = profile;
  const records = new Map<number, FrameRecord>();
  for await (const { value } of readFileLines(path, "results")) {
    const record = value as FrameRecord;
    if ("event" in record) continue;
    records.set(placeOf(record.pts_ms, frames), record);
  }
  const [first] = records.values();
  const startMs = Date.parse(first!.captured_at) - first!.pts_ms;
  const answers = frames.map(({ truth }, place) => {
    const detections = found(records.get(place), head.labels);
    return { bytes: 0, encodeMs: 0, serviceMs: 0, detections, f1: f1(detections, truth) };
  });
  return {
    frames: frames.map(({ ptsMs }, place) => liveFrame(records.get(place), place, startMs + ptsMs)),
    recording: new Recording({
      head: { ...head, points: [{ model: "as found", encoding: undefined }] },
      frames: frames.map((frame, place) => ({ ...frame, answers: [answers[place]!] })),
    }),
  };
}

function placeOf(ptsMs: number, frames: readonly ProfiledFrame[]): number {
  const place = frames.findIndex((frame) => Math.abs(frame.ptsMs - ptsMs) < 1);
  if (place >= 0) return place;
  throw new Error(`Cannot compare: the frame at ${ptsMs} ms was not profiled`);
}

function liveFrame(
  record: FrameRecord | undefined,
  place: number,
  dueAtMs: number,
): SimulatedFrame {
  if (!record) {
    return {
      ...{ place, capturedAtMs: dueAtMs, endedAtMs: dueAtMs, outcome: "passed_over" },
      ...{ point: undefined, toCloud: false, bytesUp: 0, reason: "" },
    };
  }
  const { outcome, latency_ms, decision, bytes_up } = record;
  const capturedAtMs = Date.parse(record.captured_at);
  return {
    ...{ place, outcome, capturedAtMs, endedAtMs: capturedAtMs + latency_ms },
    point: outcome === "local" || outcome === "cloud" ? FOUND : undefined,
    toCloud: decision?.height !== null,
    bytesUp: bytes_up,
    reason: decision?.reason ?? "",
  };
}

/** As a profile keeps them: only labels that count. */
function found(record: FrameRecord | undefined, labels: readonly string[]): readonly Detection[] {
  return (record?.detections ?? []).filter(({ label }) => labels.includes(label));
}
