/** A loaded network. The only importer of onnxruntime-node; `run` blocks its thread, so: in Workers. */

import * as ort from "onnxruntime-node";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { ModelInput } from "../models/manifest.ts";
import { describe, isFree, type TensorInfo } from "../models/tensor_info.ts";
import type { OutputTensor } from "./decode/decoder.ts";
import type { Provider } from "./provider.ts";
import type { InputTensor } from "./tensor.ts";

ort.env.logLevel = "fatal"; // what fails is thrown, and told once, in our words

/** How a network is run. */
export interface SessionOptions {
  /** Threads that one run may use, the calling one among them. */
  readonly threads: number;
  /** What it runs on; there is no falling back to another. */
  readonly provider: Provider;
}

/** A second input, of networks that scale boxes themselves: width and height, `[1, 2]` int64. */
const SIZE_INPUT = "orig_target_sizes";

/** A network that takes one image. */
export class Session {
  private constructor(
    private readonly session: ort.InferenceSession,
    /** The input that takes the image. */
    readonly image: TensorInfo,
    /** Every output, in the file's order. */
    readonly outputs: readonly TensorInfo[],
    private readonly takesSize: boolean,
  ) {}

  /**
   * Loads a network.
   *
   * @param weights an ONNX file.
   * @throws {SmarteyeError} `failed_precondition` when it cannot be loaded, or takes no image.
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
      throw new SmarteyeError("failed_precondition", messageOf(cause), { cause });
    }
    const inputs = session.inputMetadata.map(infoOf);
    const others = inputs.filter(({ name }) => name !== SIZE_INPUT);
    const [image] = others;
    if (others.length !== 1 || !image || !(image.dims.length >= 3)) {
      await session.release();
      throw new SmarteyeError(
        "failed_precondition",
        `its inputs are ${inputs.map(describe).join(", ") || "none"}, one image is wanted`,
      );
    }
    const outputs = session.outputMetadata.map(infoOf);
    return new Session(session, image, outputs, inputs.length > 1);
  }

  /**
   * Checks that the network takes what it will be given.
   *
   * @param dims a number, or a word where any size will do.
   * @throws {SmarteyeError} `failed_precondition` saying both.
   */
  assertTakes(type: ModelInput["type"], dims: readonly (number | string)[]): void {
    const { image } = this;
    const agrees = image.dims.length === dims.length &&
      image.dims.every((dim, i) => isFree(dim) || isFree(dims[i]) || dim === dims[i]);
    if (image.type === type && agrees) return;
    throw new SmarteyeError(
      "failed_precondition",
      `its input is ${describe(image)}, ${type} [${dims.join(", ")}] is what its manifest says`,
    );
  }

  /**
   * Runs the network on one image. The outputs stay valid.
   *
   * @throws {SmarteyeError} `failed_precondition` when the network fails on it.
   */
  async run({ dims, size, type, data }: InputTensor): Promise<OutputTensor[]> {
    const image = new ort.Tensor(type, data as never, dims);
    // onnxruntime-node 1.30 makes a Float16Array of what it is given, and then cannot read it.
    if (data instanceof Float16Array) {
      Object.assign(image, { cpuData: new Uint16Array(data.buffer) });
    }
    const feeds: Record<string, ort.Tensor> = { [this.image.name]: image };
    if (this.takesSize) {
      const sides = BigInt64Array.of(BigInt(size.width), BigInt(size.height));
      feeds[SIZE_INPUT] = new ort.Tensor("int64", sides, [1, 2]);
    }
    const outputs = await this.session.run(feeds).catch((cause) => {
      throw new SmarteyeError("failed_precondition", `it cannot run: ${messageOf(cause)}`, {
        cause,
      });
    });
    return this.session.outputNames.map((name) => {
      const { dims, type, data } = outputs[name]!;
      return { name, dims, data: floats(name, type, data) };
    });
  }

  /** Gives the network's memory back. */
  release(): Promise<void> {
    return this.session.release();
  }
}

function infoOf(metadata: ort.InferenceSession.ValueMetadata): TensorInfo {
  const { name } = metadata;
  return metadata.isTensor
    ? { name, type: metadata.type, dims: metadata.shape }
    : { name, type: "no tensor", dims: [] };
}

function floats(name: string, type: string, data: ort.Tensor["data"]): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array) return Float32Array.from(data, Number);
  if (type === "float16" && data instanceof Uint16Array) {
    return Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length));
  }
  if (ArrayBuffer.isView(data) && !(data instanceof BigUint64Array)) {
    return Float32Array.from(data as ArrayLike<number>);
  }
  throw new SmarteyeError(
    "failed_precondition",
    `its output ${name} is ${type}, numbers are wanted`,
  );
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
