/** A real gRPC server of `smarteye.v1.Inference` that answers as a test tells it to. */

import { Server, ServerCredentials, type ServerUnaryCall } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { Findings } from "../../core/detection.ts";
import { replyToWire, statusToWire } from "../../proto/grpc_codec.ts";
import type { InferenceHandlers } from "../../proto/generated/smarteye/v1/Inference.ts";
import type { InferRequest } from "../../proto/generated/smarteye/v1/InferRequest.ts";
import { Inference, messageLimits } from "../../proto/grpc_service.ts";
import { replyOf, statusOf } from "./backend.ts";

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
  /** What an answered `Infer` has found. */
  findings: Findings;
  /** Decides how a `ServerStatus` ends. */
  status: (cancelled: AbortSignal) => Ending | Promise<Ending>;
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
  /** Has it say whether it takes requests, which it only does when it was started so. */
  serving(is: boolean): void;
  /** Drops all connections, as a killed process does. */
  kill(): void;
  /** Takes no new connection, finishes what it has, and resolves when that is done. */
  leave(): Promise<void>;
}

/** Starts a server; port 0 takes a free one. With health it has `grpc.health.v1.Health`. */
export async function startScriptedServer(
  port = 0,
  { health = false } = {},
): Promise<ScriptedServer> {
  const script: Script = {
    models: ["m"],
    draining: false,
    infer: () => "ok",
    findings: { detections: [] },
    status: () => "ok",
  };
  const received: number[] = [];
  const server = new Server(messageLimits(64 * 1024 * 1024));
  const handlers: Pick<InferenceHandlers, "Infer" | "ServerStatus"> = {
    async Infer(call, done) {
      received.push(call.request.encoded?.length ?? 0);
      const ending = await script.infer(call.request, cancellationOf(call));
      const { findings } = script;
      if (ending === "ok") {
        return done(null, replyToWire({ ...replyOf(call.request.model), findings }));
      }
      done(ending);
    },
    async ServerStatus(call, done) {
      const ending = await script.status(cancellationOf(call));
      const { models, draining } = script;
      if (ending === "ok") return done(null, statusToWire({ ...statusOf(models), draining }));
      done(ending);
    },
  };
  server.addService(Inference.service, handlers);
  const said = new HealthImplementation({ "": "SERVING" });
  if (health) said.addToServer(server);
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
    serving: (is) => said.setStatus("", is ? "SERVING" : "NOT_SERVING"),
    kill: () => server.forceShutdown(),
    leave: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
  };
}

function cancellationOf(call: ServerUnaryCall<unknown, unknown>): AbortSignal {
  const cancelled = new AbortController();
  call.on("cancelled", () => cancelled.abort());
  return cancelled.signal;
}
