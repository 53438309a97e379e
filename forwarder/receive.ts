/** From an HTTP request to checked work for a server: everything a stranger can get wrong. */

import type { Clock } from "../core/clock.ts";
import { isSmarteyeError, messageOf, SmarteyeError } from "../core/errors.ts";
import type { Limits } from "../core/limits.ts";
import { SENT_TYPES } from "../core/image_formats.ts";
import { InferFields } from "../proto/http_codec.ts";
import { type BodyLimits, readBody } from "../web/body.ts";
import type { Work } from "./attempt.ts";
import { readImageSize } from "./image_header.ts";

/** What is needed to receive a request. */
export interface ReceiveOptions {
  /** Measures how long the body takes. */
  readonly clock: Clock;
  /** When the request arrived, on the clock's `nowMs`. */
  readonly arrivedAtMs: number;
  /** Milliseconds from its arrival that a request may take. */
  readonly deadlineMs: number;
  /** What a stranger may ask for. */
  readonly limits: Limits;
  /**
   * Called with the name of the model as soon as it is known, before the body is read where it is
   * in the query; what it throws refuses the request.
   */
  readonly onModel: (model: string) => void;
  /** Called with the size of each piece of the body as it comes. */
  readonly onBytes: (bytes: number) => void;
}

/** Work that is worth a server's time: of the image, only its header has been read. */
export interface ReceivedWork extends Work {
  /** When its answer is too late, on the clock's `nowMs`. */
  readonly deadlineAtMs: number;
  /** When the last byte of the body arrived, on the clock's `nowMs`. */
  readonly receivedAtMs: number;
}

/** A body, and when it was there. */
interface ReceivedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly receivedAtMs: number;
}

/**
 * Reads and checks a `POST /image_handler`: an image with its fields in the query, or a form.
 *
 * @throws {SmarteyeError} with the code that the client is to see.
 */
export async function receive(
  request: Request,
  options: ReceiveOptions,
): Promise<ReceivedWork> {
  const type = mediaType(request.headers.get("content-type"));
  // Not by way of `URL`: a Host header that is none would make it throw.
  const query = Object.fromEntries(new URLSearchParams(/\?([^#]*)/.exec(request.url)?.[1] ?? ""));
  if (SENT_TYPES.includes(type)) {
    const fields = checkFields(query);
    options.onModel(fields.model);
    const body = await readInTime(request, deadlineOf(fields, options), options);
    return workOf(fields, body, options);
  }
  if (type === "multipart/form-data") {
    const latestAtMs = options.arrivedAtMs + options.deadlineMs;
    const { bytes, receivedAtMs } = await readInTime(request, latestAtMs, options);
    const form = await parseForm(request, bytes);
    const fields = checkFields({ ...query, ...textsOf(form) });
    options.onModel(fields.model);
    return workOf(fields, { bytes: await imageOf(form), receivedAtMs }, options);
  }
  throw unsupported("the body", type, [...SENT_TYPES, "multipart/form-data"]);
}

function workOf(
  fields: InferFields,
  { bytes, receivedAtMs }: ReceivedBody,
  options: ReceiveOptions,
): ReceivedWork {
  readImageSize(bytes, options.limits.pixelsMax);
  return {
    request: { model: fields.model, service: fields.service },
    image: { kind: "encoded", bytes },
    deadlineAtMs: deadlineOf(fields, options),
    receivedAtMs,
  };
}

function deadlineOf({ deadline_ms }: InferFields, options: ReceiveOptions): number {
  return options.arrivedAtMs + Math.min(deadline_ms ?? Infinity, options.deadlineMs);
}

/** Reads the body before its own timeout and before the request's deadline. */
async function readInTime(
  request: Request,
  deadlineAtMs: number,
  { clock, limits, onBytes }: ReceiveOptions,
): Promise<ReceivedBody> {
  const leftMs = Math.max(0, deadlineAtMs - clock.nowMs());
  const timeoutMs = Math.min(limits.bodyTimeoutMs, leftMs);
  let receivedAtMs = clock.nowMs();
  const bounds: BodyLimits = {
    bytesMax: limits.bodyBytesMax,
    timeoutMs,
    onBytes(bytes) {
      receivedAtMs = clock.nowMs(); // that there is no more is seen later
      onBytes(bytes);
    },
  };
  try {
    const bytes = await readBody(request, bounds, clock);
    // One that did not say how long it is ends with what tells that it does.
    if (!request.headers.has("content-length")) receivedAtMs = clock.nowMs();
    return { bytes, receivedAtMs };
  } catch (error) {
    if (!isSmarteyeError(error, "request_timeout") || leftMs >= limits.bodyTimeoutMs) throw error;
    throw new SmarteyeError(
      "deadline_exceeded",
      `${error.message} (the request's deadline)`,
      { cause: error },
    );
  }
}

function checkFields(found: Readonly<Record<string, string>>): InferFields {
  const parsed = InferFields.safeParse(found);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = path.join(".");
    const value = found[name];
    return value === undefined
      ? `${name} is missing`
      : `${name} is ${JSON.stringify(value.slice(0, 100))} (${message})`;
  });
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the request's fields: ${problems.join("; ")}; ` +
      "model, and if wanted service, deadline_ms and frame are wanted",
  );
}

async function parseForm(request: Request, body: Uint8Array<ArrayBuffer>): Promise<FormData> {
  const headers = { "content-type": request.headers.get("content-type") ?? "" };
  try {
    return await new Response(body, { headers }).formData();
  } catch (cause) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the form: ${messageOf(cause)}, multipart/form-data is wanted`,
      { cause },
    );
  }
}

/** The form's fields that are not files. */
function textsOf(form: FormData): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of form) {
    if (typeof value === "string") texts[name] = value;
  }
  return texts;
}

async function imageOf(form: FormData): Promise<Uint8Array<ArrayBuffer>> {
  const image = form.get("image");
  if (!(image instanceof File)) {
    const names = [...new Set(form.keys())].join(", ").slice(0, 200) || "nothing";
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot find the image: the form has ${names}, a file called "image" is wanted`,
    );
  }
  const type = mediaType(image.type);
  // Senders that have only bytes say nothing or `application/octet-stream`: the header tells then.
  if (!["", "application/octet-stream", ...SENT_TYPES].includes(type)) {
    throw unsupported("the image", type, SENT_TYPES);
  }
  return new Uint8Array(await image.arrayBuffer());
}

/** The type of a `Content-Type`, without its parameters; empty when there is none. */
function mediaType(contentType: string | null): string {
  return (contentType ?? "").split(";")[0]!.trim().toLowerCase();
}

function unsupported(what: string, found: string, wanted: readonly string[]): SmarteyeError {
  return new SmarteyeError(
    "unsupported_media_type",
    `Cannot read ${what}: its content type is ${JSON.stringify(found.slice(0, 100))}, ` +
      `one of ${wanted.join(", ")} is wanted`,
  );
}
