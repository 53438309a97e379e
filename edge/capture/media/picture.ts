/** A decoded frame as a picture: as it is to be shown, converted when somebody looks at it. */

import { FFmpegError, Frame, SoftwareScaleContext } from "node-av";
import {
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_FRAME_FLAG_INTERLACED,
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_RGB24,
} from "node-av/constants";
import type { AVPixelFormat } from "node-av/constants";
import { SmarteyeError } from "../../../core/errors.ts";
import type { CapturedPicture, Pixels, Size } from "../../../core/frame.ts";
import { PixelPicture } from "../../../core/image.ts";
import { pixelPool } from "../../../core/pixel_pool.ts";
import { isUpright, type Orientation, orientationOf, turned, turnedSize } from "./orientation.ts";

/** Pixels that a stream may say its picture is shown with along a side: a wrong shape of pixels. */
const STRETCH_MAX = 8;

/** A decoded frame, in the decoder's own memory until it is closed. */
export class VideoPicture implements CapturedPicture {
  readonly width: number;
  readonly height: number;
  readonly #orientation: Orientation;

  /**
   * Takes over the frame.
   *
   * @param matrix the stream's display matrix; one of the frame itself wins.
   */
  constructor(
    private readonly frame: Frame,
    readonly ptsMs: number,
    private readonly converters: ConverterPool,
    matrix: Uint8Array | null,
  ) {
    // Both fields are shown together, as one picture.
    frame.clearFlags(AV_FRAME_FLAG_INTERLACED);
    this.#orientation = orientationOf(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX) ?? matrix);
    const { width, height } = turnedSize(squared(frame), this.#orientation);
    this.width = width;
    this.height = height;
  }

  async rgb({ width, height }: Size = this): Promise<Pixels> {
    return await this.#scaled({ width, height });
  }

  // By way of RGB: FFmpeg's JPEGs hold limited-range luma that says it is full-range, and look washed
  // out (black is 16, white is 235).
  async jpeg(size: Size, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    const pixels = await this.#scaled(size);
    try {
      return await new PixelPicture(pixels).jpeg(size, quality);
    } finally {
      pixelPool.giveBack(pixels.data.buffer);
    }
  }

  async grey(size: Size): Promise<Uint8Array> {
    if (isUpright(this.#orientation)) return await this.#converted(AV_PIX_FMT_GRAY8, size);
    return await new PixelPicture(await this.#scaled(size)).grey(size);
  }

  close(): void {
    this.frame.free();
  }

  async #scaled(size: Size): Promise<Pixels> {
    const stored = turnedSize(size, this.#orientation);
    const data = await this.#converted(AV_PIX_FMT_RGB24, stored);
    return turned({ ...stored, data }, this.#orientation);
  }

  #converted(format: AVPixelFormat, size: Size): Promise<Uint8Array<ArrayBuffer>> {
    return this.converters.convert(this.frame, format, size);
  }
}

/** A frame's size with pixels as wide as high: players keep the height. */
function squared({ width, height, sampleAspectRatio: { num, den } }: Frame): Size {
  const shape = num > 0 && den > 0 ? num / den : 1;
  if (shape === 1 || shape > STRETCH_MAX || shape < 1 / STRETCH_MAX) return { width, height };
  return { width: Math.max(1, Math.round(width * shape)), height };
}

/** Scales and converts frames, one after the other. */
class Converter {
  readonly #scaler = new SoftwareScaleContext();
  readonly #out = new Frame();

  constructor() {
    this.#scaler.allocContext();
    this.#out.alloc();
  }

  /** What the frame says of its colours (matrix, range) is honoured. @returns rows without padding. */
  async convert(
    frame: Frame,
    format: AVPixelFormat,
    { width, height }: Size,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const out = this.#out;
    if (!this.madeLast(format, { width, height })) {
      out.unref();
      Object.assign(out, { width, height, format });
    }
    const code = await this.#scaler.scaleFrame(out, frame);
    if (code < 0) throw cannotConvert(frame, code);
    return packed(
      out.data![0]!,
      out.linesize[0]!,
      format === AV_PIX_FMT_RGB24 ? 3 * width : width,
      height,
    );
  }

  /** Whether it made a picture of that format and size last. */
  madeLast(format: AVPixelFormat, { width, height }: Size): boolean {
    const { width: lastWidth, height: lastHeight, format: lastFormat } = this.#out;
    return lastWidth === width && lastHeight === height && lastFormat === format;
  }

  close(): void {
    this.#scaler.freeContext();
    this.#out.free();
  }
}

function cannotConvert({ width, height }: Frame, code: number): SmarteyeError {
  return new SmarteyeError(
    "failed_precondition",
    `Cannot convert a frame of ${width}×${height}: ${FFmpegError.strerror(code)}, ` +
      `pixels in a format that FFmpeg scales are wanted`,
  );
}

function packed(
  data: Uint8Array,
  lineBytes: number,
  rowBytes: number,
  rows: number,
): Uint8Array<ArrayBuffer> {
  const out = pixelPool.take(rowBytes * rows);
  if (lineBytes === rowBytes) {
    out.set(data.subarray(0, out.length));
    return out;
  }
  for (let row = 0; row < rows; row++) {
    out.set(data.subarray(row * lineBytes, row * lineBytes + rowBytes), row * rowBytes);
  }
  return out;
}

/** Converters that are kept although nothing is to be converted. */
const IDLE_MAX = 8;

/**
 * Converters for as many conversions as run at once. One that did the same before is taken first: its
 * tables are made, which takes a tenth of a second where colours of wide gamut are mapped.
 */
export class ConverterPool {
  /** The one that was used last is the last. */
  readonly #idle: Converter[] = [];
  #closed = false;

  /**
   * Converts a frame, as it says its colours are.
   *
   * @returns rows without padding: `height × width × 3` bytes of RGB, `height × width` of grey.
   * @internal
   */
  async convert(
    frame: Frame,
    format: AVPixelFormat,
    size: Size,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const converter = this.#taken(format, size) ?? new Converter();
    try {
      return await converter.convert(frame, format, size);
    } finally {
      this.#idle.push(converter);
      if (this.#closed || this.#idle.length > IDLE_MAX) this.#idle.shift()!.close();
    }
  }

  #taken(format: AVPixelFormat, size: Size): Converter | undefined {
    const place = this.#idle.findLastIndex((one) => one.madeLast(format, size));
    if (place >= 0) return this.#idle.splice(place, 1)[0];
    return this.#idle.length >= IDLE_MAX ? this.#idle.shift() : undefined;
  }

  /** Gives back those that are idle, and each other when it is. */
  close(): void {
    this.#closed = true;
    for (const converter of this.#idle.splice(0)) converter.close();
  }
}
