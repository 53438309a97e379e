/** A server that speaks only the Open Inference Protocol over gRPC, and answers as a test tells it to. */

import { Buffer } from "node:buffer";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { ModelInferRequest } from "../../proto/generated/inference/ModelInferRequest.ts";
import type { ModelInferResponseMessage } from "../../proto/generated/inference/ModelInferResponse.ts";
import type { ModelMetadataResponseMessage } from "../../proto/generated/inference/ModelMetadataResponse.ts";
import type { RepositoryIndexResponseMessage } from "../../proto/generated/inference/RepositoryIndexResponse.ts";
import { OpenInference } from "../../proto/grpc_service.ts";
import { manifest } from "./models.ts";
import type { Ending } from "./grpc_server.ts";

/** What it knows: a network whose outputs are rows of x1, y1, x2, y2, score and class. */
export const ROWS = manifest({ name: "m", decoder: "end_to_end", iou_threshold: 1 });

/** How it describes that. */
export const ROWS_TOLD: ModelMetadataResponseMessage = {
  name: "m",
  platform: "any",
  inputs: [{ name: "images", datatype: "FP32", shape: [1, 3, 32, 32] }],
  outputs: [{ name: "rows", datatype: "FP32", shape: [1, 2, 6] }],
};

/** Its answer: a car, and a row that is nothing. */
export function rowsReply(
  said: Partial<ModelInferResponseMessage> = {},
  rows: Float32Array = Float32Array.of(4, 8, 20, 24, 0.9, 1, 0, 0, 0, 0, 0, 0),
): ModelInferResponseMessage {
  return {
    modelName: "m",
    outputs: [{ name: "rows", datatype: "FP32", shape: [1, 2, 6] }],
    rawOutputContents: [Buffer.from(rows.buffer)],
    ...said,
  };
}

/** An answer of a server that takes files: a car. */
export function foundReply(
  said: Partial<ModelInferResponseMessage> = {},
): ModelInferResponseMessage {
  const label = Buffer.from("\x03\0\0\0car");
  return {
    modelName: "m",
    outputs: [
      { name: "boxes", datatype: "FP32", shape: [1, 4] },
      { name: "scores", datatype: "FP32", shape: [1] },
      { name: "class_ids", datatype: "INT64", shape: [1] },
      { name: "labels", datatype: "BYTES", shape: [1] },
    ],
    rawOutputContents: [
      Buffer.from(Float32Array.of(4, 8, 20, 24).buffer),
      Buffer.from(Float32Array.of(0.75).buffer),
      Buffer.from(BigInt64Array.of(1n).buffer),
      label,
    ],
    ...said,
  };
}

/** An answer: a message, its bytes, or how the call ends. */
export type OpenEnding = ModelInferResponseMessage | Uint8Array | Ending;

/** What a test changes while the server runs. */
export interface OpenScript {
  program: string;
  extensions: string[];
  live: boolean;
  ready: boolean;
  /** Of its repository; there is no such method when `undefined`. */
  index: RepositoryIndexResponseMessage["models"] | undefined;
  /** What it describes, by name. */
  models: Record<string, ModelMetadataResponseMessage>;
  /** Decides how an inference ends, as late as it likes; `ok` is `rowsReply`. */
  infer: (
    request: ModelInferRequest,
    cancelled: AbortSignal,
  ) => OpenEnding | Promise<OpenEnding>;
  /** Decides how `ServerLive` ends. */
  status: (cancelled: AbortSignal) => Ending | Promise<Ending>;
}

/** A server that listens. */
export interface OpenServer {
  readonly script: OpenScript;
  /** `host:port`. */
  readonly address: string;
  /** How often each method was called. */
  readonly calls: Record<string, number>;
  /** Drops all connections, as a killed process does. */
  kill(): void;
}

type Call = ServerUnaryCall<{ readonly name: string }, unknown>;

/** Starts a server on a free port. */
export async function startOpenServer(): Promise<OpenServer> {
  const script: OpenScript = {
    program: "scripted",
    extensions: [],
    live: true,
    ready: true,
    index: [{ name: "m", version: "1", state: "READY", reason: "" }],
    models: { m: ROWS_TOLD },
    infer: () => "ok",
    status: () => "ok",
  };
  const calls: Record<string, number> = {};
  const missing = { code: status.NOT_FOUND, details: "there is no such model" };
  const answers: Record<string, (call: Call) => unknown> = {
    ServerLive: async (call) => {
      const ending = await script.status(cancellationOf(call));
      return ending === "ok" ? { live: script.live } : ending;
    },
    ServerReady: () => ({ ready: script.ready }),
    ServerMetadata: () => ({ name: script.program, version: "1", extensions: script.extensions }),
    RepositoryIndex: () =>
      script.index ? { models: script.index } : { code: status.UNIMPLEMENTED, details: "no index" },
    ModelReady: ({ request }) => request.name in script.models ? { ready: true } : missing,
    ModelMetadata: ({ request }) => script.models[request.name] ?? missing,
    ModelInfer: async (call) => {
      const request = call.request as unknown as ModelInferRequest;
      const ending = await script.infer(request, cancellationOf(call));
      return ending === "ok" ? rowsReply({ id: request.id }) : ending;
    },
  };
  const handlers = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      async (call: Call, done: (error: unknown, reply?: unknown) => void) => {
        calls[name] = (calls[name] ?? 0) + 1;
        const reply = await answer(call) as object;
        if ("details" in reply) done(reply);
        else done(null, reply);
      },
    ]),
  );
  const server = new Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(rawDefinition(), handlers as UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
  return { script, calls, address: `127.0.0.1:${port}`, kill: () => server.forceShutdown() };
}

/** Answers may be bytes as well, which are sent as they are. */
function rawDefinition(): ServiceDefinition {
  const { ModelInfer, ...others } = OpenInference.service;
  const responseSerialize = (reply: ModelInferResponseMessage | Uint8Array) =>
    reply instanceof Uint8Array ? Buffer.from(reply) : ModelInfer.responseSerialize(reply);
  return { ...others, ModelInfer: { ...ModelInfer, responseSerialize } } as ServiceDefinition;
}

function cancellationOf(call: ServerUnaryCall<unknown, unknown>): AbortSignal {
  const cancelled = new AbortController();
  call.on("cancelled", () => cancelled.abort());
  return cancelled.signal;
}
