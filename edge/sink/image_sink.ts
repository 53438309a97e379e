/** Annotated frames as JPEG files. */

import { join } from "node:path";
import type { Findings } from "../../core/detection.ts";
import type { Frame } from "../../core/frame.ts";
import { overlayJpeg } from "../../core/image.ts";
import { annotationSvg } from "./annotate.ts";
import { Typesetter } from "./lettering.ts";
import { cannotWrite } from "./write.ts";

const QUALITY = 88;

/** Writes `frame_000001.jpg` … into a directory. */
export class ImageSink {
  private constructor(private readonly directory: string, private readonly type: Typesetter) {}

  /** For a directory that is there; reads the typeface of labels and captions. */
  static async open(directory: string): Promise<ImageSink> {
    return new ImageSink(directory, await Typesetter.open());
  }

  /**
   * Draws and writes one frame.
   *
   * @param caption one line in the frame's lower left corner.
   * @throws {SmarteyeError} when it cannot be written.
   */
  async write({ index, picture }: Frame, findings: Findings, caption: string): Promise<void> {
    const svg = annotationSvg(findings, picture, caption, this.type);
    const jpeg = await overlayJpeg(picture, svg, QUALITY);
    const path = join(this.directory, `frame_${String(index).padStart(6, "0")}.jpg`);
    await Deno.writeFile(path, jpeg).catch((cause) => {
      throw cannotWrite(path, cause);
    });
  }
}
