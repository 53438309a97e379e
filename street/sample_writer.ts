/** Writes a rendered street scene as a video with its truth: something to try everything out on. */

import { Buffer } from "node:buffer";
import { FFmpegError, Frame, Log, Rational } from "node-av";
import { Encoder, Muxer, Scaler } from "node-av/api";
import {
  AV_LOG_QUIET,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  FF_ENCODER_LIBX264,
} from "node-av/constants";

import { asSmarteyeError, messageOf, SmarteyeError } from "../core/errors.ts";
import type { Pixels } from "../core/frame.ts";
import type { StreetOptions } from "./options.ts";
import { StreetScene, type TruthBox } from "./scene.ts";

Log.setLevel(AV_LOG_QUIET); // what fails is thrown, and told once, in our words

/** What was written. */
export interface Sample {
  /** The MP4. */
  readonly videoPath: string;
  /** The JSON Lines beside it. */
  readonly truthPath: string;
  /** How many were written. */
  readonly frames: number;
}

/** Frames that a sample may have. */
export const SAMPLE_FRAMES_MAX = 1_000_000;

/** x264's constant quality: 0 is lossless, 51 is worst; at 20 artefacts are hard to see. */
const CRF = 20;

/**
 * Writes an MP4 (H.264, 4:2:0, a keyframe each second) and, beside it, `<name>.truth.jsonl`: for
 * each frame a line `{frame, pts_ms, width, height, objects: [{label, class_id, thing, box}]}` with
 * frames numbered from 1 and boxes `[x1, y1, x2, y2]` in pixels; `thing` is the same string in every
 * frame that shows the same thing. What counts as seen, `scene.ts` says. Files of these names are replaced, and only once both are whole.
 *
 * @throws {SmarteyeError} `invalid_argument` when an option is out of bounds, a side is odd or the
 * path does not end in `.mp4`; `failed_precondition` when the folder cannot be written to;
 * `cancelled` when `signal` aborts.
 */
export async function writeSample(
  path: string,
  options: StreetOptions,
  onProgress: (done: number, total: number) => void = () => {},
  signal?: AbortSignal,
): Promise<Sample> {
  checkOptions(path, options);
  const stem = path.replace(/\.mp4$/i, "");
  const sample = { videoPath: path, truthPath: `${stem}.truth.jsonl`, frames: options.frames };
  const partial = `.${crypto.randomUUID().slice(0, 8)}.part`;
  const videoPart = sample.videoPath + partial;
  const truthPart = sample.truthPath + partial;
  // FFmpeg would make a missing folder, and report one that is not ours to write in by a number.
  const truth = await Deno.open(truthPart, { write: true, createNew: true }).catch((cause) => {
    throw cannotWrite(path, cause);
  });
  try {
    try {
      await write(videoPart, truth, options, onProgress, signal);
    } finally {
      truth.close();
    }
    await Deno.rename(videoPart, sample.videoPath);
    await Deno.rename(truthPart, sample.truthPath);
  } catch (error) {
    await Promise.allSettled([Deno.remove(videoPart), Deno.remove(truthPart)]);
    if (signal?.aborted) {
      throw new SmarteyeError("cancelled", `Cannot write "${path}": it was cancelled`, {
        cause: error,
      });
    }
    throw asSmarteyeError(error, `write "${path}"`);
  }
  return sample;
}

async function write(
  videoPart: string,
  truth: Deno.FsFile,
  options: StreetOptions,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const scene = await StreetScene.create(options);
  using scaler = new Scaler();
  using encoder = await createEncoder(options.fps);
  await using muxer = await Muxer.open(videoPart, { format: "mp4" });
  const stream = muxer.addStream(encoder);
  const mux = async (frame: Frame | null) => {
    for (const packet of await encoder.encodeAll(frame)) {
      try {
        await muxer.writePacket(packet, stream);
      } finally {
        packet.free();
      }
    }
  };
  for (let index = 0; index < options.frames; index++) {
    signal?.throwIfAborted();
    const { pixels, truth: boxes } = await scene.render(index);
    using frame = await encodable(pixels, index, options.fps, scaler);
    await mux(frame);
    await writeText(truth, truthLine(index, options, boxes));
    onProgress(index + 1, options.frames);
  }
  await mux(null);
}

async function writeText(file: Deno.FsFile, text: string): Promise<void> {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
}

async function createEncoder(fps: number): Promise<Encoder> {
  return await Encoder.create(FF_ENCODER_LIBX264, {
    gopSize: Math.max(1, Math.round(fps)),
    maxBFrames: 0,
    options: { preset: "veryfast", crf: CRF },
    configure: (context) => {
      const { num, den } = frameRate(fps);
      context.framerate = new Rational(num, den);
    },
  });
}

/** The pixels in the encoder's format; the caller frees the frame. */
async function encodable(
  pixels: Pixels,
  index: number,
  fps: number,
  scaler: Scaler,
): Promise<Frame> {
  const { width, height, data } = pixels;
  using rgb = Frame.fromVideoBuffer(Buffer.from(data.buffer), {
    width,
    height,
    format: AV_PIX_FMT_RGB24,
  });
  const planes = await scaler.toBuffer(rgb, { format: "yuv420p" });
  const { num, den } = frameRate(fps);
  using lent = Frame.fromVideoBuffer(planes, {
    width,
    height,
    format: AV_PIX_FMT_YUV420P,
    timeBase: { num: den, den: num },
    pts: BigInt(index),
  });
  return owned(lent);
}

/**
 * A copy of a frame in memory of its own. (`fromVideoBuffer` copies nothing, whatever it says: the frame
 * lies in the buffer, which may be collected while another thread encodes it.)
 */
function owned(lent: Frame): Frame {
  const { width, height, format } = lent;
  const frame = new Frame();
  frame.alloc();
  Object.assign(frame, { width, height, format });
  FFmpegError.throwIfError(frame.getBuffer(), "allocate a frame");
  FFmpegError.throwIfError(frame.copy(lent), "copy a frame");
  FFmpegError.throwIfError(frame.copyProps(lent), "copy a frame's times");
  return frame;
}

/** Frames a second as a fraction, exact to a thousandth. */
function frameRate(fps: number): { num: number; den: number } {
  return Number.isInteger(fps) ? { num: fps, den: 1 } : { num: Math.round(fps * 1000), den: 1000 };
}

function truthLine(index: number, options: StreetOptions, truth: readonly TruthBox[]): string {
  const { width, height, fps } = options;
  const objects = truth.map(({ label, class_id, thing, box }) => ({
    label,
    class_id,
    thing,
    box: box.map((side) => Math.round(side * 10) / 10),
  }));
  const pts_ms = Math.round(index * 1e6 / fps) / 1000;
  return JSON.stringify({ frame: index + 1, pts_ms, width, height, objects }) + "\n";
}

function checkOptions(path: string, { width, height, frames }: StreetOptions): void {
  const refuse = (found: string, wanted: string) =>
    new SmarteyeError("invalid_argument", `Cannot write "${path}": ${found}, ${wanted}`);
  if (!/[^/\\]\.mp4$/i.test(path)) {
    throw refuse("the name has another ending", "one that ends in .mp4 is wanted");
  }
  if (width % 2 !== 0 || height % 2 !== 0) {
    throw refuse(`its size would be ${width}×${height}`, "a size with even sides is wanted");
  }
  if (!Number.isInteger(frames) || frames < 1 || frames > SAMPLE_FRAMES_MAX) {
    throw refuse(
      `it would have ${frames} frames`,
      `a whole number from 1 to ${SAMPLE_FRAMES_MAX} is wanted`,
    );
  }
}

function cannotWrite(path: string, cause: unknown): SmarteyeError {
  const found = cause instanceof Deno.errors.NotFound
    ? "there is no such folder"
    : cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable
    ? "the folder cannot be written to"
    : messageOf(cause);
  return new SmarteyeError(
    "failed_precondition",
    `Cannot write "${path}": ${found}, a folder that can be written to is wanted`,
    { cause },
  );
}
