/** The size of an encoded image, from its header alone. The only importer of image-size. */

import { disableTypes, imageSize, types } from "image-size";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Size } from "../core/frame.ts";
import { SENT_FORMATS } from "../core/image_formats.ts";

const TAKEN: readonly string[] = SENT_FORMATS.filter((format) => format !== "jpeg"); // see `jpegSize`

// What is not offered is not parsed: every parser is one more way in.
disableTypes(types.filter((type) => !TAKEN.includes(type)));

/** Bytes in which a PNG's or a WebP's header has to be: it comes first. */
const HEADER_BYTES_MAX = 64 * 1024;

/** Markers that no segment follows: TEM and RST0 to RST7 (ITU-T T.81, table B.1). */
const ALONE: ReadonlySet<number> = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]);

/** Markers with which a JPEG begins anew, ends, or comes to its pixels: SOI, EOI, SOS. */
const TOO_LATE: ReadonlySet<number> = new Set([0xd8, 0xd9, 0xda]);

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
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegSize(bytes);
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

/**
 * The size in a JPEG's frame header (ITU-T T.81, B.1.1.4 and B.2.2), found as libjpeg finds it: from
 * segment to segment, however long, and past whatever is between two of them. image-size steps on byte
 * by byte, for a third of a second on a file of 1 MB that was made for it.
 */
function jpegSize(bytes: Uint8Array): Size {
  const word = (at: number) => bytes[at]! << 8 | bytes[at + 1]!;
  for (let at = 2;;) {
    at = bytes.indexOf(0xff, at);
    while (at !== -1 && bytes[at] === 0xff) at++; // fill bytes
    const marker = bytes[at];
    if (at === -1 || marker === undefined || TOO_LATE.has(marker)) break;
    at++;
    if (marker === 0 || ALONE.has(marker)) continue;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame && at + 7 <= bytes.length) return { width: word(at + 5), height: word(at + 3) };
    const length = at + 2 <= bytes.length ? word(at) : 0;
    if (length < 2) break;
    at += length;
  }
  throw new Error("its JPEG header is broken");
}
