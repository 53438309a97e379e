/** How busy the machine is. */

import { cpus } from "node:os";
import type { Clock } from "../core/clock.ts";

/** Shares of the machine, 0 to 1. */
export interface MachineLoad {
  /** Of all processors, since the reading before; 0 at the first reading. */
  readonly cpuUtilization: number;
  /** Of the memory, as of now: what could not be had without swapping. */
  readonly memoryUtilization: number;
}

/** Least time that a share of busy processors is measured over, in milliseconds. */
const WINDOW_MS = 500;

/** Reads the machine's load; a reading within the same half second is the same reading. */
export class MachineLoadMeter {
  #sinceAtMs: number;
  #since = processorTimes();
  #load: MachineLoad = { cpuUtilization: 0, memoryUtilization: memoryUtilization() };

  /** Starts to measure: the first window begins here. */
  constructor(private readonly clock: Clock) {
    this.#sinceAtMs = clock.nowMs();
  }

  /** The load since the reading before. */
  read(): MachineLoad {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#sinceAtMs < WINDOW_MS) return this.#load;
    const now = processorTimes();
    const total = now.total - this.#since.total;
    const cpuUtilization = total > 0 ? 1 - (now.idle - this.#since.idle) / total : 0;
    this.#sinceAtMs = nowMs;
    this.#since = now;
    this.#load = { cpuUtilization, memoryUtilization: memoryUtilization() };
    return this.#load;
  }
}

function processorTimes(): { idle: number; total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, total };
}

function memoryUtilization(): number {
  const { total, available } = Deno.systemMemoryInfo();
  return total > 0 ? 1 - available / total : 0;
}
