/** The ports of an inference server: gRPC, and HTTP where it is asked for. */

import { formatAddress } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { logger } from "../core/log.ts";
import { workersAtMost } from "./accelerator/workers.ts";
import { openHttpPort } from "../web/http_port.ts";
import { routes } from "./http/routes.ts";
import type { ServeOptions } from "./options.ts";
import { listen } from "./server.ts";
import type { InferenceService } from "./service.ts";
import type { Telemetry } from "./telemetry.ts";
import { BearerToken } from "../web/bearer_token.ts";

const log = logger("inference");

/** Calls of a connection beside those that infer: a monitor's, an operator's. */
const STATUS_CALLS = 16;

/** Open ports. */
export interface Ports {
  /** host:port of gRPC. */
  readonly grpc: string;
  /** host:port of HTTP, where there is one. */
  readonly http: string | undefined;
  /** Refuses new work, waits up to `graceMs` for what is under way, and closes both. */
  close(graceMs: number): Promise<void>;
}

/**
 * Opens them: both, or none.
 *
 * @throws {SmarteyeError} `already_in_use` or `invalid_argument` when one of them cannot be listened on.
 */
export async function openPorts(
  service: InferenceService,
  telemetry: Telemetry,
  options: ServeOptions,
  clock: Clock,
): Promise<Ports> {
  const { limits, connectionsMax, httpListen } = options;
  const grpc = await listen(service, {
    listen: options.listen,
    ...(options.tls ? { tls: options.tls } : {}),
    ...(options.token === undefined ? {} : { token: options.token }),
    connectionsMax,
    bodyBytesMax: limits.bodyBytesMax,
    bodyTimeoutMs: limits.bodyTimeoutMs,
    streamsMax: workersAtMost(options.workers, options.cores) + options.queueLengthMax +
      STATUS_CALLS,
    clock,
  });
  const http = httpListen && await openHttpPort({
    ...{
      listen: httpListen,
      flag: "--http HOST:PORT",
      tls: options.tls,
      connectionsMax,
      clock,
      log,
    },
    answer: routes({
      ...{ service, telemetry, limits, clock },
      token: options.token === undefined ? undefined : new BearerToken(options.token),
    }),
  }).catch(async (error) => {
    await grpc.close(0);
    throw error;
  });
  return {
    grpc: formatAddress({ ...options.listen, port: grpc.port }),
    http: http && formatAddress(http.address),
    async close(graceMs) {
      await Promise.all([grpc.close(graceMs), http?.close(graceMs)]);
    },
  };
}
