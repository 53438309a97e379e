/** The gRPC server: listens, carries the protocols, and stops. */

import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { cannotListen, formatAddress, type ListenAddress } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { logger } from "../core/log.ts";
import { messageLimits } from "../proto/grpc_service.ts";
import { Calls } from "./protocols/calls.ts";
import { addHealth } from "./protocols/health.ts";
import { addMsgTransfer } from "./protocols/msg_transfer.ts";
import { addOpenInference } from "./protocols/open_inference_grpc.ts";
import { addReflection } from "./protocols/reflection.ts";
import { sizeStatus } from "./protocols/size_status.ts";
import { addSmarteye } from "./protocols/smarteye.ts";
import type { InferenceService } from "./service.ts";

setLogVerbosity(logVerbosity.NONE); // what fails is thrown, and told once, in our words

const log = logger("inference");

/** Milliseconds between two looks at whether all calls are answered. */
const POLL_MS = 20;

/** Milliseconds that the last answers have to reach the socket. */
const FLUSH_MS = 300;

/** How a server is made. */
export interface InferenceServerOptions {
  /** Where gRPC is served, without TLS. */
  readonly listen: ListenAddress;
  /** Bytes that an image may have. */
  readonly bodyBytesMax: number;
  /** Calls that one connection may have under way. */
  readonly streamsMax: number;
  /** Deadlines go by it. */
  readonly clock: Clock;
}

/** A listening server. */
export interface InferenceServer {
  /** The port that it listens on. */
  readonly port: number;
  /** Refuses new work, waits up to `graceMs` for what is under way, and stops. */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts listening, with every protocol that the service is offered in.
 *
 * @throws {SmarteyeError} `already_in_use` or `invalid_argument` when it cannot listen there.
 */
export async function listen(
  service: InferenceService,
  options: InferenceServerOptions,
): Promise<InferenceServer> {
  const { bodyBytesMax, streamsMax, clock } = options;
  const server = new Server({
    ...messageLimits(bodyBytesMax),
    // What a connection may have under way is held in memory before it is admitted.
    "grpc.max_concurrent_streams": streamsMax,
    "grpc.server_call_metric_recording": 1,
    interceptors: [sizeStatus],
  });
  const calls = new Calls(service, clock);
  addSmarteye(server, service, calls);
  addOpenInference(server, service, calls, clock);
  addMsgTransfer(server, service, calls);
  addHealth(server, service);
  addReflection(server);
  const port = await bind(server, options.listen);
  return {
    port,
    async close(graceMs) {
      service.drain();
      await shutDown(server, service, graceMs, clock);
    },
  };
}

function bind(server: Server, address: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(formatAddress(address), ServerCredentials.createInsecure(), (cause, port) => {
      if (!cause) return resolve(port);
      reject(cannotListen(address, cause));
    });
  });
}

/** Connections that are merely open, and watchers of health, do not hold the end up. */
async function shutDown(
  server: Server,
  service: InferenceService,
  graceMs: number,
  clock: Clock,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const latestAtMs = clock.nowMs() + graceMs;
  while (service.underWay > 0 && clock.nowMs() < latestAtMs) await clock.sleep(POLL_MS);
  if (service.underWay > 0) {
    log.warn("stopping although {n} calls are still under way", { n: service.underWay });
  }
  await Promise.race([closed, clock.sleep(FLUSH_MS)]);
  server.forceShutdown();
}
