/** What is piped in as a source: `ffmpeg … | smarteye edge -f -`. */

import type { CaptureOptions } from "../options.ts";
import { openLive } from "./network.ts";
import type { CaptureWorld, FrameSource } from "./source.ts";
import { VideoSource } from "./video.ts";

/**
 * Opens stdin, which is read to its end, or where the user says that it is live, by its newest picture.
 *
 * @throws {SmarteyeError} `unavailable` when no video comes.
 */
export async function openStdin(
  options: CaptureOptions,
  world: CaptureWorld,
): Promise<FrameSource> {
  const { live, hwaccel, pixelsMax } = options;
  const { tape } = world;
  const how = {
    url: "pipe:0",
    description: "stdin",
    hwaccel,
    pixelsMax,
    silenceMs: Infinity,
    tape,
  };
  // It cannot be opened again: its end is the end.
  if (live) return openLive(how, { ...options, reconnectsMax: 0 }, world);
  return await VideoSource.open(how, world);
}
