/** `--gpu`: finds the provider that really runs a model here, or says what is missing. */

import type { Clock } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import { acceleratorsFor, CPU, describeProvider, type Provider } from "./provider.ts";
import { AT_START } from "./network/measurement.ts";
import { WorkerHandle } from "./workers/worker_handle.ts";

const log = logger("inference");

/**
 * The provider that `--gpu` asks for, proven by running `entry` on it in a Worker.
 *
 * @param gpu `undefined`: the CPU; `"auto"`: an accelerator where one works, else the CPU.
 * @param clock one that does not answer is given up by it.
 * @throws {SmarteyeError} `failed_precondition` when that accelerator does not work here.
 */
export async function chooseProvider(
  gpu: number | "auto" | undefined,
  entry: CatalogueEntry,
  clock: Clock,
): Promise<Provider> {
  if (gpu === undefined) return CPU;
  const missing: string[] = [];
  for (const provider of acceleratorsFor(gpu)) {
    const problem = await tryProvider(provider, entry, clock);
    if (problem === undefined) return provider;
    missing.push(`${describeProvider(provider)}: ${problem}`);
  }
  const found = missing.join("; ");
  if (gpu === "auto") {
    log.info("no accelerator works here, the CPU is used ({found})", { found });
    return CPU;
  }
  throw new SmarteyeError(
    "failed_precondition",
    `Cannot use accelerator ${gpu}: ${found}. Wanted: an NVIDIA GPU with driver, CUDA, cuDNN and ` +
      `onnxruntime's CUDA provider beside its library, or a GPU with a Vulkan driver for WebGPU; ` +
      `without --gpu the CPU is used`,
  );
}

async function tryProvider(
  provider: Provider,
  entry: CatalogueEntry,
  clock: Clock,
): Promise<string | undefined> {
  const worker = new WorkerHandle(clock, () => {});
  const { manifest, path } = entry;
  const session = { threads: 1, provider };
  try {
    await worker.ask({ kind: "load", manifest, path, session });
    await worker.ask({ kind: "measure", model: manifest.name, effort: AT_START });
    return undefined;
  } catch (error) {
    return messageOf(error)
      .replace(/^Cannot load the model "[^"]*" from .*?\.onnx: /, "")
      .replace(/^\/.* was false\. /, ""); // onnxruntime's own source line, and its assertion
  } finally {
    worker.terminate();
  }
}
