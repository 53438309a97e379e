/** edge ↔ forwarder: how busy an inference server is. */

import type { ServerLoad } from "../core/model.ts";

/** What a server last said of itself. */
export interface LoadAnswer {
  /** Share of its processors that was busy lately, 0 to 1. */
  readonly cpu_utilization: number;
  /** Share of its memory that is in use, 0 to 1. */
  readonly memory_utilization: number;
  /** Requests that wait for a Worker. */
  readonly queue_length: number;
  /** Requests that are being inferred. */
  readonly running: number;
  /** Workers that infer. */
  readonly workers: number;
}

/** A server's load as it goes over the wire. */
export function loadAnswerOf(load: ServerLoad): LoadAnswer {
  return {
    cpu_utilization: load.cpuUtilization,
    memory_utilization: load.memoryUtilization,
    queue_length: load.queueLength,
    running: load.running,
    workers: load.workers,
  };
}

/** A server's load as it came over the wire. */
export function loadOf(load: LoadAnswer): ServerLoad {
  return {
    cpuUtilization: load.cpu_utilization,
    memoryUtilization: load.memory_utilization,
    queueLength: load.queue_length,
    running: load.running,
    workers: load.workers,
  };
}
