/** Encoded images ↔ pixels. The only importer of sharp. */

import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp";

import { concatBytes, ownBytes } from "./bytes.ts";
import { messageOf, SmarteyeError } from "./errors.ts";
import type { CapturedPicture, Pixels, Size } from "./frame.ts";
import { formatOf } from "./image_formats.ts";
import { pixelPool } from "./pixel_pool.ts";

// One libvips thread an image: many images are worked on at once, and the cores belong to inference.
sharp.concurrency(1);
sharp.cache(false);

/** Of libvips, which sharp has loaded, where it is the one that sharp was built with. */
export const LIBVIPS_VERSION: string = sharp.versions.vips;

/** Limits on what is decoded. */
export interface ImageLimits {
  /** Pixels (width × height) that an image may have. */
  readonly pixelsMax: number;
  /** Formats that are taken, as sharp names them (`jpeg`, `png` …); all that it reads when absent. */
  readonly formats?: readonly string[];
}

/** An encoded image (JPEG, PNG, WebP, …) whose header has been read; pixels are decoded on demand. */
export class EncodedImage implements CapturedPicture {
  private constructor(
    private readonly bytes: Uint8Array,
    readonly width: number,
    readonly height: number,
    readonly ptsMs: number,
    private readonly page: number = 0,
  ) {}

  /**
   * Reads the header of an encoded image; EXIF orientation is honoured. Of several pictures in it, it
   * is the first.
   *
   * @throws {SmarteyeError} `invalid_argument` when the bytes are not an image,
   * `payload_too_large` when it has more pixels than `limits` allows.
   */
  static async open(bytes: Uint8Array, limits: ImageLimits, ptsMs = 0): Promise<EncodedImage> {
    const { width, height } = sizeOf(await headerOf(bytes, limits), limits);
    return new EncodedImage(bytes, width, height, ptsMs);
  }

  /**
   * Reads the header of an image that may hold several pictures, such as an animation.
   *
   * @param shownMs milliseconds that one is shown where the file does not say.
   * @returns each of them; each begins to be shown at its `ptsMs`.
   * @throws {SmarteyeError} as `open` does.
   */
  static async openAll(
    bytes: Uint8Array,
    limits: ImageLimits,
    shownMs: number,
  ): Promise<EncodedImage[]> {
    const header = await headerOf(bytes, limits);
    const { width, height } = sizeOf(header, limits);
    let ptsMs = 0;
    return Array.from({ length: header.pages ?? 1 }, (_, page) => {
      const image = new EncodedImage(bytes, width, height, ptsMs, page);
      ptsMs += header.delay?.[page] || shownMs;
      return image;
    });
  }

  async rgb({ width, height }: Size = this): Promise<Pixels> {
    const data = await this.#scaled({ width, height }).raw().toBuffer().catch((cause) => {
      throw notAnImage(cause);
    });
    return { width, height, data: ownBytes(data) };
  }

  async jpeg(size: Size, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    const data = await this.#scaled(size).jpeg({ quality }).toBuffer().catch((cause) => {
      throw notAnImage(cause);
    });
    return ownBytes(data);
  }

  async grey(size: Size): Promise<Uint8Array> {
    return await greyOf(this.#scaled(this), size).catch((cause) => {
      throw notAnImage(cause);
    });
  }

  close(): void {}

  #scaled(size: Size) {
    const image = rgbOf(this.bytes, { limitInputPixels: false, page: this.page });
    if (size.width === this.width && size.height === this.height) return image;
    return image.resize(size.width, size.height, { fit: "fill", kernel: "linear" });
  }
}

/**
 * Decodes an image in one go: as `EncodedImage.open` and then `rgb`, but the header is read once, which
 * is a tenth of the time.
 *
 * @throws {SmarteyeError} as `EncodedImage.open` does.
 */
export async function decodedPixels(bytes: Uint8Array, limits: ImageLimits): Promise<Pixels> {
  const format = formatOf(bytes);
  const isTaken = format !== undefined && (limits.formats?.includes(format) ?? true);
  // Another format, or too large: that is told in the words of who reads the header alone.
  if (!isTaken) return await (await EncodedImage.open(bytes, limits)).rgb();
  const decoded = async (bytes: Uint8Array, failOn: SharpOptions["failOn"]) => {
    const options = { limitInputPixels: limits.pixelsMax, failOn };
    const { data, info } = await rgbOf(bytes, options).raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: ownBytes(data) };
  };
  try {
    return await decoded(bytes, "error");
  } catch (cause) {
    await EncodedImage.open(bytes, limits);
    // Some cameras leave a JPEG's end marker out, and nothing else: a picture that lacks more warns.
    const ended = endedJpeg(bytes);
    if (ended) {
      return await decoded(ended, "warning").catch(() => Promise.reject(notAnImage(cause)));
    }
    throw notAnImage(cause);
  }
}

/** A JPEG that lacks its end marker (EOI, ITU-T T.81), with one; nothing of any other file. */
function endedJpeg(bytes: Uint8Array): Uint8Array | undefined {
  const isEnded = bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9;
  if (formatOf(bytes) !== "jpeg" || isEnded) return undefined;
  return concatBytes([bytes, Uint8Array.of(0xff, 0xd9)]);
}

/** Upright, and in three colours, whatever the file has. */
function rgbOf(
  bytes: Uint8Array,
  options: Pick<SharpOptions, "limitInputPixels" | "page" | "failOn">,
): Sharp {
  // A colour profile is left aside, as OpenCV does: detectors were trained on such pixels.
  return sharp(bytes, { failOn: "error", ignoreIcc: true, ...options })
    .autoOrient().flatten().toColourspace("srgb").removeAlpha();
}

async function headerOf(bytes: Uint8Array, { formats }: ImageLimits): Promise<Metadata> {
  // sharp throws at once when there are no bytes at all.
  const read = () => sharp(bytes, { limitInputPixels: false }).metadata();
  const header = await Promise.try(read).catch((cause) => {
    throw notAnImage(cause);
  });
  if (!formats || formats.includes(header.format)) return header;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the image: it is ${header.format}, ${formats.join(" or ")} is wanted`,
  );
}

function sizeOf({ autoOrient }: Metadata, { pixelsMax }: ImageLimits): Size {
  const { width, height } = autoOrient;
  if (width * height <= pixelsMax) return { width, height };
  throw new SmarteyeError(
    "payload_too_large",
    `Cannot read the image: it has ${width}×${height} = ${
      megapixels(width * height)
    } megapixels, ` +
      `at most ${megapixels(pixelsMax)} are allowed`,
  );
}

/** Pixels as a picture: what a rendered scene or a test delivers. */
export class PixelPicture implements CapturedPicture {
  /** Pixels, as in the pixels given. */
  readonly width: number;
  /** Pixels, as in the pixels given. */
  readonly height: number;

  /** Keeps `pixels` and never writes to them: `rgb` hands out copies. */
  constructor(private readonly pixels: Pixels, readonly ptsMs = 0) {
    this.width = pixels.width;
    this.height = pixels.height;
  }

  async rgb({ width, height }: Size = this): Promise<Pixels> {
    if (width !== this.width || height !== this.height) {
      const data = await this.#scaled({ width, height }).raw().toBuffer();
      return { width, height, data: ownBytes(data) };
    }
    const data = pixelPool.take(this.pixels.data.length);
    data.set(this.pixels.data);
    return { ...this.pixels, data };
  }

  async jpeg(size: Size, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    return ownBytes(await this.#scaled(size).jpeg({ quality }).toBuffer());
  }

  grey(size: Size): Promise<Uint8Array> {
    return greyOf(raw(this.pixels), size);
  }

  close(): void {}

  #scaled({ width, height }: Size): Sharp {
    const image = raw(this.pixels);
    if (width === this.width && height === this.height) return image;
    return image.resize(width, height, { fit: "fill", kernel: "linear" });
  }
}

/** Of an image of sRGB pixels. */
async function greyOf(image: Sharp, { width, height }: Size): Promise<Uint8Array> {
  return await image.resize(width, height, { fit: "fill", kernel: "linear" })
    .toColourspace("b-w").raw().toBuffer();
}

/**
 * Encodes pixels as JPEG, fast: the codes are the standard ones, not the best for this picture, which
 * takes 0.6 of the time and 1.09 of the bytes.
 *
 * @param quality 1 (smallest) to 100 (best).
 */
export async function pixelsJpeg(
  pixels: Pixels,
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return ownBytes(await raw(pixels).jpeg({ quality, optimiseCoding: false }).toBuffer());
}

/** Encodes pixels as PNG, without a loss, and fast rather than small. */
export async function pixelsPng(pixels: Pixels): Promise<Uint8Array<ArrayBuffer>> {
  return ownBytes(await raw(pixels).png({ compressionLevel: 1 }).toBuffer());
}

/** Renders an SVG into RGBA, `height × width × 4` bytes. */
export async function renderSvg(svg: string, size: Size): Promise<Uint8Array<ArrayBuffer>> {
  const data = await sharp(new TextEncoder().encode(svg))
    .resize(size.width, size.height, { fit: "fill" }).ensureAlpha().raw().toBuffer();
  return ownBytes(data);
}

function raw(pixels: Pixels) {
  return sharp(pixels.data, {
    raw: { width: pixels.width, height: pixels.height, channels: 3 },
    limitInputPixels: false,
  });
}

function notAnImage(cause: unknown): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot read the image: ${messageOf(cause)}; a whole JPEG, PNG or WebP file is wanted`,
    { cause },
  );
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toFixed(1);
}
