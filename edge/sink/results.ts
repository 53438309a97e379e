/** A run's results on disk: annotated frames, `results.jsonl`, `summary.json`. */

import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { Frame } from "../../core/frame.ts";
import type { Ending, FrameRecord } from "../record.ts";
import type { Summary } from "../statistics.ts";
import { ImageSink } from "./image_sink.ts";
import { JsonlSink } from "./jsonl_sink.ts";
import { cannotWrite } from "./write.ts";

/** Milliseconds after which gathered lines are written, so that a run can be followed. */
const FLUSH_MS = 1000;

/** Where a run's results go. */
export class Results {
  #flushedMs: number;

  private constructor(
    readonly directory: string,
    private readonly lines: JsonlSink,
    private readonly images: ImageSink | undefined,
    private readonly clock: Clock,
  ) {
    this.#flushedMs = clock.nowMs();
  }

  /** Makes the directory and starts the files. @throws {SmarteyeError} when it cannot be written. */
  static async open(directory: string, images: boolean, clock: Clock): Promise<Results> {
    await Deno.mkdir(directory, { recursive: true }).catch((cause) => {
      throw cannotWrite(directory, cause);
    });
    const lines = await JsonlSink.open(join(directory, "results.jsonl"));
    return new Results(
      directory,
      lines,
      images ? await ImageSink.open(directory) : undefined,
      clock,
    );
  }

  /** Stores how a frame ended. @throws {SmarteyeError} when it cannot be written. */
  async store(frame: Frame, ending: Ending, record: FrameRecord): Promise<void> {
    try {
      if (this.images && "findings" in ending) {
        await this.images.write(frame, ending.findings, captionOf(record));
      }
    } finally {
      await this.lines.write(record);
    }
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#flushedMs < FLUSH_MS) return;
    this.#flushedMs = nowMs;
    await this.lines.flush();
  }

  /** Writes the summary and closes the files. @throws {SmarteyeError} when they cannot be written. */
  async close(summary: Summary): Promise<void> {
    await this.lines.close();
    const path = join(this.directory, "summary.json");
    await Deno.writeTextFile(path, JSON.stringify(summary, null, 2) + "\n").catch((cause) => {
      throw cannotWrite(path, cause);
    });
  }
}

function captionOf(record: FrameRecord): string {
  const place = record.outcome === "cloud" ? `cloud ${record.server}` : "edge";
  return `#${record.frame} ${place} ${record.model} ${record.latency_ms.toFixed(0)} ms`;
}
