/** A local camera as a source. */

import { SmarteyeError } from "../../core/errors.ts";
import type { CaptureOptions } from "../options.ts";
import { openLive } from "./network.ts";
import type { CaptureWorld, FrameSource } from "./source.ts";

/**
 * Opens local camera number `index`: `/dev/videoN` on Linux, AVFoundation's device N on macOS.
 *
 * @throws {SmarteyeError} `failed_precondition` when there is no such camera.
 */
export async function openDevice(
  index: number,
  options: CaptureOptions,
  world: CaptureWorld,
): Promise<FrameSource> {
  const description = `camera ${index}`;
  const { cameraSize: size, cameraFps, hwaccel, pixelsMax, stallMs: silenceMs } = options;
  const asked = {
    ...(size ? { video_size: `${size.width}x${size.height}` } : {}),
    ...(cameraFps === undefined ? {} : { framerate: String(cameraFps) }),
  };
  const how = { description, hwaccel, pixelsMax, silenceMs, options: asked, tape: world.tape };
  switch (Deno.build.os) {
    case "linux": {
      const path = `/dev/video${index}`;
      await Deno.stat(path).catch((cause) => {
        throw new SmarteyeError(
          "failed_precondition",
          `Cannot open ${description}: there is no ${path}, the number of a camera that is ` +
            `plugged in is wanted ("smarteye cameras" lists them)`,
          { cause },
        );
      });
      return openLive({ ...how, url: path, format: "v4l2" }, options, world);
    }
    case "darwin":
      return openLive({ ...how, url: String(index), format: "avfoundation" }, options, world);
    default:
      throw new SmarteyeError(
        "failed_precondition",
        `Cannot open ${description}: cameras by number work on Linux and macOS, ` +
          `an rtsp:// URL works everywhere`,
      );
  }
}
