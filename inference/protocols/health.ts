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

interface HealthReply {
  readonly status: "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
}

type Watcher = ServerWritableStream<HealthRequest, HealthReply>;

/**
 * Adds the protocol. A server is `SERVING` when the service takes work, a model (`name` or
 * `name@version`) when it can infer; both are `NOT_SERVING` before and after. grpc-health-check has the
 * messages; its own Watch keeps every name that anybody has ever asked for.
 *
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addHealth(server: Server, service: InferenceService): void {
  const watchers = new Map<Watcher, HealthReply["status"]>();
  const tell = (watcher: Watcher) => {
    const now = statusOf(service, watcher.request.service);
    if (watchers.get(watcher) === now) return;
    watchers.set(watcher, now);
    watcher.write({ status: now });
  };
  const tellAll = () => {
    for (const watcher of watchers.keys()) tell(watcher);
  };
  service.onState(tellAll);
  service.onModel(tellAll);
  server.addService(healthService, {
    check(
      { request }: ServerUnaryCall<HealthRequest, HealthReply>,
      reply: sendUnaryData<HealthReply>,
    ) {
      const now = statusOf(service, request.service);
      if (now !== "SERVICE_UNKNOWN") return reply(null, { status: now });
      reply({ code: status.NOT_FOUND, details: "Cannot tell: there is no such service or model" });
    },
    watch(watcher: Watcher) {
      watcher.on("cancelled", () => watchers.delete(watcher));
      tell(watcher);
    },
    list(_: unknown, reply: sendUnaryData<{ statuses: Record<string, HealthReply> }>) {
      const names = [...NAMES, ...modelsOf(service).map(referenceOf)];
      if (names.length > LIST_MAX) {
        const details = `Cannot list ${names.length} services, at most ${LIST_MAX} are listed`;
        return reply({ code: status.RESOURCE_EXHAUSTED, details });
      }
      const statuses = names.map((name) => [name, { status: statusOf(service, name) }]);
      reply(null, { statuses: Object.fromEntries(statuses) });
    },
  });
}

function statusOf(service: InferenceService, name: string): HealthReply["status"] {
  const isServing = service.state === "serving";
  if (NAMES.includes(name)) return isServing ? "SERVING" : "NOT_SERVING";
  const isKnown = modelsOf(service).some((model) =>
    model.name === name || referenceOf(model) === name
  );
  if (!isKnown) return "SERVICE_UNKNOWN";
  return isServing && service.isReady(name) ? "SERVING" : "NOT_SERVING";
}

/** None while the server is starting. */
function modelsOf(service: InferenceService) {
  return service.state === "starting" ? [] : service.models();
}
