/** The wire of the original SmartEye's edge: raw pixels as text in a form, and drawn on in the answer. */

import { annotate } from "../../drawing/annotate.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import { givenBytes } from "../../core/bytes.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { frameOfText, textOfFrame } from "../../proto/msg_transfer.ts";
import { type OriginalAnswer, OriginalFields } from "../../proto/http_answers.ts";
import { json, refuse } from "../../web/answers.ts";
import { deadlineOf, readInTime, type ReceivedWork, type ReceiveOptions } from "../receive.ts";
import type { Wire } from "./wire.ts";

/** What its form has, for messages. */
const FIELDS = "selected_model, frame_shape, frame";

/** Fields that a form may have: of millions, each would be kept. */
const FIELDS_MAX = 16;

/** Read when a frame is drawn on for the first time. */
let lettering: Promise<Typesetter> | undefined;

/**
 * `POST /image_handler` with `application/x-www-form-urlencoded`. The answer is the frame with its boxes
 * drawn on it, or the likeliest class.
 */
export const originalWire: Wire = {
  name: "original",

  async receive(request, options) {
    const latestAtMs = deadlineOf(undefined, options);
    const { bytes, receivedAtMs } = await readInTime(request, latestAtMs, options);
    return workOf(fieldsOf(bytes), receivedAtMs, options);
  },

  async answer({ image }, reply, { processMs }) {
    const process_time = processMs / 1000;
    if ("drawn" in reply) {
      const { drawn } = reply;
      if (drawn.kind === "class") return told({ prediction: drawn.label, process_time });
      return told({ frame_shape: drawn.shape, result: drawn.frame, process_time });
    }
    const { model, findings } = reply;
    if ("classifications" in findings) {
      return told({ prediction: findings.classifications[0]?.label ?? "", process_time });
    }
    if (image.kind !== "raw") throw new Error("this wire has raw pixels alone");
    const { width, height } = image.size;
    const pixels = { width, height, data: givenBytes(image.rgb) };
    annotate(pixels, findings, model, await (lettering ??= Typesetter.open()));
    const frame_shape = `(${height}, ${width}, 3)`;
    return told({ frame_shape, result: textOfFrame(pixels), process_time });
  },

  refuse,
};

function told(answer: OriginalAnswer): Response {
  return json(answer);
}

function workOf(
  fields: OriginalFields,
  receivedAtMs: number,
  options: ReceiveOptions,
): ReceivedWork {
  const { selected_model: model, frame, frame_shape: shape } = fields;
  options.onModel(model);
  const { width, height, data } = frameOfText(frame, shape, options.limits.pixelsMax);
  return {
    request: { model },
    image: { kind: "raw", size: { width, height }, rgb: data },
    takesDrawn: true,
    deadlineAtMs: deadlineOf(undefined, options),
    receivedAtMs,
  };
}

function fieldsOf(body: Uint8Array): OriginalFields {
  const text = new TextDecoder().decode(body);
  if (text.split("&", FIELDS_MAX + 1).length > FIELDS_MAX) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the form: it has more than ${FIELDS_MAX} fields, ${FIELDS} are wanted`,
    );
  }
  const given = [...new URLSearchParams(text)].reverse(); // of several of a name, the first counts
  const fields = OriginalFields.safeParse(Object.fromEntries(given));
  if (fields.success) return fields.data;
  const missing = fields.error.issues.map(({ path }) => path.join(".")).join(", ");
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the form: ${missing} is missing; ${FIELDS} are wanted`,
  );
}
