/** A loaded network. The only importer of onnxruntime-node; `run` blocks its thread, so: in Workers. */

import * as ort from "onnxruntime-node";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Provider } from "../provider.ts";
import { reasonOf } from "./reason.ts";
import {
  ELEMENT_ARRAYS,
  type ElementType,
  type Tensor,
  type TensorInfo,
} from "../../core/tensor.ts";
import { assertFit } from "./tensors.ts";

ort.env.logLevel = "fatal"; // what fails is thrown, and told once, in our words

// From 1.30 on, onnxruntime tells Microsoft which models are run on what. Read at the first session.
if (!Deno.env.get("ORT_DISABLE_TELEMETRY")) Deno.env.set("ORT_DISABLE_TELEMETRY", "1");

/** How a network is run. */
export interface SessionOptions {
  /** Threads that one run may use, the calling one among them. */
  readonly threads: number;
  /** What it runs on; there is no falling back to another. */
  readonly provider: Provider;
}

/** A network: named tensors in, named tensors out. */
export class Session {
  private constructor(
    private readonly session: ort.InferenceSession,
    /** Every input, in the file's order. */
    readonly inputs: readonly TensorInfo[],
    /** Every output, in the file's order. */
    readonly outputs: readonly TensorInfo[],
  ) {}

  /**
   * Loads a network.
   *
   * @param weights an ONNX file.
   * @throws {SmarteyeError} `failed_precondition` when it cannot be loaded, or an input or output is
   * of strings or no tensor at all.
   */
  static async open(weights: Uint8Array, options: SessionOptions): Promise<Session> {
    let session: ort.InferenceSession;
    try {
      session = await ort.InferenceSession.create(weights, {
        executionProviders: [executionProvider(options.provider)],
        intraOpNumThreads: options.threads,
        interOpNumThreads: 1,
        logSeverityLevel: 4,
        // Idle threads sleep instead of spinning: the cores are shared with decoding and other Workers.
        extra: { session: { intra_op: { allow_spinning: "0" } } },
      });
    } catch (cause) {
      throw new SmarteyeError("failed_precondition", reasonOf(messageOf(cause)), { cause });
    }
    try {
      return new Session(
        session,
        session.inputMetadata.map((metadata) => infoOf("input", metadata)),
        session.outputMetadata.map((metadata) => infoOf("output", metadata)),
      );
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * Runs the network.
   *
   * @param inputs a tensor for each input, in any order; they may not change until the outputs are there.
   * @returns a tensor for each output, in the file's order. They stay valid.
   * @throws {SmarteyeError} `invalid_argument` when the tensors are not what the inputs take,
   * `failed_precondition` when the network fails on them.
   */
  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    assertFit(this.inputs, inputs);
    const feeds = Object.fromEntries(inputs.map((tensor) => [tensor.name, toRuntime(tensor)]));
    const outputs = await this.session.run(feeds).catch((cause) => {
      throw new SmarteyeError(
        "failed_precondition",
        `it cannot run: ${reasonOf(messageOf(cause))}`,
        {
          cause,
        },
      );
    });
    return this.session.outputNames.map((name) => fromRuntime(name, outputs[name]!));
  }

  /** Gives the network's memory back. */
  release(): Promise<void> {
    return this.session.release();
  }
}

function infoOf(side: "input" | "output", metadata: ort.InferenceSession.ValueMetadata) {
  const { name } = metadata;
  if (metadata.isTensor && Object.hasOwn(ELEMENT_ARRAYS, metadata.type)) {
    return { name, type: metadata.type as ElementType, dims: metadata.shape };
  }
  throw new SmarteyeError(
    "failed_precondition",
    `its ${side} ${name} is ${metadata.isTensor ? metadata.type : "no tensor"}, numbers are wanted`,
  );
}

function toRuntime({ type, data, dims }: Tensor): ort.Tensor {
  const tensor = new ort.Tensor(type, data as never, dims);
  // onnxruntime-node 1.30 makes a Float16Array of what it is given, and then cannot read it.
  if (data instanceof Float16Array) {
    Object.assign(tensor, { cpuData: new Uint16Array(data.buffer, data.byteOffset, data.length) });
  }
  return tensor;
}

function fromRuntime(name: string, { type, dims, data }: ort.Tensor): Tensor {
  const elements = type === "float16" && data instanceof Uint16Array
    ? new Float16Array(data.buffer, data.byteOffset, data.length)
    : data;
  return { name, type, dims, data: elements } as Tensor;
}

function executionProvider(provider: Provider): ort.InferenceSession.ExecutionProviderConfig {
  switch (provider.kind) {
    case "cpu":
      return "cpu";
    case "cuda":
      return { name: "cuda", deviceId: provider.device };
    case "webgpu":
      return "webgpu";
  }
}
