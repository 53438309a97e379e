/** Loads `smarteye.proto` and types it: what grpc-js needs on both sides of the wire. */

import { fileURLToPath } from "node:url";
import {
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { surviveGoaway } from "./http2_goaway.ts";

surviveGoaway(); // whoever makes a client has come by here

const definition = loadSync(fileURLToPath(new URL("./smarteye.proto", import.meta.url)), {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});

const root = loadPackageDefinition(definition);

/**
 * The client constructor of `smarteye.v1.Inference`; `.service` is its definition for a server.
 *
 * @ignore Its type is grpc-js's: for the files that speak gRPC, and for no others.
 */
export const Inference =
  ((root["smarteye"] as GrpcObject)["v1"] as GrpcObject)["Inference"] as ServiceClientConstructor;

/**
 * A service by its name in the proto. All `Wire…` types are messages as proto-loader gives and takes
 * them: camelCase, enums as names, defaults filled in.
 */
export type WireService = "SERVICE_UNSPECIFIED" | "DETECTION" | "CLASSIFICATION";

/** State of a model in a server's repository, by its name in the proto. */
export type WireModelState = "UNLOADED" | "LOADING" | "READY" | "FAILED";

/** What `Infer` is asked for; the image is one of `encoded` and `raw`. */
export interface WireInferRequest {
  /** Name of a model that the server has loaded. */
  model: string;
  /** A model of another service is refused, unless this is unspecified. */
  service: WireService;
  /** A whole JPEG, PNG or WebP file. */
  encoded?: Uint8Array;
  /** `height × width × 3` bytes, RGB, row by row. */
  raw?: { width: number; height: number; rgb: Uint8Array };
  /** Least score that is reported, 0 to 1; the server's or the model's own when absent. */
  scoreThreshold?: number;
}

/** One object; its corners are in pixels of the image that was sent. */
export interface WireDetection {
  /** Name of its class. */
  label: string;
  /** Place of its class in the model's labels, from 0. */
  classId: number;
  /** Confidence, 0 to 1. */
  score: number;
  /** Left. */
  x1: number;
  /** Top. */
  y1: number;
  /** Right. */
  x2: number;
  /** Bottom. */
  y2: number;
  /** Which pixels are the object's; `null` where the model does not tell. */
  mask: WireMask | null;
}

/** A mask over the whole image, as COCO's uncompressed run lengths. */
export interface WireMask {
  /** Rows of the mask. */
  height: number;
  /** Columns of the mask. */
  width: number;
  /** Down the columns from the left, pixels outside and inside in turn. */
  counts: readonly number[];
}

/** One class of the whole image. */
export interface WireClassification {
  /** Name of the class. */
  label: string;
  /** Place of the class in the model's labels, from 0. */
  classId: number;
  /** Probability, 0 to 1. */
  score: number;
}

/** Milliseconds on the server. */
export interface WireTimings {
  /** Reading and scaling the image. */
  decode: number;
  /** Waiting for a Worker. */
  queue: number;
  /** The model and the decoding of its outputs. */
  infer: number;
  /** From the arrival of the request to its answer. */
  total: number;
}

/** How busy a server says it is. */
export interface WireLoad {
  /** Share of the processors, 0 to 1. */
  cpuUtilization: number;
  /** Share of the memory, 0 to 1. */
  memoryUtilization: number;
  /** Requests that wait for a Worker. */
  queueLength: number;
  /** Requests that are being inferred. */
  running: number;
  /** Workers that infer. */
  workers: number;
}

/** Answer to `Infer`. */
export interface WireInferReply {
  /** Name of the model that inferred it. */
  model: string;
  /** Pixels of the image that was sent. */
  width: number;
  /** Pixels of the image that was sent. */
  height: number;
  /** Empty for a classifier, too. */
  detections: WireDetection[];
  /** Empty for a detector, too. */
  classifications: WireClassification[];
  /** Which of the two lists is the answer. */
  service: WireService;
  /** `null` when the server sent none. */
  timings: WireTimings | null;
  /** `null` when the server sent none. */
  load: WireLoad | null;
}

/** A model of a server's repository. */
export interface WireModel {
  /** What requests call it by. */
  name: string;
  /** What it answers. */
  service: WireService;
  /** Only a `READY` one can infer. */
  state: WireModelState;
  /** 0 to 100; absent when unknown. */
  accuracy?: number;
  /** Of one inference, measured on the server, milliseconds; absent when unknown. */
  latencyMs?: number;
  /** Why it is `FAILED`; empty otherwise. */
  detail: string;
}

/** Answer to `ServerStatus`. */
export interface WireServerStatusReply {
  /** Of the server's program. */
  version: string;
  /** Seconds since the server began to listen. */
  uptimeS: number;
  /** Execution provider that the sessions run on, such as `cpu`. */
  provider: string;
  /** `null` when the server sent none. */
  load: WireLoad | null;
  /** Those that are `READY`. */
  models: WireModel[];
  /** Whether it finishes what it has and takes nothing new. */
  draining: boolean;
}
