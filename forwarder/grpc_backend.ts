/** An inference server over gRPC (`smarteye.v1.Inference`). The only file here that knows grpc-js. */

import {
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
  status as Status,
} from "@grpc/grpc-js";
import { loadFromWire, modelFromWire, replyFromWire, requestToWire } from "../proto/grpc_codec.ts";
import type { InferReply } from "../proto/generated/smarteye/v1/InferReply.ts";
import type { ServerStatusReply } from "../proto/generated/smarteye/v1/ServerStatusReply.ts";
import { Inference } from "../proto/grpc_service.ts";
import { type Backend, BackendFailure, type CallLimits, type FailureKind } from "./backend.ts";

/** Bytes of an `InferRequest` beside its image, at most. */
const SLACK_BYTES = 64 * 1024;

/**
 * Opens a channel to `server` (`host:port`) and keeps it. Nothing is connected before the first
 * call; a lost connection is made anew by itself.
 *
 * @param imageBytesMax Bytes of the largest image that will be sent.
 */
export function connectGrpc(server: string, imageBytesMax: number): Backend {
  const messageBytesMax = imageBytesMax + SLACK_BYTES;
  // `dns:///` keeps a host called "unix" or "xds" from being read as a scheme.
  const client = new Inference(`dns:///${server}`, credentials.createInsecure(), {
    "grpc.max_send_message_length": messageBytesMax,
    "grpc.max_receive_message_length": messageBytesMax,
    // A call to a server that is down fails at once, and the next connection is tried by a timer:
    // with grpc-js's own delays (1 s to 2 min) a server that is back would not be seen for minutes.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 500,
    "grpc.dns_min_time_between_resolutions_ms": 1000,
    // Inference servers are ours to reach: a proxy of the environment is for the outside.
    "grpc.enable_http_proxy": 0,
    // The dispatcher retries, on another server; grpc-js would keep a copy of every image for it.
    "grpc.enable_retries": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 5_000,
    // Each channel's connections are its own and end with it.
    "grpc.use_local_subchannel_pool": 1,
  });

  function call<Reply>(
    method: "Infer" | "ServerStatus",
    request: unknown,
    limits: CallLimits,
  ): Promise<Reply> {
    const { signal, deadlineMs } = limits;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new BackendFailure("cancelled", "nobody waits for it"));
      const unary = (client[method] as unknown as Unary<Reply>).bind(client);
      const deadline = new Date(Date.now() + deadlineMs);
      const call = unary(request, new Metadata(), { deadline }, (error, reply) => {
        signal.removeEventListener("abort", cancel);
        if (error) return reject(failureOf(error, signal));
        if (!reply) return reject(new BackendFailure("broken", "an answer without a message"));
        resolve(reply);
      });
      const cancel = () => call.cancel();
      signal.addEventListener("abort", cancel, { once: true });
    });
  }

  return {
    async infer({ model, service, image }, limits) {
      const request = requestToWire({ model, service }, { kind: "encoded", bytes: image });
      return replyFromWire(await call<InferReply>("Infer", request, limits));
    },
    async status(limits) {
      const wire = await call<ServerStatusReply>("ServerStatus", {}, limits);
      return {
        load: loadFromWire(wire.load),
        models: wire.models.map(modelFromWire),
        draining: wire.draining,
      };
    },
    close: () => client.close(),
  };
}

type Unary<Reply> = (
  request: unknown,
  metadata: Metadata,
  options: { deadline: Date },
  done: (error: ServiceError | null, reply?: Reply) => void,
) => ClientUnaryCall;

function failureOf(error: ServiceError, signal: AbortSignal): BackendFailure {
  // grpc-js wraps what happened to the connection: `No connection established. Last error: Error:
  // connect ECONNREFUSED 192.0.2.1:50051. Resolution note: `.
  const said = (error.details || error.message)
    .replace(/^No connection established\. Last error: (Error: )?/, "")
    .replace(/\.? *Resolution note:\s*$/, "");
  const tooLarge = error.code === Status.RESOURCE_EXHAUSTED && /larger than max/.test(said);
  const kind = tooLarge ? "too_large" : kindOf(error.code, signal);
  return new BackendFailure(kind, said.split("\n")[0]!.slice(0, 300), {
    cause: error,
  });
}

/** What a status means here (grpc/grpc doc/statuscodes.md, and the comments of `smarteye.proto`). */
function kindOf(code: Status, signal: AbortSignal): FailureKind {
  switch (code) {
    case Status.INVALID_ARGUMENT:
      return "refused";
    case Status.OUT_OF_RANGE:
      return "too_large";
    case Status.NOT_FOUND:
      return "no_such_model";
    case Status.RESOURCE_EXHAUSTED:
      return "busy";
    case Status.DEADLINE_EXCEEDED:
      return "deadline_exceeded";
    case Status.UNAVAILABLE:
      return "unreachable";
    case Status.CANCELLED:
      // Not by us: the server reset the stream, as one does that is shut down by force.
      return signal.aborted ? "cancelled" : "unreachable";
    default:
      return "broken";
  }
}
