/** The parts of a form. The only importer of the multipart parser. */

import { Buffer } from "node:buffer";
import { MultipartPart } from "@remix-run/multipart-parser";
import { messageOf, SmarteyeError } from "../core/errors.ts";

/** Parts that a form may have, and bytes of a part's header: more are needed by nobody. */
const PARTS_MAX = 32, HEADER_BYTES_MAX = 8192;

/** A part, be it a text or a file: senders of images often do not say that they are. */
export interface FormPart {
  /** Its own content type; empty where it says none. */
  readonly type: string;
  /** What it holds. */
  readonly bytes: Uint8Array;
}

/** A form's parts by their names; of several of a name, the first. */
export class Form {
  readonly #parts = new Map<string, FormPart>();

  /**
   * Reads the body of a `multipart/form-data` (RFC 7578).
   *
   * @throws {SmarteyeError} `invalid_argument`.
   */
  static parse(contentType: string | null, body: Uint8Array): Form {
    const form = new Form();
    try {
      for (const { name, mediaType = "", bytes } of partsOf(body, boundaryOf(contentType))) {
        if (name && !form.#parts.has(name)) form.#parts.set(name, { type: mediaType, bytes });
      }
    } catch (cause) {
      throw new SmarteyeError(
        "invalid_argument",
        `Cannot read the form: ${messageOf(cause)}, multipart/form-data is wanted`,
        { cause },
      );
    }
    return form;
  }

  /** The texts of all parts but those named, by their names. */
  textsBut(...names: readonly string[]): Record<string, string> {
    const texts = [...this.#parts].filter(([name]) => !names.includes(name))
      .map(([name, { bytes }]) => [name, new TextDecoder().decode(bytes)] as const);
    return Object.fromEntries(texts);
  }

  /** The part called `image`. @throws {SmarteyeError} `invalid_argument` when there is none. */
  get image(): FormPart {
    const image = this.#parts.get("image");
    if (image) return image;
    const names = [...this.#parts.keys()].join(", ").slice(0, 200) || "nothing";
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot find the image: the form has ${names}, a file called "image" is wanted`,
    );
  }
}

function boundaryOf(contentType: string | null): string {
  const found = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? "");
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw new Error("its content type has no boundary");
  return boundary;
}

/**
 * The parts between the boundaries (RFC 2046, 5.1.1). Boundaries are looked for in a string: V8 takes
 * linear time for it, where the parser's own search takes seconds for a body made for that.
 */
function* partsOf(body: Uint8Array, boundary: string): Generator<MultipartPart> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const text = `\r\n${bytes.toString("latin1")}`; // the first one stands at a line's beginning, too
  const between = (from: number, to: number) => bytes.subarray(from - 2, to - 2);
  const delimiter = `\r\n--${boundary}`;
  let at = text.indexOf(delimiter);
  for (let parts = 0; at !== -1; parts++) {
    const begin = at + delimiter.length;
    if (text.startsWith("--", begin)) return;
    if (parts === PARTS_MAX) throw new Error(`it has more than ${PARTS_MAX} parts`);
    at = text.indexOf(delimiter, begin);
    const header = text.indexOf("\r\n", begin) + 2;
    const headerEnd = text.indexOf("\r\n\r\n", header - 2);
    if (at === -1 || headerEnd === -1 || headerEnd > at) break;
    if (headerEnd - header > HEADER_BYTES_MAX) {
      throw new Error(`a part's header has more than ${HEADER_BYTES_MAX} bytes`);
    }
    yield new MultipartPart(between(header, headerEnd), [between(headerEnd + 4, at)]);
  }
  throw new Error(at === -1 ? "a boundary is missing" : "a part has no header");
}
