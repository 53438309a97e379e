/** Packets of a video stream → decoded frames. */

import { Frame, type Packet, type Stream } from "node-av";
import { Codec, CodecContext, Dictionary, FFmpegError, HardwareDeviceContext } from "node-av";
import {
  AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX,
  AV_FRAME_FLAG_CORRUPT,
  AV_HWDEVICE_TYPE_NONE,
  AV_PIX_FMT_NONE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  FF_THREAD_FRAME,
  FF_THREAD_SLICE,
} from "node-av/constants";
import { SmarteyeError } from "../../../core/errors.ts";
import { logger } from "../../../core/log.ts";
import { InputError } from "./input_error.ts";

const log = logger("edge");

/** How a stream is decoded. */
export interface DecoderOptions {
  /** Whether pictures come in their own time: each is to come out as soon as it is in. */
  readonly live: boolean;
  /** `none`, `auto`, or FFmpeg's name of a device. */
  readonly hwaccel: string;
  /** Pixels (width × height) that a frame may have. */
  readonly pixelsMax: number;
}

/**
 * What came of a packet.
 *
 * @internal
 */
export interface Decoded {
  /** In the order in which they are shown; whoever takes them frees them. */
  readonly frames: readonly Frame[];
  /** Whether the packet, or one before it, could not be decoded. */
  readonly isDamaged: boolean;
}

/**
 * A name that FFmpeg does not know is a mistake; a device that is not on this machine is none.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is neither `none`, `auto` nor such a name.
 */
export function assertHwaccel(name: string): void {
  const known = HardwareDeviceContext.iterateTypes().map(HardwareDeviceContext.getTypeName);
  if (name === "none" || name === "auto" || known.some((one) => one === name)) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot decode by "${name}": FFmpeg knows no such device, one of ${
      known.join(", ")
    }, auto or ` +
      `none is wanted (hwaccel)`,
  );
}

/** Errors at the end of a stream, one a frame that was under way, after which the rest is given up. */
const ERRORS_MAX = 64;

/** Cores that decode one stream: more of them keep more frames under way, each with its delay. */
const THREADS_MAX = 4;

/** A decoder of one stream. */
export class VideoDecoder {
  private constructor(
    private readonly context: CodecContext,
    /** What it decodes. */
    readonly codecId: number,
    private readonly device: HardwareDeviceContext | undefined,
  ) {}

  /**
   * Opens a decoder for a stream; where a device cannot do it, the processor does.
   *
   * @throws {InputError} `unreadable` when neither can.
   * @internal
   */
  static async open(stream: Stream, options: DecoderOptions): Promise<VideoDecoder> {
    const { codecpar, timeBase } = stream;
    const codec = Codec.findDecoder(codecpar.codecId);
    if (!codec) throw new InputError("unreadable", "its video cannot be decoded");
    const device = openDevice(codec, options.hwaccel);
    const context = new CodecContext();
    context.allocContext3(codec);
    context.parametersToContext(codecpar);
    context.pktTimebase = timeBase;
    context.threadCount = Math.min(THREADS_MAX, navigator.hardwareConcurrency);
    context.threadType = options.live ? FF_THREAD_SLICE : FF_THREAD_FRAME;
    if (device) {
      context.hwDeviceCtx = device.context;
      context.setHardwarePixelFormat(device.format);
    }
    const limits = Dictionary.fromObject({ max_pixels: options.pixelsMax });
    const code = await context.open2(codec, limits);
    limits.free();
    if (code >= 0) return new VideoDecoder(context, codecpar.codecId, device?.context);
    context.freeContext();
    device?.context.free();
    const said = FFmpegError.strerror(code);
    throw new InputError("unreadable", `its video cannot be decoded: ${said}`);
  }

  /**
   * Decodes a packet; `null` brings what is still under way.
   *
   * @internal
   */
  async decode(packet: Packet | null): Promise<Decoded> {
    const sent = await this.context.sendPacket(packet);
    let isDamaged = sent < 0 && sent !== AVERROR_EOF;
    const frames: Frame[] = [];
    for (let errors = 0; errors <= ERRORS_MAX;) {
      const frame = new Frame();
      frame.alloc();
      // What a packet gives was decoded as it was sent (avcodec_send_packet): it is only fetched here,
      // and another thread would cost more. At the end it is decoded only now.
      const code = packet
        ? this.context.receiveFrameSync(frame)
        : await this.context.receiveFrame(frame);
      if (code >= 0) {
        frames.push(await inMemory(frame));
        continue;
      }
      frame.free();
      if (code === AVERROR_EAGAIN || code === AVERROR_EOF) break;
      isDamaged = true; // and others may follow: with threads an error is told late
      if (packet) break;
      errors++;
    }
    return { frames, isDamaged };
  }

  /** Gives it back. */
  close(): void {
    this.context.freeContext();
    this.device?.free();
  }
}

/**
 * Whether a frame was decoded from damaged data: parts of it are made up.
 *
 * @internal
 */
export function isDoubtful(frame: Frame): boolean {
  return frame.decodeErrorFlags !== 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) !== 0;
}

/** A frame of a device, brought to where the processor can read it. */
async function inMemory(frame: Frame): Promise<Frame> {
  if (!frame.isHwFrame()) return frame;
  const copy = new Frame();
  copy.alloc();
  const code = await frame.hwframeTransferData(copy);
  if (code < 0) {
    const said = FFmpegError.strerror(code);
    throw new InputError("lost", `a frame cannot be had from the device that decodes: ${said}`);
  }
  copy.copyProps(frame);
  frame.free();
  return copy;
}

/** A device that decodes a codec, and the format of its frames. */
function openDevice(codec: Codec, hwaccel: string) {
  if (hwaccel === "none") return undefined;
  const named = hwaccel === "auto" ? undefined : hwaccel;
  for (let i = 0;; i++) {
    const config = codec.getHwConfig(i);
    if (!config) break;
    const { deviceType, methods, pixFmt } = config;
    const name = HardwareDeviceContext.getTypeName(deviceType);
    const isMeant = deviceType !== AV_HWDEVICE_TYPE_NONE && pixFmt !== AV_PIX_FMT_NONE &&
      (named === undefined || name === named);
    if (!isMeant || !(methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX)) continue;
    const context = new HardwareDeviceContext();
    if (context.create(deviceType) >= 0) {
      log.info("{codec} is decoded by {name}", { codec: codec.name, name });
      return { context, format: pixFmt };
    }
    context.free();
  }
  const say = named === undefined ? log.info : log.warn;
  say.call(log, "no {name} decodes {codec} here, the processor does", {
    name: named ?? "device",
    codec: codec.name,
  });
  return undefined;
}
