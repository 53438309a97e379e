/** What is known of a model wherever one is chosen: by a policy, a dispatcher or a user. */

import type { Service } from "./detection.ts";

/** A model as it is offered for inference. */
export interface ModelProfile {
  /** Models of one name on several machines count as the same one. */
  readonly name: string;
  /** The one service that it does. */
  readonly service: Service;
  /** Published accuracy, 0 to 100 (COCO mAP50-95 of a detector, top-1 of a classifier), if known. */
  readonly accuracy: number | undefined;
  /** Measured latency of one inference on the machine that offers it, in milliseconds, if known. */
  readonly latencyMs: number | undefined;
}

/** How long one inference takes, as measured. */
export interface Latency {
  /** Median, milliseconds. */
  readonly p50Ms: number;
  /** 95th percentile, milliseconds. */
  readonly p95Ms: number;
}

/**
 * State of a model in a repository. One that is ready stays so while another file of it is loaded
 * beside. One that is `unloading` ends what it was asked, and takes nothing new.
 */
export type ModelState = "unloaded" | "loading" | "ready" | "unloading" | "failed";

/** One version of a model of a repository. */
export interface ModelStatus extends ModelProfile {
  /** Which of that name it is; empty where a server does not say. */
  readonly version: string;
  /** Only a `ready` one can infer. */
  readonly state: ModelState;
  /** Why it failed; of a ready one, why what its files say now is not what infers. Empty otherwise. */
  readonly detail: string;
  /** What a ready one runs on, with the device, such as `cuda:0 (NVIDIA H100 80GB HBM3)`, if known. */
  readonly provider?: string;
}

/** How busy an inference server says it is. */
export interface ServerLoad {
  /** Share of the machine's processors that was busy lately, 0 to 1. */
  readonly cpuUtilization: number;
  /** Share of the machine's memory that is in use, 0 to 1. */
  readonly memoryUtilization: number;
  /** Requests that wait for a Worker; absent where it is not told, as by servers of others. */
  readonly queueLength?: number;
  /** Requests that are being inferred; absent where it is not told. */
  readonly running?: number;
  /** Workers that infer; absent where it is not told. */
  readonly workers?: number;
}

/** How busy a server is, as balancers weigh it. */
export interface LoadReport {
  /** As it is told with every answer. */
  readonly load: ServerLoad;
  /** Requests under way for each Worker, on the average of the last seconds: more than 1 where they wait. */
  readonly utilization: number;
  /** Inferences that ended, well or not, on the same average. */
  readonly requestsPerSecond: number;
  /** Of those, the ones that failed, and not by a fault of the caller's. */
  readonly failuresPerSecond: number;
}

/** The load of a server that has told none. */
export const NO_LOAD: ServerLoad = {
  cpuUtilization: 0,
  memoryUtilization: 0,
  queueLength: 0,
  running: 0,
  workers: 0,
};
