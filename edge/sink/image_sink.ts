/** Annotated frames as JPEG files. */

import { join } from "node:path";
import type { OverflowRule } from "../../core/bounded_queue.ts";
import type { Findings } from "../../core/detection.ts";
import { pixelsJpeg } from "../../core/image.ts";
import { pixelPool } from "../../core/pixel_pool.ts";
import type { ImagesRule } from "../options.ts";
import type { Ending, FrameRecord } from "../record.ts";
import { annotate } from "../../drawing/annotate.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import { PixelBudget } from "./pixel_budget.ts";
import type { FrameResult, Sink } from "./sink.ts";
import { writeWhole } from "./write.ts";

const QUALITY = 88;

/**
 * Pictures that are drawn at once, by all runs together: 2 of 4K, each of them as RGB, in the encoder
 * and as a file, some 100 MB.
 */
const drawing = new PixelBudget(2 * 3840 * 2160);

/** Writes `frame_000001.jpg` … into a directory: of the frames that were inferred those of a rule. */
export class ImageSink implements Sink {
  readonly description: string;
  /** Each holds a picture. */
  readonly queueLengthMax = 16;
  readonly overflow: OverflowRule = "wait";
  /**
   * Four a core, if they are small: each goes back and forth between this thread and the threads of the
   * codec, and with fewer these run dry.
   */
  readonly atOnce: number = 4 * navigator.hardwareConcurrency;

  private constructor(
    private readonly directory: string,
    private readonly rule: ImagesRule,
    private readonly type: Typesetter,
  ) {
    this.description = join(directory, "frame_….jpg");
  }

  /** For a directory that is there; reads the typeface of labels and captions. */
  static async open(directory: string, rule: ImagesRule): Promise<ImageSink> {
    return new ImageSink(directory, rule, await Typesetter.open());
  }

  /** Only what was inferred is drawn, and of that what the rule says. */
  needsPicture(ending: Ending, index: number): boolean {
    const { rule } = this;
    if (!("findings" in ending) || rule === "none") return false;
    if (rule === "all") return true;
    if (rule === "detections") return findingsIn(ending.findings) > 0;
    return (index - 1) % rule.every === 0;
  }

  /** Draws and writes one frame, if it is one of those. @throws {SmarteyeError} when it cannot be written. */
  async write({ frame: { index, picture }, ending, record }: FrameResult): Promise<void> {
    if (!("findings" in ending) || !this.needsPicture(ending, index)) return;
    const path = join(this.directory, `frame_${String(index).padStart(6, "0")}.jpg`);
    await drawing.hold(picture.width * picture.height, async () => {
      const pixels = await picture.rgb();
      annotate(pixels, ending.findings, captionOf(record), this.type);
      const jpeg = await pixelsJpeg(pixels, QUALITY);
      pixelPool.giveBack(pixels.data.buffer);
      await writeWhole(path, jpeg);
    });
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

function findingsIn(findings: Findings): number {
  return "detections" in findings ? findings.detections.length : findings.classifications.length;
}
