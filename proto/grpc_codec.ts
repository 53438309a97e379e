/** forwarder ↔ inference server: between the wire's messages and the core's values. */

import type { Findings, Service } from "../core/detection.ts";
import type { InferTimings, ModelState, ModelStatus, ServerLoad } from "../core/model.ts";
import type {
  WireInferReply,
  WireLoad,
  WireModel,
  WireModelState,
  WireService,
  WireTimings,
} from "./grpc_service.ts";

/** What a server answers to an `Infer`. Boxes are in pixels of the image that was sent. */
export interface InferReply {
  /** Name of the model that inferred it. */
  readonly model: string;
  /** Pixels of the image that was sent. */
  readonly width: number;
  /** Pixels of the image that was sent. */
  readonly height: number;
  /** What is in the image; empty lists where nothing is. */
  readonly findings: Findings;
  /** Where the server's time went; the network is not in it. */
  readonly timings: InferTimings;
  /** How busy the server was when it answered. */
  readonly load: ServerLoad;
}

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
    default:
      return undefined;
  }
}

/** An answer as a message. */
export function replyToWire(reply: InferReply): WireInferReply {
  const { findings } = reply;
  const detections = "detections" in findings
    ? findings.detections.map(({ label, class_id, score, box: [x1, y1, x2, y2], mask }) => ({
      ...{ label, classId: class_id, score, x1, y1, x2, y2 },
      mask: mask ? { height: mask.size[0], width: mask.size[1], counts: mask.counts } : null,
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
    timings: { ...reply.timings },
    load: { ...reply.load },
  };
}

/** An answer from a message. */
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
    timings: timingsFromWire(wire.timings),
    load: loadFromWire(wire.load),
  };
}

/** Timings from a message; zeros when the server sent none. */
function timingsFromWire(wire: WireTimings | null): InferTimings {
  return wire ? { ...wire } : { decode: 0, queue: 0, infer: 0, total: 0 };
}

/** A load from a message; an idle one when the server sent none. */
export function loadFromWire(wire: WireLoad | null): ServerLoad {
  return wire ? { ...wire } : {
    cpuUtilization: 0,
    memoryUtilization: 0,
    queueLength: 0,
    running: 0,
    workers: 0,
  };
}

/** A model as a message. */
export function modelToWire(model: ModelStatus): WireModel {
  return {
    name: model.name,
    service: serviceToWire(model.service),
    state: model.state.toUpperCase() as WireModelState,
    ...(model.accuracy === undefined ? {} : { accuracy: model.accuracy }),
    ...(model.latencyMs === undefined ? {} : { latencyMs: model.latencyMs }),
    detail: model.detail,
  };
}

/** A model from a message. */
export function modelFromWire(wire: WireModel): ModelStatus {
  return {
    name: wire.name,
    service: serviceFromWire(wire.service) ?? "detection",
    state: wire.state.toLowerCase() as ModelState,
    accuracy: wire.accuracy,
    latencyMs: wire.latencyMs,
    detail: wire.detail,
  };
}
