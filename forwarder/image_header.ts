/** The size of an encoded image, from its header alone. The only importer of image-size. */

import { disableTypes, imageSize, types } from "image-size";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Size } from "../core/frame.ts";

const TAKEN = ["jpg", "png", "webp"];

// What is not offered is not parsed: every parser is one more way in.
disableTypes(types.filter((type) => !TAKEN.includes(type)));

/** Bytes in which the header has to be: room for large metadata, and a bound on the search. */
const HEADER_BYTES_MAX = 1024 * 1024;

/**
 * Width and height of a JPEG, PNG or WebP file as its header claims them. Nothing is decoded.
 *
 * @throws {SmarteyeError} `invalid_argument` when the bytes are not such an image,
 * `payload_too_large` when it has more than `pixelsMax` pixels.
 */
export function readImageSize(bytes: Uint8Array, pixelsMax: number): Size {
  const { width, height } = parse(bytes);
  if (!(width > 0 && height > 0)) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the image: its header says ${width}×${height} pixels, at least 1×1 is wanted`,
    );
  }
  if (width * height > pixelsMax) {
    throw new SmarteyeError(
      "payload_too_large",
      `Cannot take the image: it has ${width}×${height} pixels, at most ${pixelsMax} are wanted`,
    );
  }
  return { width, height };
}

function parse(bytes: Uint8Array): Size {
  try {
    return imageSize(bytes.subarray(0, HEADER_BYTES_MAX));
  } catch (cause) {
    const found = bytes.length === 0 ? "there are no bytes" : messageOf(cause);
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the image: ${found}, a whole JPEG, PNG or WebP file is wanted`,
      { cause },
    );
  }
}
