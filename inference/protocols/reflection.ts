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
  const reflection = new ReflectionService(protosAsWritten([HEALTH_PROTO]));
  for (const version of Object.values(reflection) as unknown as Indexes[]) withoutDots(version);
  reflection.addToServer(server);
}

/** What one version of the protocol answers from. */
type Indexes = Readonly<Record<"services" | "symbols", Record<string, unknown>>>;

/** What has no package is called `.MsgTransfer` by @grpc/reflection 1.0.4, which no client asks for. */
function withoutDots({ services, symbols }: Indexes): void {
  for (const index of [services, symbols]) {
    for (const name of Object.keys(index).filter((name) => name.startsWith("."))) {
      index[name.slice(1)] = index[name];
      delete index[name];
    }
  }
}
