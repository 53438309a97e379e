/** `--gpu`: finds the provider that really runs a model here, or says what is missing. */

import type { Clock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import { drained } from "../../core/role.ts";
import type { CatalogueEntry } from "../../models/catalogue.ts";
import { AT_START } from "../network/measurement.ts";
import { CPU, describeProvider, type Provider } from "../provider.ts";
import { WorkerHandle } from "../workers/worker_handle.ts";
import { type CudaDriver, findCudaDriver } from "./cuda_driver.ts";
import {
  CUDA_MAJOR,
  type CudaRuntime,
  isCudaRuntimeLoaded,
  loadCudaRuntime,
} from "./cuda_runtime.ts";
import { runtimeDirectory } from "./place.ts";
import { findWebGpuAdapter, type WebGpuAdapter } from "./webgpu_adapter.ts";

const log = logger("inference");

/** What `gpu` and `ort_lib` say. */
export interface AcceleratorWish {
  /** `undefined`: the CPU; `"auto"`: an accelerator where there is one; a number: that one or nothing. */
  readonly gpu: number | "auto" | undefined;
  /** Directory with onnxruntime's library and CUDA's; absent: where `smarteye gpu install` puts them. */
  readonly ortLib: string | undefined;
}

/** Why something cannot be used, and what would mend it. */
export interface Lack {
  /** What is wrong, in a clause. */
  readonly problem: string;
  /** What to do about it, where that is known. */
  readonly mend?: string;
}

/** What proves a provider. */
export interface Proof {
  /** A model that is run on it. */
  readonly entry: CatalogueEntry;
  /** What does not answer is given up by it. */
  readonly clock: Clock;
  /** Ends the trying. */
  readonly stop?: AbortSignal | undefined;
}

/**
 * The provider that is wished for, proven by running a model on it in a Worker. To be called before any
 * session is opened: which onnxruntime this process has is decided here.
 *
 * @throws {SmarteyeError} `failed_precondition` when that accelerator does not work here.
 */
export async function chooseProvider(wish: AcceleratorWish, proof: Proof): Promise<Provider> {
  const { gpu } = wish;
  if (gpu === undefined) return CPU;
  const cuda = await tryCuda(wish, proof);
  if ("kind" in cuda) return cuda;
  const lacks = [`cuda:${deviceOf(gpu)}: ${lackText(cuda)}`];
  // WebGPU has no numbers: it stands in for the first accelerator.
  if (deviceOf(gpu) === 0) {
    const webgpu = await tryWebGpu(gpu, proof);
    if ("kind" in webgpu) {
      log.warn("{provider} is used, CUDA cannot be: {why}", {
        provider: describeProvider(webgpu),
        why: lackText(cuda),
      });
      return webgpu;
    }
    lacks.push(`webgpu: ${lackText(webgpu)}`);
  }
  const found = lacks.join("; ");
  if (gpu === "auto") {
    log.info("no accelerator works here, the CPU is used ({found})", { found });
    return CPU;
  }
  throw new SmarteyeError(
    "failed_precondition",
    `Cannot use accelerator ${gpu}: ${found}. Wanted: an NVIDIA GPU with a driver for CUDA ` +
      `${CUDA_MAJOR} and what "smarteye gpu install" fetches, or a GPU with a Vulkan driver for ` +
      `WebGPU; "smarteye doctor --gpu ${gpu}" tells more, and without --gpu the CPU is used`,
  );
}

/** The number that CUDA has for what is wished for. */
export function deviceOf(gpu: number | "auto"): number {
  return gpu === "auto" ? 0 : gpu;
}

/** What is missing of the driver for a device. */
export function driverLack(
  { cuda, devices, problem }: CudaDriver,
  device: number,
): Lack | undefined {
  if (cuda !== undefined && cuda.major < CUDA_MAJOR) {
    return {
      problem: `the NVIDIA driver serves CUDA ${cuda.major}.${cuda.minor} at most`,
      mend: `a driver for CUDA ${CUDA_MAJOR} is wanted (580 or newer)`,
    };
  }
  if (problem !== undefined) {
    return { problem, mend: `NVIDIA's driver is wanted, for CUDA ${CUDA_MAJOR} (580 or newer)` };
  }
  if (device < devices.length) return undefined;
  const names = devices.map(({ number, name }) => `${number} (${name})`).join(", ");
  return { problem: `there is no device ${device}, only ${names}` };
}

/** What is missing of an adapter. */
export function adapterLack(
  adapter: WebGpuAdapter | undefined,
  gpu: number | "auto",
): Lack | undefined {
  if (adapter === undefined) {
    return {
      problem: Deno.build.os === "linux"
        ? "no Vulkan driver has an adapter"
        : "there is no adapter",
    };
  }
  if (gpu !== "auto" || !adapter.isSoftware) return undefined;
  return { problem: `${adapter.name} is a program on the CPU, no accelerator` };
}

/** What is missing where no directory has CUDA's libraries. */
export const NOT_INSTALLED: Lack = {
  problem: "onnxruntime's CUDA is not installed",
  mend: '"smarteye gpu install" fetches it',
};

/** What a directory of libraries lacks. */
export function runtimeLack(
  { problem, directory }: CudaRuntime,
  ortLib: string | undefined,
): Lack | undefined {
  if (problem === undefined) return undefined;
  const mend = ortLib === undefined
    ? '"smarteye gpu install" fetches it again'
    : `[inference] ort_lib names that directory, and without it "smarteye gpu install" fetches one`;
  return { problem: `${problem} (in ${directory})`, mend };
}

async function tryCuda({ gpu, ortLib }: AcceleratorWish, proof: Proof): Promise<Provider | Lack> {
  const driver = await findCudaDriver();
  const device = deviceOf(gpu!);
  const lack = driverLack(driver, device);
  if (lack) return lack;
  const directory = await runtimeDirectory(ortLib);
  if (directory === undefined) return NOT_INSTALLED;
  const broken = runtimeLack(await loadCudaRuntime(directory), ortLib);
  if (broken) return broken;
  return await prove({ kind: "cuda", device, name: driver.devices[device]!.name }, proof);
}

async function tryWebGpu(gpu: number | "auto", proof: Proof): Promise<Provider | Lack> {
  if (isCudaRuntimeLoaded()) {
    return { problem: "the onnxruntime that is loaded for CUDA does not have it" };
  }
  const adapter = await findWebGpuAdapter(proof.clock);
  const lack = adapterLack(adapter, gpu);
  if (lack) return lack;
  const { name, isSoftware } = adapter!;
  if (isSoftware) log.warn("{name} is a program on the CPU: it accelerates nothing", { name });
  return await prove({ kind: "webgpu", name }, proof);
}

/** Runs the model on the provider, in a Worker of its own. */
export async function prove(
  provider: Provider,
  { entry, clock, stop }: Proof,
): Promise<Provider | Lack> {
  const worker = new WorkerHandle(clock, () => {});
  const { manifest, path } = entry;
  const session = { threads: 1, provider };
  const run = async () => {
    await worker.ask({ kind: "load", manifest, path, session });
    await worker.ask({ kind: "measure", model: manifest.name, effort: AT_START });
  };
  try {
    const ran = run();
    ran.catch(() => {}); // told below, unless it was to stop
    await (stop === undefined ? ran : Promise.race([ran, drained(stop)]));
    return provider;
  } catch (error) {
    return {
      problem: messageOf(error).replace(/^Cannot load the model "[^"]*" from .*?\.onnx: /, ""),
    };
  } finally {
    await worker.leave();
  }
}

function lackText({ problem, mend }: Lack): string {
  return mend === undefined ? problem : `${problem}; ${mend}`;
}
