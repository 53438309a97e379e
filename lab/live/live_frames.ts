/** What a live edge has written, as a simulation's frames: so that both are scored by the same code. */

import { f1 } from "../../core/agreement.ts";
import type { Detection } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { FrameRecord } from "../../edge/record.ts";
import { readFileLines } from "../json_lines.ts";
import type { Profile, ProfiledFrame } from "../profile/profile.ts";
import { Recording } from "../simulation/recording.ts";
import type { SimulatedFrame } from "../simulation/simulate.ts";

/** A live run. */
export interface LiveRun {
  /** Every frame of the video, in order; times count from the video's start. */
  readonly frames: readonly SimulatedFrame[];
  /** What the edge wrote of each of them; `undefined` of one that it passed over. */
  readonly records: readonly (FrameRecord | undefined)[];
  /** The video, with one operating point: what this run found in its frames. */
  readonly recording: Recording;
}

/** The only operating point of a live run's recording. */
export const FOUND = 0;

/**
 * Reads what an edge has written of the video that the profile is of.
 *
 * @param untilMs where of the video only a part was profiled: what was written of frames from then on
 * is left out.
 * @throws {SmarteyeError} `invalid_argument` when the file cannot be read, `failed_precondition` when
 * there is no frame in it, or one that is none of the profile's.
 */
export async function readLive(
  path: string,
  profile: Profile,
  untilMs = Infinity,
): Promise<LiveRun> {
  const { frames, head } = profile;
  const places = new Map(frames.map(({ ptsMs }, place) => [Math.round(ptsMs), place]));
  const found: (FrameRecord | undefined)[] = frames.map(() => undefined);
  let startMs: number | undefined;
  for await (const { value } of readFileLines(path, "results")) {
    const record = value as FrameRecord;
    if ("event" in record || record.pts_ms >= untilMs) continue;
    startMs ??= Date.parse(record.captured_at) - record.pts_ms;
    found[placeOf(record.pts_ms, places)] = record;
  }
  if (startMs === undefined) throw unlike("no frame was captured");
  const start = startMs;
  const answers = frames.map(({ truth }, place) => {
    const detections = countingIn(found[place], head.labels);
    return { bytes: 0, encodeMs: 0, serviceMs: 0, detections, f1: f1(detections, truth) };
  });
  return {
    frames: frames.map((frame, place) => liveFrame(found[place], place, frame, start)),
    records: found,
    recording: new Recording({
      head: { ...head, points: [{ model: "as found", encoding: undefined }] },
      frames: frames.map((frame, place) => ({ ...frame, answers: [answers[place]!] })),
    }),
  };
}

/** A frame's place by its time: readers may round differently. */
function placeOf(ptsMs: number, places: ReadonlyMap<number, number>): number {
  const near = Math.round(ptsMs);
  const place = places.get(near) ?? places.get(near - 1) ?? places.get(near + 1);
  if (place !== undefined) return place;
  throw unlike(`the frame at ${ptsMs} ms was not profiled`);
}

function unlike(found: string): SmarteyeError {
  return new SmarteyeError("failed_precondition", `Cannot compare: ${found}`);
}

function liveFrame(
  record: FrameRecord | undefined,
  place: number,
  { ptsMs }: ProfiledFrame,
  startMs: number,
): SimulatedFrame {
  if (!record) {
    return {
      ...{ place, capturedAtMs: ptsMs, endedAtMs: ptsMs, outcome: "passed_over" },
      ...{ point: undefined, toCloud: false, bytesUp: 0, reason: "" },
    };
  }
  const { outcome, latency_ms, decision, bytes_up } = record;
  const capturedAtMs = Date.parse(record.captured_at) - startMs;
  return {
    ...{ place, outcome, capturedAtMs, endedAtMs: capturedAtMs + latency_ms },
    point: outcome === "local" || outcome === "cloud" ? FOUND : undefined,
    toCloud: typeof decision?.height === "number",
    bytesUp: bytes_up,
    reason: decision?.reason ?? "",
  };
}

/** As a profile keeps them: only labels that count. */
function countingIn(
  record: FrameRecord | undefined,
  labels: readonly string[],
): readonly Detection[] {
  return (record?.detections ?? []).filter(({ label }) => labels.includes(label));
}

/**
 * The frames of a run that were to be taken: all of them, or with an interval those that were taken, and
 * those that would have been if the edge had had time. What lies between two that are an interval apart
 * was never asked for.
 *
 * @param intervalMs least time between two frames; 0: every one is to be taken.
 */
export function dueFrames(
  frames: readonly SimulatedFrame[],
  intervalMs: number,
): readonly SimulatedFrame[] {
  if (intervalMs <= 0) return frames;
  const due: SimulatedFrame[] = [];
  let dueAtMs = -Infinity;
  let next = 0; // the first frame from here on that was taken
  for (const [i, frame] of frames.entries()) {
    const { capturedAtMs } = frame;
    while (next < frames.length && (next < i || !isTaken(frames[next]!))) next++;
    // One that is taken right after stands for this one as well.
    const isMissed = capturedAtMs >= dueAtMs &&
      (frames[next]?.capturedAtMs ?? Infinity) >= capturedAtMs + intervalMs;
    if (next !== i && !isMissed) continue;
    due.push(frame);
    dueAtMs = capturedAtMs + intervalMs;
  }
  return due;
}

function isTaken({ outcome }: SimulatedFrame): boolean {
  return outcome !== "passed_over";
}
