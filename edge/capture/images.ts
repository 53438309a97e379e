/** Image files as pictures: still ones, and animations page by page. */

import { asSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import { EncodedImage, type ImageLimits } from "../../core/image.ts";
import type { FrameSource } from "./source.ts";

/** Milliseconds that a still image is shown. */
const SHOWN_MS = 40;

/** One image file. */
export class ImageSource implements FrameSource {
  readonly live = false;
  readonly fps: undefined = undefined;
  readonly frameCount: number;
  readonly areStills: boolean;

  private constructor(
    readonly description: string,
    private readonly images: readonly CapturedPicture[],
  ) {
    this.frameCount = images.length;
    this.areStills = images.length === 1;
  }

  /** Reads the header. A file that is no image is a source of one picture that cannot be read. */
  static async open(path: string, limits: ImageLimits): Promise<ImageSource> {
    try {
      const bytes = await Deno.readFile(path);
      return new ImageSource(path, await EncodedImage.openAll(bytes, limits, SHOWN_MS));
    } catch (error) {
      return new ImageSource(path, [unreadable(path, error)]);
    }
  }

  async *pictures(signal: AbortSignal): AsyncGenerator<CapturedPicture> {
    for (const image of this.images) {
      if (signal.aborted) return;
      yield image;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function unreadable(path: string, error: unknown): CapturedPicture {
  const { code, message } = asSmarteyeError(error, "read the image");
  const found = message.replace(/^Cannot read the image: /, "");
  const unreadable = new SmarteyeError(code, `Cannot read "${path}": ${found}`, { cause: error });
  const refuse = () => Promise.reject(unreadable);
  return {
    ...{ ptsMs: 0, width: 0, height: 0, unreadable },
    ...{ rgb: refuse, jpeg: refuse, grey: refuse },
    close() {},
  };
}
