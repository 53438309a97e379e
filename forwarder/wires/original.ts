/** The wire of the original SmartEye's edge: raw pixels as text in a form, and drawn on in the answer. */

import { annotate } from "../../drawing/annotate.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import { givenBytes } from "../../core/bytes.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { frameOfText, textOfFrame } from "../../proto/msg_transfer.ts";
import { json, refuse } from "../../web/answers.ts";
import { deadlineOf, readInTime, type ReceivedWork, type ReceiveOptions } from "../receive.ts";
import type { Wire } from "./wire.ts";

/** What its form has. */
const FIELDS = ["selected_model", "frame_shape", "frame"] as const;

/** Fields that a form may have: of millions, each would be kept. */
const FIELDS_MAX = 16;

type Fields = Readonly<Record<typeof FIELDS[number], string>>;

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
      if (drawn.kind === "class") return json({ prediction: drawn.label, process_time });
      return json({ frame_shape: drawn.shape, result: drawn.frame, process_time });
    }
    const { model, findings } = reply;
    if ("classifications" in findings) {
      return json({ prediction: findings.classifications[0]?.label ?? "", process_time });
    }
    if (image.kind !== "raw") throw new Error("this wire has raw pixels alone");
    const { width, height } = image.size;
    const pixels = { width, height, data: givenBytes(image.rgb) };
    annotate(pixels, findings, model, await (lettering ??= Typesetter.open()));
    const frame_shape = `(${height}, ${width}, 3)`;
    return json({ frame_shape, result: textOfFrame(pixels), process_time });
  },

  refuse,
};

function workOf(fields: Fields, receivedAtMs: number, options: ReceiveOptions): ReceivedWork {
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

function fieldsOf(body: Uint8Array): Fields {
  const text = new TextDecoder().decode(body);
  if (text.split("&", FIELDS_MAX + 1).length > FIELDS_MAX) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the form: it has more than ${FIELDS_MAX} fields, ${
        FIELDS.join(", ")
      } are wanted`,
    );
  }
  const form = new URLSearchParams(text);
  const missing = FIELDS.filter((name) => !form.get(name));
  if (missing.length > 0) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the form: ${missing.join(", ")} is missing; ${FIELDS.join(", ")} are wanted`,
    );
  }
  return Object.fromEntries(FIELDS.map((name) => [name, form.get(name)!])) as Fields;
}
