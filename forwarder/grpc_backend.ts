/** An inference server over gRPC (`smarteye.v1.Inference`). The only file here that knows grpc-js. */

import { type ClientUnaryCall, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { asSmarteyeError, SmarteyeError } from "../core/errors.ts";
import {
  errorFromWire,
  replyFromWire,
  requestToWire,
  statusFromWire,
} from "../proto/grpc_codec.ts";
import { Inference, messageLimits } from "../proto/grpc_service.ts";
import type { Backend, CallLimits } from "./backend.ts";

/** How channels are made: a call to a server that is down fails at once, and is retried elsewhere. */
const CHANNEL_OPTIONS = {
  // The next connection is tried by a timer: with grpc-js's own delays (1 s to 2 min) a server that
  // is back would not be seen for minutes.
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
} as const;

/**
 * Opens a channel to `server` (`host:port`) and keeps it. Nothing is connected before the first
 * call; a lost connection is made anew by itself.
 *
 * @param imageBytesMax Bytes of the largest image that will be sent.
 */
export function connectGrpc(server: string, imageBytesMax: number): Backend {
  // `dns:///` keeps a host called "unix" or "xds" from being read as a scheme.
  const client = new Inference(`dns:///${server}`, credentials.createInsecure(), {
    ...messageLimits(imageBytesMax),
    ...CHANNEL_OPTIONS,
  });
  const underWay = new Set<ClientUnaryCall>();
  let closed = false;

  function call<Wire, Reply>(
    start: Start<Wire>,
    read: (wire: Wire) => Reply,
    { signal, deadlineMs }: CallLimits,
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new SmarteyeError("cancelled", "nobody waits for it"));
      if (closed) return reject(new SmarteyeError("unavailable", "the channel is closed"));
      const deadline = new Date(Date.now() + deadlineMs);
      const call = start(new Metadata(), { deadline }, (error, wire) => {
        underWay.delete(call);
        signal.removeEventListener("abort", cancel);
        if (error) return reject(errorFromWire(error, signal.aborted));
        try {
          resolve(read(wire!)); // without an error there is a message, and its fields have defaults
        } catch (unreadable) {
          reject(asSmarteyeError(unreadable, `read what ${server} answered`));
        }
      });
      const cancel = () => call.cancel();
      underWay.add(call);
      signal.addEventListener("abort", cancel, { once: true });
    });
  }

  return {
    infer(request, image, limits) {
      const message = requestToWire(request, image);
      return call((...args) => client.Infer(message, ...args), replyFromWire, limits);
    },
    status: (limits) => call((...args) => client.ServerStatus({}, ...args), statusFromWire, limits),
    close() {
      closed = true;
      for (const call of underWay) call.cancel();
      client.close();
    },
  };
}

/** Begins a unary call of which the message is chosen. */
type Start<Wire> = (
  metadata: Metadata,
  options: { deadline: Date },
  done: (error: ServiceError | null, wire?: Wire) => void,
) => ClientUnaryCall;
