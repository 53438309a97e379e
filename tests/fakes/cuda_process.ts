/** A process that loads onnxruntime with CUDA: what is loaded stays, so each case has its own. */

import { loadCudaRuntime } from "../../inference/accelerator/cuda_runtime.ts";
import { pathOfLoaded } from "../../inference/accelerator/shared_library.ts";

const [directory, weights] = Deno.args;
const runtime = await loadCudaRuntime(directory!);
// As in a Worker, the addon comes afterwards.
const { Session } = await import("../../inference/network/session.ts");
let failure: unknown;
const session = weights === undefined ? undefined : await Session.open(
  await Deno.readFile(weights),
  { threads: 1, provider: { kind: "cuda", device: 0, name: "none" } },
).catch((error) => void (failure = error.message));
await session?.release();
console.log(JSON.stringify({
  ...runtime,
  onnxruntime: pathOfLoaded("libonnxruntime.so"),
  failure,
}));
