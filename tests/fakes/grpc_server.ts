/** A real gRPC server of `smarteye.v1.Inference` that answers as a test tells it to. */

import { Server, ServerCredentials } from "@grpc/grpc-js";
import { modelToWire, replyToWire } from "../../proto/grpc_codec.ts";
import type { InferenceHandlers } from "../../proto/generated/smarteye/v1/Inference.ts";
import type { InferRequest } from "../../proto/generated/smarteye/v1/InferRequest.ts";
import { Inference } from "../../proto/grpc_service.ts";
import { loadOf, modelOf, replyOf } from "./backend.ts";

/** How a call ends: by an answer, or by a status of gRPC and its details. */
export type Ending = "ok" | { readonly code: number; readonly details: string };

/** What a test changes while the server runs. */
export interface Script {
  /** Names of the models that it says are ready. */
  models: string[];
  /** What it says of itself; calls are answered all the same. */
  draining: boolean;
  /** Decides how an `Infer` ends, as late as it likes; `cancelled` aborts when the client gave up. */
  infer: (request: InferRequest, cancelled: AbortSignal) => Ending | Promise<Ending>;
}

/** A server that listens. */
export interface ScriptedServer {
  /** Read at each call: change it at any time. */
  readonly script: Script;
  /** `host:port`. */
  readonly name: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Bytes of the images that were inferred. */
  readonly received: number[];
  /** Drops all connections, as a killed process does. */
  kill(): void;
}

/** Starts a server; port 0 takes a free one. */
export async function startScriptedServer(port = 0): Promise<ScriptedServer> {
  const script: Script = { models: ["m"], draining: false, infer: () => "ok" };
  const received: number[] = [];
  const server = new Server({ "grpc.max_receive_message_length": 64 * 1024 * 1024 });
  const handlers: Pick<InferenceHandlers, "Infer" | "ServerStatus"> = {
    async Infer(call, done) {
      const cancelled = new AbortController();
      call.on("cancelled", () => cancelled.abort());
      received.push(call.request.encoded?.length ?? 0);
      const ending = await script.infer(call.request, cancelled.signal);
      if (ending === "ok") return done(null, replyToWire(replyOf(call.request.model)));
      done(ending);
    },
    ServerStatus(_, done) {
      const models = script.models.map((name) => (
        modelToWire({ ...modelOf(name), state: "ready", detail: "" })
      ));
      const { draining } = script;
      done(null, { version: "0", uptimeS: 1, provider: "cpu", load: loadOf(), models, draining });
    },
  };
  server.addService(Inference.service, handlers);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
  return {
    script,
    received,
    port: bound,
    name: `127.0.0.1:${bound}`,
    kill: () => server.forceShutdown(),
  };
}
