/** The gRPC server: `smarteye.v1.Inference` and `grpc.health.v1.Health`. */

import {
  type handleUnaryCall,
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { cannotListen } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { asSmarteyeError } from "../core/errors.ts";
import { logger, OncePerSecond } from "../core/log.ts";
import { formatAddress, type ListenAddress } from "../core/address.ts";
import { errorToWire, modelToWire, replyToWire, requestFromWire } from "../proto/grpc_codec.ts";
import { Inference, messageLimits } from "../proto/grpc_service.ts";
import type { InferenceHandlers } from "../proto/generated/smarteye/v1/Inference.ts";
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
  /** The program's, as `ServerStatus` tells it. */
  readonly version: string;
  /** Name of the provider that sessions run on. */
  readonly provider: string;
  /** For requests that name none, 0 to 1; absent: the model's own. */
  readonly scoreThreshold: number | undefined;
  /** Uptime and deadlines go by it. */
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
 * Starts listening.
 *
 * @throws {SmarteyeError} `already_in_use` or `invalid_argument` when it cannot listen there.
 */
export async function listen(
  service: InferenceService,
  options: InferenceServerOptions,
): Promise<InferenceServer> {
  const server = new Server({
    ...messageLimits(options.bodyBytesMax),
    // What a connection may have under way is held in memory before it is admitted.
    "grpc.max_concurrent_streams": options.streamsMax,
  });
  server.addService(Inference.service, handlers(service, options));
  const health = new HealthImplementation({ "": "SERVING", "smarteye.v1.Inference": "SERVING" });
  health.addToServer(server);
  const port = await bind(server, options.listen);
  return {
    port,
    async close(graceMs) {
      service.drain();
      for (const name of ["", "smarteye.v1.Inference"]) health.setStatus(name, "NOT_SERVING");
      await shutDown(server, service, graceMs, options.clock);
    },
  };
}

function handlers(
  service: InferenceService,
  options: InferenceServerOptions,
): InferenceHandlers {
  const startMs = options.clock.nowMs();
  const told = new OncePerSecond((message) => log.warn("{message}", { message }));
  const { clock } = options;
  return {
    Infer: unary(told, async (call) => {
      const { request, image } = requestFromWire(call.request);
      const reply = await service.infer(image, {
        ...request,
        scoreThreshold: request.scoreThreshold ?? options.scoreThreshold,
        deadlineMs: deadlineOf(call, clock),
        signal: cancellationOf(call),
      });
      return replyToWire(reply);
    }),
    ServerStatus: unary(told, () => ({
      version: options.version,
      uptimeS: (clock.nowMs() - startMs) / 1000,
      provider: options.provider,
      load: { ...service.load() },
      models: service.models().filter(({ state }) => state === "ready").map(modelToWire),
      draining: service.draining,
    })),
    ListModels: unary(told, () => ({
      models: service.models().map(modelToWire),
    })),
    LoadModel: unary(told, async (call) => ({
      model: modelToWire(await service.loadModel(call.request.model)),
    })),
    UnloadModel: unary(told, async (call) => {
      await service.unloadModel(call.request.model);
      return {};
    }),
  };
}

/** A handler that answers with what `perform` returns, or with the status of what it throws. */
function unary<Request, Reply>(
  told: OncePerSecond,
  perform: (call: ServerUnaryCall<Request, Reply>) => Reply | Promise<Reply>,
): handleUnaryCall<Request, Reply> {
  return (call, callback) => {
    Promise.resolve().then(() => perform(call)).then(
      (reply) => callback(null, reply),
      (thrown) => {
        const error = asSmarteyeError(thrown, "answer");
        told.tell(`a call ended with ${error.code}`, error.message);
        if (error.code === "internal") log.debug("{error}", { error: thrown });
        callback(errorToWire(error));
      },
    );
  };
}

function deadlineOf(call: ServerUnaryCall<unknown, unknown>, clock: Clock): number | undefined {
  const deadline = Number(call.getDeadline());
  return Number.isFinite(deadline) ? clock.nowMs() + deadline - clock.epochMs() : undefined;
}

function cancellationOf(call: ServerUnaryCall<unknown, unknown>): AbortSignal {
  const controller = new AbortController();
  call.on("cancelled", () => controller.abort());
  return controller.signal;
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
  const latestMs = clock.nowMs() + graceMs;
  while (service.underWay > 0 && clock.nowMs() < latestMs) await clock.sleep(POLL_MS);
  if (service.underWay > 0) {
    log.warn("stopping although {n} calls are still under way", { n: service.underWay });
  }
  await Promise.race([closed, clock.sleep(FLUSH_MS)]);
  server.forceShutdown();
}
