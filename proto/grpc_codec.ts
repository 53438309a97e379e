/** forwarder ↔ inference server: between the wire's messages and the core's values, both ways. */

import type { Findings, Service } from "../core/detection.ts";
import { type ErrorCode, errorCodeOfGrpc, ERRORS, SmarteyeError } from "../core/errors.ts";
import {
  type InferReply,
  type InferRequest,
  NO_TIMINGS,
  type Priority,
  type SentImage,
} from "../core/infer.ts";
import { type ModelState, type ModelStatus, NO_LOAD, type ServerLoad } from "../core/model.ts";
import type { ServerStatus } from "../core/server_status.ts";
import type { InferReply as WireInferReply } from "./generated/smarteye/v1/InferReply.ts";
import type { InferReplyMessage } from "./generated/smarteye/v1/InferReply.ts";
import type {
  InferRequest as WireInferRequest,
  InferRequestMessage,
} from "./generated/smarteye/v1/InferRequest.ts";
import type { Load } from "./generated/smarteye/v1/Load.ts";
import type { Model, ModelMessage } from "./generated/smarteye/v1/Model.ts";
import type { ModelState as WireModelState } from "./generated/smarteye/v1/ModelState.ts";
import type {
  ServerStatusReply,
  ServerStatusReplyMessage,
} from "./generated/smarteye/v1/ServerStatusReply.ts";
import type { Service as WireService } from "./generated/smarteye/v1/Service.ts";

/** Characters of an error that a caller is told: more than that does not fit HTTP/2's trailers. */
const DETAILS_MAX = 500;

/** Characters of what a server said that are kept. */
const SAID_MAX = 300;

/** A service's name on the wire. */
export function serviceToWire(service: Service | undefined): WireService {
  switch (service) {
    case undefined:
      return "SERVICE_UNSPECIFIED";
    case "detection":
      return "DETECTION";
    case "classification":
      return "CLASSIFICATION";
  }
}

/** A service from its name on the wire; `undefined` when none was named. */
export function serviceFromWire(service: WireService): Service | undefined {
  switch (service) {
    case "DETECTION":
      return "detection";
    case "CLASSIFICATION":
      return "classification";
    case "SERVICE_UNSPECIFIED":
      return undefined;
  }
}

/** A request as a message. */
export function requestToWire(
  { model, service, scoreThreshold, priority }: InferRequest,
  image: SentImage,
): InferRequestMessage {
  return {
    model,
    service: serviceToWire(service),
    ...(image.kind === "encoded"
      ? { encoded: image.bytes }
      : { raw: { ...image.size, rgb: image.rgb } }),
    ...(scoreThreshold === undefined ? {} : { scoreThreshold }),
    ...(priority === "background" ? { priority: "BACKGROUND" } : {}),
  };
}

/**
 * A request from a message.
 *
 * @throws {SmarteyeError} `invalid_argument` when it has no image, or a score that is none.
 */
export function requestFromWire(
  { model, service, encoded, raw, scoreThreshold, priority }: WireInferRequest,
): { request: InferRequest; image: SentImage; priority: Priority } {
  if (scoreThreshold !== undefined && !(scoreThreshold >= 0 && scoreThreshold <= 1)) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot infer with a score threshold of ${scoreThreshold}: 0 to 1 is wanted`,
    );
  }
  return {
    request: { model, service: serviceFromWire(service), scoreThreshold },
    image: imageOf(encoded, raw),
    // A newer client may know others: what it does not say is urgent.
    priority: priority === "BACKGROUND" ? "background" : "interactive",
  };
}

function imageOf(
  encoded: WireInferRequest["encoded"],
  raw: WireInferRequest["raw"],
): SentImage {
  if (raw) return { kind: "raw", size: { width: raw.width, height: raw.height }, rgb: raw.rgb };
  if (encoded && encoded.length > 0) return { kind: "encoded", bytes: encoded };
  throw new SmarteyeError("invalid_argument", "Cannot infer: the request has no image");
}

/** An answer as a message. */
export function replyToWire(reply: InferReply): InferReplyMessage {
  const { findings } = reply;
  const detections = "detections" in findings
    ? findings.detections.map(({ label, class_id, score, box: [x1, y1, x2, y2], mask }) => ({
      ...{ label, classId: class_id, score, x1, y1, x2, y2 },
      mask: mask ? { height: mask.size[0], width: mask.size[1], counts: [...mask.counts] } : null,
    }))
    : [];
  const classifications = "classifications" in findings
    ? findings.classifications.map(({ label, class_id, score }) => (
      { label, classId: class_id, score }
    ))
    : [];
  return {
    model: reply.model,
    width: reply.width,
    height: reply.height,
    detections,
    classifications,
    service: serviceToWire("detections" in findings ? "detection" : "classification"),
    timingsMs: { ...reply.timingsMs },
    load: reply.load ? { ...reply.load } : null,
  };
}

/** An answer from a message; a server that tells little is taken as idle. */
export function replyFromWire(wire: WireInferReply): InferReply {
  const findings: Findings = serviceFromWire(wire.service) === "classification"
    ? {
      classifications: wire.classifications.map(({ label, classId, score }) => (
        { label, class_id: classId, score }
      )),
    }
    : {
      detections: wire.detections.map(({ label, classId, score, x1, y1, x2, y2, mask }) => ({
        ...{ label, class_id: classId, score, box: [x1, y1, x2, y2] },
        ...(mask ? { mask: { size: [mask.height, mask.width], counts: mask.counts } } : {}),
      })),
    };
  return {
    model: wire.model,
    width: wire.width,
    height: wire.height,
    findings,
    timingsMs: { ...wire.timingsMs ?? NO_TIMINGS },
    load: loadFromWire(wire.load),
  };
}

/** A load from a message; an idle one when the server sent none. */
export function loadFromWire(wire: Load | null): ServerLoad {
  return { ...wire ?? NO_LOAD };
}

const MODEL_STATES: Readonly<Record<WireModelState, ModelState>> = {
  UNLOADED: "unloaded",
  LOADING: "loading",
  READY: "ready",
  FAILED: "failed",
  UNLOADING: "unloading",
};

/** A model as a message. */
export function modelToWire(model: ModelStatus): ModelMessage {
  return {
    name: model.name,
    version: model.version,
    service: serviceToWire(model.service),
    state: model.state.toUpperCase() as WireModelState,
    ...(model.accuracy === undefined ? {} : { accuracy: model.accuracy }),
    ...(model.latencyMs === undefined ? {} : { latencyMs: model.latencyMs }),
    detail: model.detail,
    ...(model.provider === undefined ? {} : { provider: model.provider }),
  };
}

/** A model from a message. */
export function modelFromWire(wire: Model): ModelStatus {
  return {
    name: wire.name,
    version: wire.version,
    service: serviceFromWire(wire.service) ?? "detection",
    state: MODEL_STATES[wire.state] ?? "unloaded", // a newer server may have more of them
    accuracy: wire.accuracy,
    latencyMs: wire.latencyMs,
    detail: wire.detail,
    ...(wire.provider === "" ? {} : { provider: wire.provider }),
  };
}

/** A server's state as a message. */
export function statusToWire(status: ServerStatus): ServerStatusReplyMessage {
  return {
    version: status.version,
    uptimeS: status.uptimeMs / 1000,
    provider: status.provider,
    load: { ...status.load },
    models: status.models.map(modelToWire),
    draining: status.draining,
  };
}

/** A server's state from a message. */
export function statusFromWire(wire: ServerStatusReply): ServerStatus {
  return {
    version: wire.version,
    uptimeMs: wire.uptimeS * 1000,
    provider: wire.provider,
    load: loadFromWire(wire.load),
    models: wire.models.map(modelFromWire),
    draining: wire.draining,
  };
}

/**
 * An error as a gRPC status. Half a surrogate pair, of a caller's own words or where they are cut, is
 * replaced: grpc-js throws at it where nobody catches, which ends the process.
 */
export function errorToWire({ code, message }: SmarteyeError): { code: number; details: string } {
  return { code: ERRORS[code].grpc, details: message.slice(0, DETAILS_MAX).toWellFormed() };
}

/** The trailer that says when to try again, in milliseconds (gRFC A6): gRPC's own retries heed it. */
const PUSHBACK = "grpc-retry-pushback-ms";

/** What is told beside an error's status: when to come back, where that is known. */
export function errorTrailers({ retryAfterMs }: SmarteyeError): Readonly<Record<string, string>> {
  return retryAfterMs === undefined ? {} : { [PUSHBACK]: String(Math.ceil(retryAfterMs)) };
}

/** A gRPC status as a client sees it. */
export interface WireStatus {
  readonly code: number;
  readonly details: string;
  readonly message: string;
  /** Its trailers. */
  readonly metadata?: { get(name: string): readonly unknown[] } | undefined;
}

/**
 * An error from a gRPC status.
 *
 * @param cancelledHere whether the caller's own signal ended the call.
 */
export function errorFromWire(status: WireStatus, cancelledHere: boolean): SmarteyeError {
  // grpc-js wraps what happened to the connection: `No connection established. Last error: Error:
  // connect ECONNREFUSED 192.0.2.1:50051. Resolution note: `.
  const said = (status.details || status.message)
    .replace(/^No connection established\. Last error: (Error: )?/, "")
    .replace(/\.? *Resolution note:\s*$/, "");
  const message = said.split("\n")[0]!.slice(0, SAID_MAX);
  const retryAfterMs = pushbackOf(status);
  const code = codeOf(status.code, said, cancelledHere);
  return new SmarteyeError(code, message, { cause: status, retryAfterMs });
}

/** A trailer that is no whole number of milliseconds says nothing; one below 0 says never. */
function pushbackOf({ metadata }: WireStatus): number | undefined {
  const said = String(metadata?.get(PUSHBACK)[0] ?? "");
  return /^\d{1,9}$/.test(said) ? Number(said) : undefined;
}

function codeOf(status: number, said: string, cancelledHere: boolean): ErrorCode {
  const code = errorCodeOfGrpc(status);
  // grpc-js says so of a message over its limit.
  if (code === "overloaded" && /larger than max/.test(said)) return "payload_too_large";
  // It says so of a connection that broke while a message was written: `… error: write EPIPE`.
  if (code === "internal" && /triggered by internal client error/.test(said)) return "unavailable";
  // Not by us: the server reset the stream, as one does that is shut down by force.
  return code === "cancelled" && !cancelledHere ? "unavailable" : code;
}
