/** What sessions run on. */

/** An execution provider of onnxruntime, with the device. */
export type Provider =
  | { readonly kind: "cpu" }
  | {
    readonly kind: "cuda";
    /** Its number among CUDA's devices, from 0. */
    readonly device: number;
    /** As its driver calls it. */
    readonly name: string;
  }
  | {
    readonly kind: "webgpu";
    /** The adapter, as its driver calls it. */
    readonly name: string;
  };

/** The processor. */
export const CPU: Provider = { kind: "cpu" };

/** A provider for people: `cpu`, `cuda:0 (NVIDIA H100 80GB HBM3)`. */
export function describeProvider(provider: Provider): string {
  switch (provider.kind) {
    case "cpu":
      return "cpu";
    case "cuda":
      return `cuda:${provider.device} (${provider.name})`;
    case "webgpu":
      return `webgpu (${provider.name})`;
  }
}

/**
 * Whether a Worker decodes pictures on its own thread. Where the processors infer, every thread more
 * costs networks time; elsewhere pictures are decoded beside it, while its network runs.
 */
export function decodesInTurn({ kind }: Provider): boolean {
  return kind === "cpu";
}
