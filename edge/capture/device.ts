/** A local camera as a source. */

import { SmarteyeError } from "../../core/errors.ts";
import type { FrameSource } from "./source.ts";
import { openVideo } from "./video.ts";

/**
 * Opens local camera number `index`: `/dev/videoN` on Linux, AVFoundation's device N on macOS.
 *
 * @throws {SmarteyeError} `failed_precondition` when there is no such camera or it is busy.
 */
export async function openDevice(index: number): Promise<FrameSource> {
  const description = `camera ${index}`;
  switch (Deno.build.os) {
    case "linux": {
      const path = `/dev/video${index}`;
      await Deno.stat(path).catch((cause) => {
        throw new SmarteyeError(
          "failed_precondition",
          `Cannot open ${description}: there is no ${path}, the number of a camera that is ` +
            `plugged in is wanted`,
          { cause },
        );
      });
      return await openVideo(path, { live: true, format: "v4l2", description });
    }
    case "darwin":
      return await openVideo(String(index), { live: true, format: "avfoundation", description });
    default:
      throw new SmarteyeError(
        "failed_precondition",
        `Cannot open ${description}: cameras by number work on Linux and macOS, ` +
          `an rtsp:// URL works everywhere`,
      );
  }
}
