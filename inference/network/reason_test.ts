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

/** As onnxruntime 1.30 says them of files that a broken exporter, or none, has written. */
const OF_BROKEN_FILES: readonly (readonly [message: string, reason: string])[] = [
  [
    "/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::" +
    "ModelProto&&, const onnxruntime::PathString&, const onnxruntime::" +
    "IOnnxRuntimeOpSchemaRegistryList*, const onnxruntime::logging::Logger&, const onnxruntime::" +
    "ModelOptions&) Unsupported model IR version: 99, max supported IR version: 13\n",
    "its IR version is 99, at most 13 is wanted: set model.ir_version = 13 with Python's onnx, or " +
    "export it with an older one",
  ],
  [
    "/onnxruntime_src/onnxruntime/core/graph/model_load_utils.h:46 void onnxruntime::" +
    "model_load_utils::ValidateOpsetForDomain(const std::unordered_map<std::__cxx11::" +
    "basic_string<char>, int>&, const onnxruntime::logging::Logger&, bool, const std::string&, " +
    "int) ONNX Runtime only *guarantees* support for models stamped with official released onnx " +
    "opset versions. Opset 99 is under development and support for this is limited. The operator " +
    "schemas and or other functionality may change before next ONNX release and in this case ONNX " +
    "Runtime will not guarantee backward compatibility. Current official support for domain " +
    "ai.onnx is till opset 26.\n",
    "it is of opset 99, at most 26 is wanted: export it with opset_version=26",
  ],
  [
    'This is an invalid model. In Node, ("", SummonDemons, "", -1) : ("image": tensor(float),) -> ' +
    '("output": tensor(float),) , Error No Op registered for SummonDemons with domain_version of 13',
    "its operation SummonDemons is none of ONNX's opset 13: an export of ONNX's own operations is " +
    "wanted",
  ],
  [
    "Fatal error: mmdeploy:DeformConv(-1) is not a registered function/op",
    'its operation DeformConv is of the domain "mmdeploy", which is not known here: an export of ' +
    "ONNX's own operations is wanted",
  ],
  [
    "/onnxruntime_src/onnxruntime/core/graph/model.cc:191 onnxruntime::Model::Model(onnx::" +
    "ModelProto&&, const onnxruntime::ModelOptions&) Missing opset in the model. All ModelProtos " +
    "MUST have at least one entry that specifies which version is being imported.\n",
    "it does not say its opset: an export with opset_version is wanted",
  ],
  [
    "Invalid model. Node input 'nowhere' is not a graph input, initializer, or output of a " +
    "previous node.",
    "Node input 'nowhere' is not a graph input, initializer, or output of a previous node.",
  ],
  [
    "/onnxruntime_src/onnxruntime/core/graph/graph.cc:1555 void onnxruntime::Graph::" +
    "InitializeStateFromModelFileGraphProto() This is an invalid model. Graph output (output) " +
    "does not exist in the graph.\n",
    "Graph output (output) does not exist in the graph.",
  ],
  [
    "Type Error: Type parameter (T) of Optype (Add) bound to different types (tensor(float) and " +
    "tensor(int64) in node ().",
    "Type parameter (T) of Optype (Add) bound to different types (tensor(float) and tensor(int64).",
  ],
  [
    'This is an invalid model. In Node, ("", Concat, "", -1) : ("image": tensor(float),) -> ' +
    `("output": tensor(float),) , Error Required attribute 'axis' is missing.`,
    "Required attribute 'axis' is missing. (in Concat)",
  ],
  [
    "Node (head/MatMul_3) Op (MatMul) [ShapeInferenceError] Incompatible dimensions for matrix " +
    "multiplication",
    'Incompatible dimensions for matrix multiplication (in MatMul "head/MatMul_3")',
  ],
  [
    "tensorprotoutils.cc:1469 ValidateEmbeddedTensorProtoDataSizeAndShape Initializer 'k': " +
    "raw_data size (10 bytes) does not match expected size from shape and data type (49152 bytes)",
    "Initializer 'k': raw_data size (10 bytes) does not match expected size from shape and data " +
    "type (49152 bytes)",
  ],
  [
    "Non-zero status code returned while running Reshape node. Name:'' Status Message: " +
    "/onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:91 onnxruntime::" +
    "ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::" +
    "TensorShapeVector&, bool) input_shape_size == requested_shape_size was false. The input " +
    "tensor cannot be reshaped to the requested shape. Input shape:{1,3,64,64}, requested " +
    "shape:{7,11}\n",
    "The input tensor cannot be reshaped to the requested shape. Input shape:{1,3,64,64}, " +
    "requested shape:{7,11} (in Reshape)",
  ],
  [
    "Non-zero status code returned while running Concat node. Name:'neck.cat' Status Message: " +
    "concatbase.h:133 PrepareForComputeImpl Non concat axis dimensions must match: Axis 2 has " +
    "mismatched dimensions of 77 and 64",
    "Non concat axis dimensions must match: Axis 2 has mismatched dimensions of 77 and 64 " +
    '(in Concat "neck.cat")',
  ],
];

Deno.test("of a broken file, what is wrong with it comes first", () => {
  for (const [message, reason] of OF_BROKEN_FILES) assert.equal(reasonOf(message), reason);
});

Deno.test("what cannot be told apart from C++ is cut", () => {
  const reason = reasonOf("std::vector<" + "x::y<int>, ".repeat(100) + ">");
  assert.deepEqual([reason.length, reason.at(-1)], [300, "…"]);
});
