/** `grpc.reflection.v1` and `v1alpha`: which services and messages there are, for tools without protos. */

import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { protosAsWritten } from "../../proto/grpc_service.ts";
import { HEALTH_PROTO } from "./health.ts";

/**
 * Adds the protocol, which tells of every service of the port.
 *
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addReflection(server: Server): void {
  new ReflectionService(protosAsWritten([HEALTH_PROTO])).addToServer(server);
}
