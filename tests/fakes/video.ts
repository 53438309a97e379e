/** A video of which each frame is known: grey, a little brighter each time. */

import { Buffer } from "node:buffer";
import { Frame, Rational } from "node-av";
import { Encoder, Muxer, Scaler } from "node-av/api";
import { AV_PIX_FMT_RGB24, AV_PIX_FMT_YUV420P, FF_ENCODER_LIBX264 } from "node-av/constants";
import "../../edge/capture/media/ffmpeg.ts";
import { plain } from "./pictures.ts";

/** Brightness of frame `index` (0, 1, 2 …), 0 to 255. */
export const brightness = (index: number) => 40 + index * 8;

/** What a video is like. */
export interface VideoScript {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly fps: number;
  /** Frames that would have come before the first: a recording that was cut out of a longer one. */
  readonly startsAt?: number;
}

/** Writes an MP4 whose index comes first, as of a file that is read while it comes; or an MKV. */
export async function writeVideo(path: string, script: VideoScript): Promise<void> {
  const { width, height, frames, fps, startsAt = 0 } = script;
  using scaler = new Scaler();
  using encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    gopSize: fps,
    maxBFrames: 0,
    options: { preset: "ultrafast", crf: 12 },
    configure: (context) => void (context.framerate = new Rational(fps, 1)),
  });
  await using muxer = await Muxer.open(path, {
    format: path.endsWith(".mkv") ? "matroska" : "mp4",
    ...(path.endsWith(".mkv") ? {} : { options: { movflags: "faststart" } }),
  });
  const stream = muxer.addStream(encoder);
  const mux = async (frame: Frame | null) => {
    for (const packet of await encoder.encodeAll(frame)) {
      await muxer.writePacket(packet, stream);
      packet.free();
    }
  };
  // A frame lies in its buffer, which must not be collected while another thread encodes it.
  const kept: Buffer[] = [];
  for (let index = 0; index < frames; index++) {
    const grey = brightness(index);
    const { data } = plain(width, height, [grey, grey, grey]);
    using rgb = Frame.fromVideoBuffer(Buffer.from(data.buffer), {
      width,
      height,
      format: AV_PIX_FMT_RGB24,
    });
    const planes = await scaler.toBuffer(rgb, { format: "yuv420p" });
    kept.push(planes);
    using frame = Frame.fromVideoBuffer(planes, {
      width,
      height,
      format: AV_PIX_FMT_YUV420P,
      timeBase: { num: 1, den: fps },
      pts: BigInt(startsAt + index),
    });
    await mux(frame);
  }
  await mux(null);
  kept.length = 0;
}
