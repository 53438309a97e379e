/** Stand-ins of the libraries that onnxruntime with CUDA needs, laid out as wheels have them. */

import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { ORT_VERSION } from "../../inference/accelerator/runtime_version.ts";
import { compile } from "./shared_objects.ts";

const CUDA = "nvidia/cu13/lib";
const CUDNN = "nvidia/cudnn/lib";
const ORT = "onnxruntime/capi";

/** npm's library: as good as PyPI's for everything but CUDA. */
const NPM_LIBRARY = join(
  dirname(fileURLToPath(import.meta.resolve("onnxruntime-node/package.json"))),
  `bin/napi-v6/linux/${Deno.build.arch === "aarch64" ? "arm64" : "x64"}/libonnxruntime.so.1`,
);

/** Path of onnxruntime's library in such a directory. */
export const RUNTIME = `${ORT}/libonnxruntime.so.${ORT_VERSION}`;

/** Makes a directory as `smarteye gpu install` does. */
export function cudaWheels(directory: string): void {
  const into = (folder: string, name: string, needs: string[] = []) =>
    compile(join(directory, folder), { name, needs });
  const cudart = into(CUDA, "libcudart.so.13");
  const cublasLt = into(CUDA, "libcublasLt.so.13");
  const cublas = into(CUDA, "libcublas.so.13", [cublasLt]);
  const curand = into(CUDA, "libcurand.so.10", [cudart]);
  into(CUDNN, "libcudnn.so.9");
  into(ORT, "libonnxruntime_providers_shared.so");
  into(ORT, "libonnxruntime_providers_cuda.so", [cudart, cublasLt, cublas, curand]);
  Deno.symlinkSync(NPM_LIBRARY, join(directory, RUNTIME));
}
