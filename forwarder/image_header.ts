/** The size of an encoded image, from its header alone. The only importer of image-size. */

import { disableTypes, imageSize, types } from "image-size";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Size } from "../core/frame.ts";
import { SENT_FORMATS } from "../core/image_formats.ts";

const TAKEN: readonly string[] = SENT_FORMATS.filter((format) => format !== "jpeg"); // see `jpegSize`

// What is not offered is not parsed: every parser is one more way in.
disableTypes(types.filter((type) => !TAKEN.includes(type)));

/** Bytes in which the header has to be: room for large metadata, and a bound on the search. */
const HEADER_BYTES_MAX = 1024 * 1024;

/** Segments before a JPEG's frame header: cameras and editors write some dozens. */
const JPEG_SEGMENTS_MAX = 1000;

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
    const header = bytes.subarray(0, HEADER_BYTES_MAX);
    return header[0] === 0xff && header[1] === 0xd8 ? jpegSize(header) : imageSize(header);
  } catch (cause) {
    const found = bytes.length === 0 ? "there are no bytes" : messageOf(cause);
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the image: ${found}, a whole JPEG, PNG or WebP file is wanted`,
      { cause },
    );
  }
}

/**
 * The size in a JPEG's frame header (ITU-T T.81, B.1.1.4 and B.2.2). Jumps from segment to segment and
 * gives up at the first byte that is none: image-size steps on byte by byte, for a third of a second
 * on a file that was made for it.
 */
function jpegSize(bytes: Uint8Array): Size {
  const word = (at: number) => bytes[at]! << 8 | bytes[at + 1]!;
  for (let at = 2, segments = 0; segments < JPEG_SEGMENTS_MAX; segments++) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++; // fill bytes
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined || at + 9 > bytes.length) break;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: word(at + 7), height: word(at + 5) };
    const length = word(at + 2);
    if (length < 2) break;
    at += 2 + length;
  }
  throw new Error("its JPEG header is broken");
}
