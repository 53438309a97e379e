/** An RTSP camera as a source. */

import type { FrameSource } from "./source.ts";
import { NETWORK_TIMEOUT_US, openVideo } from "./video.ts";

/**
 * Opens an `rtsp://` URL over TCP, which loses no packets.
 *
 * @throws {SmarteyeError} `unavailable` when the camera does not answer.
 */
export function openRtsp(url: string): Promise<FrameSource> {
  return openVideo(url, {
    live: true,
    options: { rtsp_transport: "tcp", timeout: NETWORK_TIMEOUT_US },
  });
}
