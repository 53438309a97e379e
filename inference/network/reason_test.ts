import assert from "node:assert/strict";
import { reasonOf } from "./reason.ts";

const SIGNATURE = "std::conditional_t<THRW, void, onnxruntime::common::Status> " +
  "onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*, const char*, int) " +
  "[with ERRTYPE = cudaError; bool THRW = true; SUCCTYPE = cudaError; " +
  "std::conditional_t<THRW, void, common::Status> = void] ";

/** As onnxruntime 1.30 says it. */
const cudaFailure = (number: number, text: string) =>
  `/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 ${SIGNATURE}` +
  `/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:146 ${SIGNATURE}` +
  `CUDA failure ${number}: ${text} ; GPU=-1 ; hostname=vm ; ` +
  "file=/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_execution_provider.cc ; line=352 ; " +
  "expr=cudaSetDevice(info_.device_id); \n\n";

Deno.test("of what onnxruntime says, what failed and why is left", () => {
  const cases: [message: string, reason: string][] = [
    [
      cudaFailure(101, "invalid device ordinal"),
      "invalid device ordinal (CUDA failure 101 in cudaSetDevice)",
    ],
    [
      cudaFailure(36, "API call is not supported in the installed CUDA driver"),
      "API call is not supported in the installed CUDA driver (CUDA failure 36 in cudaSetDevice)",
    ],
    [
      "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 " +
      "onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::" +
      "WebGpuContextConfig&)::<lambda()> adapter_result.status == " +
      "wgpu::RequestAdapterStatus::Success was false. " +
      "Failed to get a WebGPU adapter: No supported adapters\n",
      "Failed to get a WebGPU adapter: No supported adapters",
    ],
    [
      "/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:359 void* onnxruntime::BFCArena::" +
      "AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for " +
      "requested buffer of size 1024",
      "Failed to allocate memory for requested buffer of size 1024",
    ],
    [
      "[ONNXRuntimeError] : 7 : INVALID_PROTOBUF : Load model failed: Protobuf parsing failed.",
      "Load model failed: Protobuf parsing failed.",
    ],
    [
      "WebGPU execution provider is not supported in this build. ",
      "WebGPU execution provider is " +
      "not supported in this build.",
    ],
    ["Failed to load shared library", "Failed to load shared library"],
  ];
  for (const [message, reason] of cases) assert.equal(reasonOf(message), reason);
});

Deno.test("what cannot be told apart from C++ is cut", () => {
  const reason = reasonOf("std::vector<" + "x::y<int>, ".repeat(100) + ">");
  assert.deepEqual([reason.length, reason.at(-1)], [300, "…"]);
});
