/** Pictures to H.264, on FFmpeg's own threads. */

import { Buffer } from "node:buffer";
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
  type Stream,
} from "node-av";
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_ENCODER_H264_MF,
  FF_ENCODER_H264_NVENC,
  FF_ENCODER_H264_VIDEOTOOLBOX,
  FF_ENCODER_LIBOPENH264,
  FF_ENCODER_LIBX264,
} from "node-av/constants";
import { SmarteyeError } from "../../../../core/errors.ts";
import type { Pixels, Size } from "../../../../core/frame.ts";
import "../../../capture/media/ffmpeg.ts";

/** Ticks a millisecond of a video's clock, that of MPEG: 90 kHz. */
export const TICKS = 90;

/** Those that take pictures from memory, the best first: x264 is in most builds of FFmpeg. */
const ENCODERS = [
  FF_ENCODER_LIBX264,
  FF_ENCODER_LIBOPENH264,
  FF_ENCODER_H264_VIDEOTOOLBOX,
  FF_ENCODER_H264_NVENC,
  FF_ENCODER_H264_MF,
];

/** Bits a second and pixel of an encoder that knows no constant quality. */
const BITS_A_PIXEL = 2.5;

/** Frames after which one is a keyframe at the latest; those of a second are asked for. */
const GOP_MAX = 250;

/** Encodes pictures of one size. */
export class VideoEncoder implements Disposable {
  readonly #scaler = new SoftwareScaleContext();

  private constructor(
    /** Of its pictures, pixels. */
    readonly size: Size,
    private readonly context: CodecContext,
  ) {
    this.#scaler.allocContext();
  }

  /**
   * FFmpeg's encoder of H.264.
   *
   * @throws {SmarteyeError} `failed_precondition` when it has none.
   * @internal
   */
  static codec(): Codec {
    for (const name of ENCODERS) {
      const codec = Codec.findEncoderByName(name);
      if (codec) return codec;
    }
    throw new SmarteyeError(
      "failed_precondition",
      "Cannot write video: this FFmpeg has no encoder of H.264, one with x264 is wanted",
    );
  }

  /**
   * Opens one. What it is given comes out at once, on one thread: analysis needs the others.
   *
   * @param size with even sides.
   * @param crf x264's constant quality.
   * @throws {SmarteyeError} when there is none, or it does not take such pictures.
   */
  static async open(size: Size, crf: number): Promise<VideoEncoder> {
    const codec = VideoEncoder.codec();
    const context = new CodecContext();
    context.allocContext3(codec);
    Object.assign(context, { ...size, pixelFormat: AV_PIX_FMT_YUV420P, threadCount: 1 });
    context.timeBase = new Rational(1, 1000 * TICKS);
    context.gopSize = GOP_MAX;
    context.maxBFrames = 0;
    context.colorSpace = AVCOL_SPC_BT709;
    context.colorRange = AVCOL_RANGE_MPEG;
    context.colorPrimaries = AVCOL_PRI_BT709;
    context.colorTrc = AVCOL_TRC_BT709;
    context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    const isX264 = codec.name === FF_ENCODER_LIBX264;
    if (!isX264) context.bitRate = BigInt(Math.round(size.width * size.height * BITS_A_PIXEL));
    const options = isX264
      ? { preset: "veryfast", tune: "zerolatency", crf: String(crf), "forced-idr": "1" }
      : {};
    const code = await context.open2(codec, Dictionary.fromObject(options));
    if (code < 0) {
      context.freeContext();
      throw cannotEncode(size, code);
    }
    return new VideoEncoder(size, context);
  }

  /**
   * Tells a file's stream what it makes.
   *
   * @throws {SmarteyeError} when FFmpeg refuses.
   * @internal
   */
  describe(stream: Stream): void {
    const code = stream.codecpar.fromContext(this.context);
    if (code < 0) throw cannotEncode(this.size, code);
    stream.timeBase = this.context.timeBase;
  }

  /**
   * Encodes a picture, on another thread; the pixels are the caller's again when it is done.
   *
   * @param pts ticks, after those of the picture before.
   * @returns packets, for whoever has them to free.
   * @throws {SmarteyeError} when FFmpeg cannot.
   * @internal
   */
  async encode(pixels: Pixels, pts: bigint, isKey: boolean): Promise<readonly Packet[]> {
    const { width, height, data } = pixels;
    using rgb = Frame.fromVideoBuffer(Buffer.from(data.buffer, data.byteOffset, data.length), {
      ...{ width, height, format: AV_PIX_FMT_RGB24 },
      timeBase: { num: 1, den: 1000 * TICKS },
    });
    using frame = new Frame();
    frame.alloc();
    Object.assign(frame, { ...this.size, format: AV_PIX_FMT_YUV420P });
    frame.colorSpace = AVCOL_SPC_BT709;
    frame.colorRange = AVCOL_RANGE_MPEG;
    this.#check(await this.#scaler.scaleFrame(frame, rgb));
    frame.pts = pts;
    frame.pictType = isKey ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    this.#check(await this.context.sendFrame(frame));
    return await this.#packets();
  }

  /**
   * What is left in it: nothing more may come.
   *
   * @throws {SmarteyeError} when FFmpeg cannot.
   * @internal
   */
  async end(): Promise<readonly Packet[]> {
    this.#check(await this.context.sendFrame(null));
    return await this.#packets();
  }

  /** Gives back its memory. */
  [Symbol.dispose](): void {
    this.context.freeContext();
    this.#scaler.freeContext();
  }

  async #packets(): Promise<readonly Packet[]> {
    const packets: Packet[] = [];
    for (;;) {
      const packet = new Packet();
      packet.alloc();
      const code = await this.context.receivePacket(packet);
      if (code >= 0) packets.push(packet);
      else {
        packet.free();
        if (code !== AVERROR_EAGAIN && code !== AVERROR_EOF) this.#check(code);
        return packets;
      }
    }
  }

  #check(code: number): void {
    if (code < 0) throw cannotEncode(this.size, code);
  }
}

function cannotEncode({ width, height }: Size, code: number): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot encode a picture of ${width}×${height}: ${FFmpegError.strerror(code)}, ` +
      "a size that H.264 has is wanted",
  );
}
