/** edge ↔ forwarder: how busy an inference server is. */

import type { ServerLoad } from "../core/model.ts";

/** What a server last said of itself. */
export interface LoadAnswer {
  /** Share of its processors that was busy lately, 0 to 1. */
  readonly cpu_utilization: number;
  /** Share of its memory that is in use, 0 to 1. */
  readonly memory_utilization: number;
  /** Requests that wait for a Worker; absent where it is not told. */
  readonly queue_length?: number | undefined;
  /** Requests that are being inferred; absent where it is not told. */
  readonly running?: number | undefined;
  /** Workers that infer; absent where it is not told. */
  readonly workers?: number | undefined;
}

/** A server's load as it goes over the wire. */
export function loadAnswerOf(load: ServerLoad): LoadAnswer {
  return {
    cpu_utilization: load.cpuUtilization,
    memory_utilization: load.memoryUtilization,
    ...(load.queueLength === undefined ? {} : { queue_length: load.queueLength }),
    ...(load.running === undefined ? {} : { running: load.running }),
    ...(load.workers === undefined ? {} : { workers: load.workers }),
  };
}

/** A server's load as it came over the wire. */
export function loadOf(load: LoadAnswer): ServerLoad {
  return {
    cpuUtilization: load.cpu_utilization,
    memoryUtilization: load.memory_utilization,
    ...(load.queue_length === undefined ? {} : { queueLength: load.queue_length }),
    ...(load.running === undefined ? {} : { running: load.running }),
    ...(load.workers === undefined ? {} : { workers: load.workers }),
  };
}
