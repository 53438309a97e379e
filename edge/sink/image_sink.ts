/** Annotated frames as JPEG files. */

import { join } from "node:path";
import type { OverflowRule } from "../../core/bounded_queue.ts";
import { overlayJpeg } from "../../core/image.ts";
import type { Ending, FrameRecord } from "../record.ts";
import { annotationSvg } from "./annotate.ts";
import { Typesetter } from "./lettering.ts";
import type { FrameResult, Sink } from "./sink.ts";
import { writeWhole } from "./write.ts";

const QUALITY = 88;

/** Writes `frame_000001.jpg` … into a directory: the frames that were inferred. */
export class ImageSink implements Sink {
  readonly description: string;
  /** Each holds a picture. */
  readonly queueLengthMax = 16;
  readonly overflow: OverflowRule = "wait";
  /**
   * Four a core: each goes back and forth between this thread and the threads of the codec, and with
   * fewer these run dry. Measured at 720p on 2 cores: 2 draw 0.8 times as many frames a second, 4 0.95.
   */
  readonly atOnce: number = 4 * navigator.hardwareConcurrency;

  private constructor(private readonly directory: string, private readonly type: Typesetter) {
    this.description = join(directory, "frame_….jpg");
  }

  /** For a directory that is there; reads the typeface of labels and captions. */
  static async open(directory: string): Promise<ImageSink> {
    return new ImageSink(directory, await Typesetter.open());
  }

  /** Only what was inferred is drawn. */
  needsPicture(ending: Ending): boolean {
    return "findings" in ending;
  }

  /** Draws and writes one frame, if it was inferred. @throws {SmarteyeError} when it cannot be written. */
  async write({ frame: { index, picture }, ending, record }: FrameResult): Promise<void> {
    if (!("findings" in ending)) return;
    const svg = annotationSvg(ending.findings, picture, captionOf(record), this.type);
    const jpeg = await overlayJpeg(picture, svg, QUALITY);
    const path = join(this.directory, `frame_${String(index).padStart(6, "0")}.jpg`);
    await writeWhole(path, jpeg);
  }

  /** Each file is whole when its frame is written: nothing is left. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function captionOf(record: FrameRecord): string {
  const place = record.outcome === "cloud" ? `cloud ${record.server}` : "edge";
  return `#${record.frame} ${place} ${record.model} ${record.latency_ms.toFixed(0)} ms`;
}
