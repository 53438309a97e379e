/** Our own wire: an image with its fields in the query, or a form. */

import { SmarteyeError } from "../../core/errors.ts";
import { SENT_TYPES } from "../../core/image_formats.ts";
import { inferAnswerOf, InferFields } from "../../proto/http_codec.ts";
import { json, refuse } from "../../web/answers.ts";
import { foundIn } from "../backend.ts";
import { Form } from "../form.ts";
import { readImageSize } from "../image_header.ts";
import {
  deadlineOf,
  mediaType,
  readInTime,
  type ReceivedBody,
  type ReceivedWork,
  type ReceiveOptions,
  unsupported,
} from "../receive.ts";
import type { Wire } from "./wire.ts";

/** What an image is sent as. What it is, its bytes tell: some call a JPEG so, others call it nothing. */
export const IMAGE_TYPES: readonly string[] = [
  ...SENT_TYPES,
  "image/jpg",
  "application/octet-stream",
];

/** `POST /image_handler`. */
export const smarteyeWire: Wire = {
  name: "smarteye",
  receive,
  answer: (_, reply, told) => json(inferAnswerOf(foundIn(reply), told)),
  refuse,
};

async function receive(request: Request, options: ReceiveOptions): Promise<ReceivedWork> {
  const contentType = request.headers.get("content-type");
  const type = mediaType(contentType);
  // Not by way of `URL`: a Host header that is none would make it throw.
  const query = Object.fromEntries(new URLSearchParams(/\?([^#]*)/.exec(request.url)?.[1] ?? ""));
  if (IMAGE_TYPES.includes(type)) {
    const fields = checkFields(query);
    if (fields.frame !== undefined) options.onFrame(fields.frame);
    options.onModel(fields.model);
    const deadlineAtMs = deadlineOf(fields.deadline_ms, options);
    return workOf(fields, await readInTime(request, deadlineAtMs, options), options);
  }
  if (type === "multipart/form-data") {
    const latestAtMs = deadlineOf(undefined, options);
    const { bytes, receivedAtMs } = await readInTime(request, latestAtMs, options);
    const form = Form.parse(contentType, bytes);
    const fields = checkFields({ ...query, ...form.textsBut("image") });
    if (fields.frame !== undefined) options.onFrame(fields.frame);
    options.onModel(fields.model);
    return workOf(fields, { bytes: imageOf(form), receivedAtMs }, options);
  }
  throw unsupported("the body", "type", type, [
    ...SENT_TYPES,
    ...["multipart/form-data", "application/x-www-form-urlencoded"],
  ]);
}

function workOf(
  fields: InferFields,
  { bytes, receivedAtMs }: Pick<ReceivedBody, "receivedAtMs"> & { readonly bytes: Uint8Array },
  options: ReceiveOptions,
): ReceivedWork {
  readImageSize(bytes, options.limits.pixelsMax);
  return {
    request: { model: fields.model, service: fields.service },
    image: { kind: "encoded", bytes },
    deadlineAtMs: deadlineOf(fields.deadline_ms, options),
    receivedAtMs,
  };
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

function imageOf(form: Form): Uint8Array {
  const { type: said, bytes } = form.image;
  const type = mediaType(said);
  // Senders that have only bytes say nothing, or that it is text.
  if (["", "text/plain", ...IMAGE_TYPES].includes(type)) return bytes;
  throw unsupported("the image", "type", type, SENT_TYPES);
}
