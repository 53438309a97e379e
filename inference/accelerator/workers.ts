/** How many Workers infer, where nobody says so or what they run on sets a limit. */

import { logger } from "../../core/log.ts";
import { describeProvider, type Provider } from "../provider.ts";

const log = logger("inference");

/**
 * Workers on CUDA. On an H100, 4 give all that 16 do, start in 17 s instead of 60, and take a quarter of
 * the device's memory.
 */
const ON_CUDA = 4;

/**
 * Workers on WebGPU: onnxruntime has one device for the process, and crashes when two threads are at it
 * (microsoft/onnxruntime #27592, #32561).
 */
const ON_WEBGPU = 1;

/** Whether several Workers of this process may have sessions on a provider at once. */
export function isShared({ kind }: Provider): boolean {
  return kind !== "webgpu";
}

/** As many as `workersOn` ever says, before it is known what they run on. */
export function workersAtMost(asked: number | undefined, cores: number): number {
  return asked ?? Math.max(cores, ON_CUDA);
}

/**
 * How many Workers infer on a provider.
 *
 * @param asked how many were asked for, if anybody asked.
 * @param cores of the processor: as many Workers as there are run on it.
 */
export function workersOn(provider: Provider, asked: number | undefined, cores: number): number {
  switch (provider.kind) {
    case "cpu":
      return asked ?? cores;
    case "cuda":
      return asked ?? ON_CUDA;
    case "webgpu": // see isShared
      if (asked !== undefined && asked > ON_WEBGPU) {
        log.warn("{asked} workers are asked for, 1 runs on {provider}: more of them would crash", {
          asked,
          provider: describeProvider(provider),
        });
      }
      return ON_WEBGPU;
  }
}
