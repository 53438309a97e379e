/** The adapter that WebGPU would run on. */

import { type Clock, OVER } from "../../core/clock.ts";

/** Milliseconds that drivers may take to tell of their adapters. */
const ASK_MS = 10_000;

/** An adapter of WebGPU. */
export interface WebGpuAdapter {
  /** As its driver calls it. */
  readonly name: string;
  /** Whether it is a program on the processor (SwiftShader, llvmpipe), which accelerates nothing. */
  readonly isSoftware: boolean;
}

/** Names of programs that draw on the processor, for drivers that do not say so themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

/**
 * Asks for the adapter. onnxruntime does not tell which one it takes; it asks as we do here, for the
 * fastest one, of Vulkan's on Linux.
 */
export async function findWebGpuAdapter(clock: Clock): Promise<WebGpuAdapter | undefined> {
  if (Deno.build.os === "linux" && !Deno.env.get("DENO_WEBGPU_BACKEND")) {
    Deno.env.set("DENO_WEBGPU_BACKEND", "vulkan");
  }
  const over = new AbortController();
  try {
    const adapter = await Promise.race([
      navigator.gpu.requestAdapter({ powerPreference: "high-performance" }),
      clock.sleep(ASK_MS, over.signal).then(() => null),
    ]);
    if (adapter === null) return undefined;
    const { description, device, vendor, isFallbackAdapter } = adapter.info;
    const name = description || `${vendor} ${device}`.trim() || "unnamed";
    return { name, isSoftware: isFallbackAdapter || SOFTWARE.test(name) };
  } finally {
    over.abort(OVER);
  }
}
