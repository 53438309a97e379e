/** Loads `smarteye.proto` and types it: what grpc-js needs on both sides of the wire. */

import { fileURLToPath } from "node:url";
import {
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const definition = loadSync(fileURLToPath(new URL("./smarteye.proto", import.meta.url)), {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});

const root = loadPackageDefinition(definition);

/** The client constructor of `smarteye.v1.Inference`; `.service` is its definition for a server. */
export const Inference =
  ((root["smarteye"] as GrpcObject)["v1"] as GrpcObject)["Inference"] as ServiceClientConstructor;

/** Messages as proto-loader gives and takes them (camelCase, enums as names, defaults filled in). */
export type WireService = "SERVICE_UNSPECIFIED" | "DETECTION" | "CLASSIFICATION";

/** State of a model in a server's repository. */
export type WireModelState = "UNLOADED" | "LOADING" | "READY" | "FAILED";

export interface WireInferRequest {
  model: string;
  service: WireService;
  encoded?: Uint8Array;
  raw?: { width: number; height: number; rgb: Uint8Array };
  scoreThreshold?: number;
}

export interface WireDetection {
  label: string;
  classId: number;
  score: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface WireClassification {
  label: string;
  classId: number;
  score: number;
}

export interface WireTimings {
  decode: number;
  queue: number;
  infer: number;
  total: number;
}

export interface WireLoad {
  cpuUtilization: number;
  memoryUtilization: number;
  queueLength: number;
  running: number;
  workers: number;
}

export interface WireInferReply {
  model: string;
  width: number;
  height: number;
  detections: WireDetection[];
  classifications: WireClassification[];
  service: WireService;
  timings: WireTimings | null;
  load: WireLoad | null;
}

export interface WireModel {
  name: string;
  service: WireService;
  state: WireModelState;
  accuracy?: number;
  latencyMs?: number;
  detail: string;
}

export interface WireServerStatusReply {
  version: string;
  uptimeS: number;
  provider: string;
  load: WireLoad | null;
  models: WireModel[];
  draining: boolean;
}
