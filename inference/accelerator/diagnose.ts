/** What there is for `--gpu` on this machine, piece by piece. */

import type { Clock } from "../../core/clock.ts";
import {
  type AcceleratorWish,
  adapterLack,
  deviceOf,
  driverLack,
  type Lack,
  NOT_INSTALLED,
  runtimeLack,
} from "./choose.ts";
import { type CudaDriver, findCudaDriver } from "./cuda_driver.ts";
import { type CudaRuntime, lacksDriver, loadCudaRuntime } from "./cuda_runtime.ts";
import { runtimeDirectory } from "./place.ts";
import { findWebGpuAdapter, type WebGpuAdapter } from "./webgpu_adapter.ts";

/** What there is for CUDA. */
export interface CudaFindings {
  /** NVIDIA's driver and what it drives. */
  readonly driver: CudaDriver;
  /** onnxruntime with CUDA; absent where no directory has it. */
  readonly runtime?: CudaRuntime;
  /** What is missing: nothing, where it can be used. */
  readonly lacks: readonly Lack[];
}

/** What there is for WebGPU. */
export interface WebGpuFindings {
  /** What it would run on. */
  readonly adapter?: WebGpuAdapter;
  /** What is missing: nothing, where it can be used. */
  readonly lacks: readonly Lack[];
}

/**
 * Looks at everything that CUDA needs, also behind the first thing that is missing. Loads what is there:
 * for this process, npm's onnxruntime is out of the way then.
 */
export async function examineCuda({ gpu, ortLib }: AcceleratorWish): Promise<CudaFindings> {
  const driver = await findCudaDriver();
  const missing = driverLack(driver, deviceOf(gpu ?? "auto"));
  const directory = await runtimeDirectory(ortLib);
  if (directory === undefined) {
    return { driver, lacks: [...missing ? [missing] : [], NOT_INSTALLED] };
  }
  const runtime = await loadCudaRuntime(directory);
  // That the provider misses the driver's library, too, says nothing new.
  const broken = missing && lacksDriver(runtime) ? undefined : runtimeLack(runtime, ortLib);
  return { driver, runtime, lacks: [missing, broken].filter((lack) => lack !== undefined) };
}

/** Looks at what WebGPU would run on. */
export async function examineWebGpu(
  gpu: AcceleratorWish["gpu"],
  clock: Clock,
): Promise<WebGpuFindings> {
  const adapter = await findWebGpuAdapter(clock);
  const lack = adapterLack(adapter, gpu ?? "auto");
  return { ...(adapter && { adapter }), lacks: lack ? [lack] : [] };
}
