/** A server of the original's protocol that answers as a test tells it to. */

import { Server, ServerCredentials, type ServerUnaryCall } from "@grpc/grpc-js";
import type { MsgReplyMessage } from "../../proto/generated/MsgReply.ts";
import type { MsgRequest } from "../../proto/generated/MsgRequest.ts";
import type { MsgTransferHandlers } from "../../proto/generated/MsgTransfer.ts";
import { MsgTransfer } from "../../proto/grpc_service.ts";
import type { Ending } from "./grpc_server.ts";

/** What a test changes while the server runs. */
export interface DrawingScript {
  /** As it is told: with commas, or as Python prints its dict's keys. */
  models: string;
  /** Percent. */
  usage: { cpuUsage: number; memoryUsage: number };
  /** Decides how a frame is answered. */
  draw: (
    request: MsgRequest,
    cancelled: AbortSignal,
  ) => MsgReplyMessage | Exclude<Ending, "ok"> | Promise<MsgReplyMessage | Exclude<Ending, "ok">>;
  /** Decides how the question for its utilization ends. */
  status: (cancelled: AbortSignal) => Ending | Promise<Ending>;
}

/** A server that listens. */
export interface DrawingServer {
  readonly script: DrawingScript;
  /** `host:port`. */
  readonly address: string;
  /** Drops all connections, as a killed process does. */
  kill(): void;
}

/** Starts a server on a free port. It draws nothing: frames come back as they are. */
export async function startDrawingServer(): Promise<DrawingServer> {
  const script: DrawingScript = {
    models: "dict_keys(['m'])",
    usage: { cpuUsage: 25, memoryUsage: 50 },
    draw: ({ frame, frameShape }) => ({ result: frame, frameShape }),
    status: () => "ok",
  };
  const handlers: MsgTransferHandlers = {
    async image_processor(call, done) {
      const reply = await script.draw(call.request, cancellationOf(call));
      if ("details" in reply) done(reply);
      else done(null, reply);
    },
    async get_server_utilization(call, done) {
      const ending = await script.status(cancellationOf(call));
      if (ending === "ok") done(null, script.usage);
      else done(ending);
    },
    get_loaded_models_name: (_, done) => done(null, { loadedModelName: script.models }),
    load_specified_model: (_, done) => done(null, {}),
  };
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  server.addService(MsgTransfer.service, handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
  return { script, address: `127.0.0.1:${port}`, kill: () => server.forceShutdown() };
}

function cancellationOf(call: ServerUnaryCall<unknown, unknown>): AbortSignal {
  const cancelled = new AbortController();
  call.on("cancelled", () => cancelled.abort());
  return cancelled.signal;
}
