/** The parts of a form. The only importer of the multipart parser. */

import { parseMultipart } from "@remix-run/multipart-parser";
import { messageOf, SmarteyeError } from "../core/errors.ts";

/** Parts that a form may have: more are asked for by nobody. */
const PARTS_MAX = 32;

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
      const boundary = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType ?? "");
      const parts = parseMultipart(body, {
        boundary: boundary?.[1] ?? boundary?.[2] ?? missing("a boundary in its content type"),
        maxFileSize: body.length,
        maxTotalSize: body.length,
        maxParts: PARTS_MAX,
      });
      for (const { name, mediaType = "", bytes } of parts) {
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

function missing(what: string): never {
  throw new Error(`${what} is missing`);
}
