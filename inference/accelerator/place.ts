/** Where onnxruntime with CUDA is. */

import { join } from "node:path";
import envPaths from "env-paths";
import { CUDA_MAJOR } from "./cuda_runtime.ts";
import { ORT_VERSION } from "./runtime_version.ts";

/** The directory that `smarteye gpu install` fills: another version of onnxruntime has another. */
export function installedRuntimeDirectory(): string {
  const { data } = envPaths("smarteye", { suffix: "" });
  return join(data, "onnxruntime", `${ORT_VERSION}-cuda${CUDA_MAJOR}`);
}

/**
 * The directory that CUDA's libraries are taken from: what is named, else what is installed.
 *
 * @param named `[inference] ort_lib`.
 */
export async function runtimeDirectory(named: string | undefined): Promise<string | undefined> {
  if (named !== undefined) return named;
  const installed = installedRuntimeDirectory();
  try {
    return (await Deno.stat(installed)).isDirectory ? installed : undefined;
  } catch {
    return undefined;
  }
}
