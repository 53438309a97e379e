/** What sessions run on. */

/** An execution provider of onnxruntime. */
export type Provider =
  | { readonly kind: "cpu" }
  | { readonly kind: "cuda"; readonly device: number }
  | { readonly kind: "webgpu" };

/** The processor. */
export const CPU: Provider = { kind: "cpu" };

/** A provider's name for people. */
export function describeProvider(provider: Provider): string {
  switch (provider.kind) {
    case "cpu":
      return "cpu";
    case "cuda":
      return `cuda:${provider.device}`;
    case "webgpu":
      return "webgpu";
  }
}

/**
 * The providers that may serve `--gpu`: CUDA by the device's number; WebGPU, which has no numbers,
 * stands in for the first accelerator.
 */
export function acceleratorsFor(gpu: number | "auto"): Provider[] {
  const device = gpu === "auto" ? 0 : gpu;
  const cuda: Provider = { kind: "cuda", device };
  return device === 0 ? [cuda, { kind: "webgpu" }] : [cuda];
}
