/** `grpc.health.v1.Health`: what orchestrators ask, of the server and of each model. */

import {
  type sendUnaryData,
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from "@grpc/grpc-js";
import { protoPath, service as healthService } from "grpc-health-check";
import { referenceOf } from "../../core/reference.ts";
import type { InferenceService } from "../service.ts";

/** Path of the protocol's own proto. */
export const HEALTH_PROTO: string = protoPath;

/** Whose health is told beside the models': the whole server's, and those of the services that infer. */
const NAMES: readonly string[] = [
  "",
  "smarteye.v1.Inference",
  "inference.GRPCInferenceService",
  "MsgTransfer",
];

/** Names that are listed at most, as the protocol has it. */
const LIST_MAX = 100;

interface HealthRequest {
  readonly service: string;
}

type Status = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

interface HealthReply {
  readonly status: Status;
}

type Statuses = ReadonlyMap<string, Status>;

type Watcher = ServerWritableStream<HealthRequest, HealthReply>;

/**
 * Adds the protocol. A server is `SERVING` when the service takes work, a model (`name` or
 * `name@version`) when it can infer; both are `NOT_SERVING` before and after. grpc-health-check has the
 * messages; its own Watch keeps every name that anybody has ever asked for.
 *
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addHealth(server: Server, service: InferenceService): void {
  const watchers = new Map<Watcher, Status>();
  const tell = (watcher: Watcher, statuses: Statuses) => {
    const now = statuses.get(watcher.request.service) ?? "SERVICE_UNKNOWN";
    // Who does not listen is told how it is then, and not all that it was.
    if (watcher.writableNeedDrain || watchers.get(watcher) === now) return;
    watchers.set(watcher, now);
    watcher.write({ status: now });
  };
  const tellAll = () => {
    if (watchers.size === 0) return;
    const statuses = statusesOf(service);
    for (const watcher of watchers.keys()) tell(watcher, statuses);
  };
  service.onState(tellAll);
  service.onModel(tellAll);
  server.addService(healthService, {
    check(
      { request }: ServerUnaryCall<HealthRequest, HealthReply>,
      reply: sendUnaryData<HealthReply>,
    ) {
      const now = statusesOf(service).get(request.service);
      if (now) return reply(null, { status: now });
      reply({ code: status.NOT_FOUND, details: "Cannot tell: there is no such service or model" });
    },
    watch(watcher: Watcher) {
      watcher.on("cancelled", () => watchers.delete(watcher));
      watcher.on("drain", () => watchers.has(watcher) && tell(watcher, statusesOf(service)));
      tell(watcher, statusesOf(service));
    },
    list(_: unknown, reply: sendUnaryData<{ statuses: Record<string, HealthReply> }>) {
      const names = [...NAMES, ...modelsOf(service).map(referenceOf)];
      if (names.length > LIST_MAX) {
        const details = `Cannot list ${names.length} services, at most ${LIST_MAX} are listed`;
        return reply({ code: status.RESOURCE_EXHAUSTED, details });
      }
      const statuses = statusesOf(service);
      const listed = names.map((name) => [name, { status: statuses.get(name)! }] as const);
      reply(null, { statuses: Object.fromEntries(listed) });
    },
  });
}

/** Of every name that is known; of a model's without a version, whether any of it can infer. */
function statusesOf(service: InferenceService): Statuses {
  const isServing = service.state === "serving";
  const statuses = new Map<string, Status>();
  for (const name of NAMES) statuses.set(name, isServing ? "SERVING" : "NOT_SERVING");
  for (const model of modelsOf(service)) {
    const isReady = isServing && model.state === "ready";
    statuses.set(referenceOf(model), isReady ? "SERVING" : "NOT_SERVING");
    if (isReady || !statuses.has(model.name)) {
      statuses.set(model.name, isReady ? "SERVING" : "NOT_SERVING");
    }
  }
  return statuses;
}

/** None while the server is starting. */
function modelsOf(service: InferenceService) {
  return service.state === "starting" ? [] : service.models();
}
