/** What an edge left of a run, made by hand: numbers in it are known. */

import { join } from "node:path";
import type { FrameRecord } from "../../edge/record.ts";

/** When the runs begin. */
export const BEGAN_MS = Date.UTC(2026, 0, 31, 16, 45);

/** The line of a frame, 100 ms after the one before; inferred here in 10 ms, with nothing found. */
export function frameLine(frame: number, more: Partial<FrameRecord> = {}): FrameRecord {
  const ptsMs = (frame - 1) * 100;
  return {
    ...{ frame, source: "door", pts_ms: ptsMs, captured_at: timeAt(ptsMs) },
    ...{ outcome: "local", model: "small", width: 640, height: 360, detections: [] },
    decision: { policy: "p", reason: `${frame} local pending`, height: null, quality: null },
    ...{ latency_ms: 10, bytes_up: 0, bytes_down: 0, server: null },
    ...more,
  };
}

/** What differs in the line of a frame that went to the cloud. */
export function sent(bytesUp: number, height = 480): Partial<FrameRecord> {
  return {
    ...{ outcome: "cloud", model: "big", latency_ms: 100, bytes_up: bytesUp, bytes_down: 50 },
    ...{ server: "s", decision: { policy: "p", reason: "busy here", height, quality: 75 } },
  };
}

/** A time of the run, as lines have it. */
export function timeAt(ms: number): string {
  return new Date(BEGAN_MS + ms).toISOString();
}

/** Files of a run. */
export interface StoredRun {
  /** Lines of `results.jsonl`. */
  readonly results: readonly object[];
  /** Behind the last of them. */
  readonly torn?: string;
  /** Lines of `events.jsonl`. */
  readonly events?: readonly object[];
  /** `summary.json`. */
  readonly summary?: object;
}

/** Writes them into a directory, which is made. */
export function storeRun(directory: string, run: StoredRun): void {
  const lines = (all: readonly object[]) => all.map((line) => `${JSON.stringify(line)}\n`).join("");
  const write = (name: string, text: string) => Deno.writeTextFileSync(join(directory, name), text);
  Deno.mkdirSync(directory, { recursive: true });
  write("results.jsonl", lines(run.results) + (run.torn ?? ""));
  if (run.events) write("events.jsonl", lines(run.events));
  if (run.summary) write("summary.json", JSON.stringify(run.summary));
}
