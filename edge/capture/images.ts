/** A folder of images, or one image, as a source. */

import { asSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import { EncodedImage, type ImageLimits } from "../../core/image.ts";
import type { FrameSource } from "./source.ts";

/** Milliseconds between the presentation times of two images. */
const SPACING_MS = 40;

/** Image files as a source, in the given order. A broken one is a picture that cannot be read. */
export function openImages(
  description: string,
  paths: readonly string[],
  limits: ImageLimits,
): FrameSource {
  return {
    description,
    live: false,
    frameCount: paths.length,
    fps: undefined,
    async *pictures(signal) {
      for (const [index, path] of paths.entries()) {
        if (signal.aborted) return;
        yield await openImage(path, limits, index * SPACING_MS);
      }
    },
    close: () => Promise.resolve(),
  };
}

async function openImage(
  path: string,
  limits: ImageLimits,
  ptsMs: number,
): Promise<CapturedPicture> {
  try {
    return await EncodedImage.open(await Deno.readFile(path), limits, ptsMs);
  } catch (error) {
    const { code, message } = asSmarteyeError(error, "read the image");
    const found = message.replace(/^Cannot read the image: /, "");
    const unreadable = new SmarteyeError(code, `Cannot read "${path}": ${found}`, { cause: error });
    const refuse = () => Promise.reject(unreadable);
    return {
      ...{ ptsMs, width: 0, height: 0, unreadable },
      ...{ rgb: refuse, jpeg: refuse, grey: refuse },
      close() {},
    };
  }
}
