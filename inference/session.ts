/** A loaded network. The only importer of onnxruntime-node; `run` blocks its thread, so: in Workers. */

import * as ort from "onnxruntime-node";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { OutputTensor } from "./decode/decoder.ts";
import type { Provider } from "./provider.ts";

ort.env.logLevel = "fatal"; // what fails is thrown, and told once, in our words

/** How a network is run. */
export interface SessionOptions {
  /** Threads that one run may use, the calling one among them. */
  readonly threads: number;
  /** What it runs on; there is no falling back to another. */
  readonly provider: Provider;
}

/** A network with one float32 image input. */
export class Session {
  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly inputName: string,
    private readonly inputDims: readonly number[],
  ) {}

  /**
   * Loads a network and checks that its input is what will be given to it.
   *
   * @param weights an ONNX file.
   * @param inputDims shape that will be given to the network's input, `[1, 3, height, width]`.
   * @throws {SmarteyeError} `failed_precondition` when the file cannot be loaded, or its input is
   * of another shape or type.
   */
  static async open(
    weights: Uint8Array,
    inputDims: readonly number[],
    options: SessionOptions,
  ): Promise<Session> {
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
    const [input] = session.inputMetadata;
    const problem = session.inputMetadata.length !== 1 || !input?.isTensor
      ? `it has ${session.inputMetadata.length} inputs, one tensor is wanted`
      : input.type !== "float32"
      ? `its input is ${input.type}, float32 is wanted`
      : !sameShape(input.shape, inputDims)
      ? `its input is [${input.shape.join(", ")}], [${inputDims.join(", ")}] is wanted`
      : undefined;
    if (problem !== undefined || !input) {
      await session.release();
      throw new SmarteyeError("failed_precondition", problem ?? "it has no input");
    }
    return new Session(session, input.name, inputDims);
  }

  /** Runs the network on one input tensor of the agreed shape. The outputs stay valid. */
  async run(data: Float32Array): Promise<OutputTensor[]> {
    const input = new ort.Tensor("float32", data, this.inputDims);
    const outputs = await this.session.run({ [this.inputName]: input });
    return this.session.outputNames.map((name) => {
      const { dims, data } = outputs[name]!;
      if (data instanceof Float32Array) return { name, dims, data };
      throw new SmarteyeError("failed_precondition", `its output ${name} is not float32`);
    });
  }

  /** Gives the network's memory back. */
  release(): Promise<void> {
    return this.session.release();
  }
}

/** A symbolic or negative dimension in the file takes any size. */
function sameShape(found: readonly (number | string)[], wanted: readonly number[]): boolean {
  return found.length === wanted.length &&
    found.every((dim, i) => typeof dim === "string" || dim < 0 || dim === wanted[i]);
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
