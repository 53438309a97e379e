/** The API of DeepStack and CodeProject.AI Server, which NVRs speak: https://docs.deepstack.cc/object-detection/ */

import type { Detection } from "../../core/detection.ts";
import { ERRORS, SmarteyeError } from "../../core/errors.ts";
import type { InferReply } from "../../core/infer.ts";
import {
  type Prediction,
  type VisionAnswer,
  type VisionError,
  VisionFields,
} from "../../proto/http_answers.ts";
import { json, refusalHeaders } from "../../web/answers.ts";
import { foundIn } from "../backend.ts";
import { Form } from "../form.ts";
import { readImageSize } from "../image_header.ts";
import { deadlineOf, mediaType, readInTime, unsupported } from "../receive.ts";
import type { Wire } from "./wire.ts";

/** Labels that the message names, at most: of a crowd the answer tells, not the sentence. */
const NAMED_MAX = 20;

/**
 * `POST /v1/vision/detection`, and `/v1/vision/custom/{model}`: a form with an `image`, with or without
 * a file name and a type.
 *
 * @param modelOf the model that is meant, now. It throws a `SmarteyeError` when there is none.
 */
export function deepstackWire(modelOf: () => string): Wire {
  return {
    name: "deepstack",
    hasTokenInBody: true,

    async receive(request, options) {
      const contentType = request.headers.get("content-type");
      const type = mediaType(contentType);
      if (type !== "multipart/form-data") {
        throw unsupported("the body", "type", type, ["multipart/form-data"]);
      }
      const model = modelOf();
      options.onModel(model);
      const deadlineAtMs = deadlineOf(undefined, options);
      const { bytes: body, receivedAtMs } = await readInTime(request, deadlineAtMs, options);
      const form = Form.parse(contentType, body);
      const texts = form.textsBut("image");
      options.onToken(texts["api_key"]);
      const { bytes } = form.image;
      readImageSize(bytes, options.limits.pixelsMax);
      const scoreThreshold = confidenceOf(texts);
      return {
        request: { model, service: "detection", scoreThreshold },
        image: { kind: "encoded", bytes },
        deadlineAtMs,
        receivedAtMs,
      };
    },

    answer: (_, reply, { processMs }) => json(answerOf(foundIn(reply), processMs)),

    refuse(code, error, { requestId: request_id, retryAfterS }) {
      const { http } = ERRORS[code];
      return json(
        { success: false, code: http, error, request_id } satisfies VisionError,
        http,
        refusalHeaders(http, retryAfterS),
      );
    },
  };
}

function answerOf(
  { findings, width, height, timingsMs }: InferReply,
  processMs: number,
): VisionAnswer {
  const found = "detections" in findings ? findings.detections : [];
  const predictions = [...found].sort((a, b) => b.score - a.score)
    .map((detection) => predictionOf(detection, width, height));
  return {
    success: true,
    code: 200,
    message: messageOf(predictions.map(({ label }) => label)),
    predictions,
    count: predictions.length,
    inferenceMs: Math.round(timingsMs.infer),
    processMs: Math.round(processMs),
    duration: 0,
  };
}

/** Whole pixels within the image. */
function predictionOf(
  { label, score, box }: Detection,
  width: number,
  height: number,
): Prediction {
  const [x1, y1, x2, y2] = box;
  const within = (at: number, most: number) => Math.min(most, Math.max(0, Math.round(at)));
  return {
    label,
    confidence: score,
    x_min: within(x1, width),
    y_min: within(y1, height),
    x_max: within(x2, width),
    y_max: within(y2, height),
  };
}

function messageOf(labels: readonly string[]): string {
  if (labels.length === 0) return "No objects found";
  const more = labels.length > NAMED_MAX ? " and more" : "";
  return `Found ${labels.slice(0, NAMED_MAX).join(", ")}${more}`;
}

function confidenceOf(texts: Readonly<Record<string, string>>): number {
  const fields = VisionFields.safeParse(texts);
  if (fields.success) return fields.data.min_confidence;
  const text = texts["min_confidence"] ?? ""; // any other field may be any text
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the form: min_confidence is ${JSON.stringify(text.slice(0, 40))}, ` +
      "a number from 0 to 1 is wanted",
  );
}
