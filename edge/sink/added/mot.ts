/** MOTChallenge's text: a line a thing in a frame, of what is followed. */

import type { FrameResult } from "../sink.ts";
import { AppendFile } from "./append_file.ts";
import type { SinkPlace, SinkWriter } from "./writer.ts";

/**
 * Writes `frame,id,left,top,width,height,conf,-1,-1,-1`: boxes in pixels of the captured frame, frames
 * from 1. What belongs to no track has no line, since trackers are what such files are for
 * (https://motchallenge.net/instructions).
 */
export class MotWriter implements SinkWriter<string> {
  private constructor(private readonly file: AppendFile) {}

  /** Makes the file. @throws {SmarteyeError} when it cannot be written. */
  static async open({ path, overwrite }: SinkPlace): Promise<MotWriter> {
    return new MotWriter(await AppendFile.open(path, overwrite));
  }

  /** What it writes. */
  get description(): string {
    return this.file.path;
  }

  /** The lines of a frame in which something is followed. */
  itemOf({ record: { frame, detections = [] } }: FrameResult): string | undefined {
    const lines = detections.flatMap(({ track_id, box: [x1, y1, x2, y2], score }) =>
      track_id === undefined
        ? []
        : `${[frame, track_id, x1, y1, side(x1, x2), side(y1, y2), score].join(",")},-1,-1,-1\n`
    );
    return lines.length === 0 ? undefined : lines.join("");
  }

  /** Adds lines. @throws {SmarteyeError} when they cannot be written. */
  write(lines: readonly string[]): Promise<void> {
    return this.file.append(lines.join(""));
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await Promise.resolve(this.file.close());
  }
}

/** The length of a side, to hundredths of a pixel as its ends are. */
export function side(from: number, to: number): number {
  return Number((to - from).toFixed(2));
}
