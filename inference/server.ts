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
import { cannotListen } from "../core/cannot_listen.ts";
import type { Clock } from "../core/clock.ts";
import { asSmarteyeError, ERRORS, SmarteyeError } from "../core/errors.ts";
import { logger, OncePerSecond } from "../core/log.ts";
import { formatAddress, type ListenAddress } from "../core/role.ts";
import { modelToWire, replyToWire, serviceFromWire } from "../proto/grpc_codec.ts";
import {
  Inference,
  type WireInferReply,
  type WireInferRequest,
  type WireModel,
  type WireServerStatusReply,
} from "../proto/grpc_service.ts";
import type { InferenceService, SentImage } from "./service.ts";

setLogVerbosity(logVerbosity.NONE); // what fails is thrown, and told once, in our words

const log = logger("inference");

/** Bytes of an `Infer` beside its image. */
const MESSAGE_OVERHEAD = 64 * 1024;

/** How a server is made. */
export interface InferenceServerOptions {
  /** Where gRPC is served, without TLS. */
  readonly listen: ListenAddress;
  /** Bytes that an image may have. */
  readonly bodyBytesMax: number;
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
    "grpc.max_receive_message_length": options.bodyBytesMax + MESSAGE_OVERHEAD,
    "grpc.max_send_message_length": options.bodyBytesMax + MESSAGE_OVERHEAD,
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
      await shutDown(server, graceMs);
    },
  };
}

function handlers(service: InferenceService, options: InferenceServerOptions) {
  const startMs = options.clock.nowMs();
  const told = new OncePerSecond((message) => log.warn("{message}", { message }));
  const { clock } = options;
  return {
    Infer: unary<WireInferRequest, WireInferReply>(told, async (call) => {
      const { model, service: asked, scoreThreshold } = call.request;
      const reply = await service.infer(sentImage(call.request), {
        model,
        service: serviceFromWire(asked),
        scoreThreshold: checkedScore(scoreThreshold ?? options.scoreThreshold),
        deadlineMs: deadlineOf(call, clock),
        signal: cancellationOf(call),
      });
      return replyToWire(reply);
    }),
    ServerStatus: unary<unknown, WireServerStatusReply>(told, () => ({
      version: options.version,
      uptimeS: (clock.nowMs() - startMs) / 1000,
      provider: options.provider,
      load: { ...service.load() },
      models: service.models().filter(({ state }) => state === "ready").map(modelToWire),
      draining: service.draining,
    })),
    ListModels: unary<unknown, { models: WireModel[] }>(told, () => ({
      models: service.models().map(modelToWire),
    })),
    LoadModel: unary<{ model: string }, { model: WireModel }>(told, async (call) => ({
      model: modelToWire(await service.loadModel(call.request.model)),
    })),
    UnloadModel: unary<{ model: string }, Record<string, never>>(told, async (call) => {
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
        callback({ code: ERRORS[error.code].grpc, details: error.message });
      },
    );
  };
}

function sentImage({ encoded, raw }: WireInferRequest): SentImage {
  if (raw) return { kind: "raw", size: { width: raw.width, height: raw.height }, rgb: raw.rgb };
  if (encoded && encoded.length > 0) return { kind: "encoded", bytes: encoded };
  throw new SmarteyeError("invalid_argument", "Cannot infer: the request has no image");
}

function checkedScore(score: number | undefined): number | undefined {
  if (score === undefined || (score >= 0 && score <= 1)) return score;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot infer with a score threshold of ${score}: 0 to 1 is wanted`,
  );
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

function shutDown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      log.warn("stopping although calls are still under way after {graceMs} ms", { graceMs });
      server.forceShutdown();
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
