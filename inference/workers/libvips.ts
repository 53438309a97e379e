/**
 * libvips, which sharp brings, called on this thread: a picture's pixels without the threads, and the
 * handing over between them, that sharp has for every picture. Only what needs no conversion.
 * https://www.libvips.org/API/current/
 */

import { messageOf } from "../../core/errors.ts";
import type { Pixels } from "../../core/frame.ts";
import { LIBVIPS_VERSION } from "../../core/image.ts";
import { logger } from "../../core/log.ts";

const log = logger("inference");

/** `vips_jpegload_buffer(buffer, length, &image, "access", access, "fail_on", level, NULL)`. */
const LOAD = {
  parameters: ["buffer", "usize", "buffer", "buffer", "i32", "buffer", "i32", "pointer"],
  result: "i32",
} as const;

const OF_IMAGE = { parameters: ["pointer"], result: "i32" } as const;

const SYMBOLS = {
  vips_jpegload_buffer: LOAD,
  vips_pngload_buffer: LOAD,
  vips_webpload_buffer: LOAD,
  vips_image_get_width: OF_IMAGE,
  vips_image_get_height: OF_IMAGE,
  vips_image_get_bands: OF_IMAGE,
  vips_image_get_format: OF_IMAGE,
  vips_image_get_interpretation: OF_IMAGE,
  vips_image_get_orientation: OF_IMAGE,
  vips_region_new: { parameters: ["pointer"], result: "pointer" },
  vips_region_fetch: {
    parameters: ["pointer", "i32", "i32", "i32", "i32", "buffer"],
    result: "pointer",
  },
  vips_error_clear: { parameters: [], result: "void" },
  g_object_unref: { parameters: ["pointer"], result: "void" },
  g_free: { parameters: ["pointer"], result: "void" },
} as const;

type Functions = ReturnType<typeof open>["symbols"];

/** Names of settings, as C has them. */
const [ACCESS, FAIL_ON] = ["access", "fail_on"].map((name) =>
  new TextEncoder().encode(`${name}\0`)
) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];

/** `VIPS_ACCESS_SEQUENTIAL`, `VIPS_FAIL_ON_ERROR`: as sharp loads pictures. */
const SEQUENTIAL = 1, ON_ERROR = 2;

/** `VIPS_FORMAT_UCHAR`, `VIPS_INTERPRETATION_sRGB`. */
const BYTES = 0, SRGB = 22;

/** As EXIF has it: upright. */
const UPRIGHT = 1;

/** Rows that are decoded at a time: a row of JPEG's blocks, which stays in the processor's cache. */
const ROWS = 16;

/** Limits on a picture, and where its pixels go. */
export interface PixelsAsked {
  /** Pixels (width × height) that it may have. */
  readonly pixelsMax: number;
  /** Memory of so many bytes, which may hold anything. */
  readonly memory: (bytes: number) => Uint8Array<ArrayBuffer>;
}

/** The library, opened. */
export class Libvips {
  /** Where functions put what they return beside their result. */
  readonly #pointer = new BigUint64Array(1);
  readonly #length = new BigUint64Array(1);

  private constructor(private readonly vips: Functions) {}

  /**
   * The one that sharp has loaded, which has a name of its own in this process; nothing where it has
   * another name, or functions of libraries may not be called.
   */
  static open(): Libvips | undefined {
    if (Deno.build.os !== "linux") return undefined;
    try {
      return new Libvips(open().symbols);
    } catch (error) {
      log.debug("pictures are decoded by sharp: {error}", { error: messageOf(error) });
      return undefined;
    }
  }

  /**
   * The very pixels that `decodedPixels` of core/image.ts gives, where the file has them as they are: 8
   * bits, in three colours, upright. Blocks this thread.
   *
   * @returns nothing of any other file, and of one that is broken or too large: sharp tells what it is.
   */
  rgb(format: string, file: Uint8Array<ArrayBuffer>, asked: PixelsAsked): Pixels | undefined {
    const load = this.#loaderOf(format);
    const settings = [ACCESS, SEQUENTIAL, FAIL_ON, ON_ERROR, null] as const;
    if (!load || load(file, BigInt(file.length), this.#pointer, ...settings) !== 0) {
      return this.#failed();
    }
    const image = Deno.UnsafePointer.create(this.#pointer[0]!)!;
    try {
      return this.#isPlain(image) ? this.#pixelsOf(image, asked) : undefined;
    } finally {
      this.vips.g_object_unref(image);
    }
  }

  #loaderOf(format: string): Functions["vips_jpegload_buffer"] | undefined {
    switch (format) {
      case "jpeg":
        return this.vips.vips_jpegload_buffer;
      case "png":
        return this.vips.vips_pngload_buffer;
      case "webp":
        return this.vips.vips_webpload_buffer;
      default:
        return undefined;
    }
  }

  #isPlain(image: Deno.PointerObject): boolean {
    const { vips } = this;
    return vips.vips_image_get_bands(image) === 3 &&
      vips.vips_image_get_format(image) === BYTES &&
      vips.vips_image_get_interpretation(image) === SRGB &&
      vips.vips_image_get_orientation(image) === UPRIGHT;
  }

  #pixelsOf(image: Deno.PointerObject, { pixelsMax, memory }: PixelsAsked): Pixels | undefined {
    const { vips } = this;
    const width = vips.vips_image_get_width(image);
    const height = vips.vips_image_get_height(image);
    if (width * height > pixelsMax) return undefined;
    const data = memory(3 * width * height);
    const region = vips.vips_region_new(image);
    try {
      for (let top = 0; top < height; top += ROWS) {
        const rows = Math.min(ROWS, height - top);
        const strip = vips.vips_region_fetch(region, 0, top, width, rows, this.#length);
        if (strip === null) return this.#failed();
        const at = 3 * width * top;
        Deno.UnsafePointerView.copyInto(strip, data.subarray(at, at + 3 * width * rows));
        vips.g_free(strip);
      }
    } finally {
      vips.g_object_unref(region);
    }
    return { width, height, data };
  }

  /** What is wrong is told by who is asked next. */
  #failed(): undefined {
    this.vips.vips_error_clear();
  }
}

function open() {
  return Deno.dlopen(`libvips-cpp.so.${LIBVIPS_VERSION}`, SYMBOLS);
}
