/** `grpc.reflection.v1` and `v1alpha`: which services and messages there are, for tools without protos. */

import { createRequire } from "node:module";
import type { Server, ServerDuplexStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { protosAsWritten } from "../../proto/grpc_service.ts";
import { HEALTH_PROTO } from "./health.ts";

/** The protocol's own protos. */
const REFLECTION_PROTOS = [
  "@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto",
  "@grpc/reflection/build/proto/grpc/reflection/v1alpha/reflection.proto",
];

/**
 * Adds the protocol, which tells of every service of the port.
 *
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addReflection(server: Server): void {
  const { resolve } = createRequire(import.meta.url);
  const own = REFLECTION_PROTOS.map((path) => resolve(path));
  const reflection = new ReflectionService(protosAsWritten([HEALTH_PROTO, ...own]));
  for (const version of Object.values(reflection) as unknown as Indexes[]) mend(version);
  reflection.addToServer({
    addService: (service, handlers) => server.addService(service, paced(handlers)),
  });
}

/** What one version of the protocol answers from. */
type Indexes = Readonly<Record<"services" | "symbols" | "files", Record<string, unknown>>>;

/**
 * What has no package is called `.MsgTransfer` by @grpc/reflection 1.0.4, which no client asks for, and
 * whoever asks for `constructor` is told of what every object of JavaScript has.
 */
function mend(indexes: Indexes): void {
  for (const index of [indexes.services, indexes.symbols, indexes.files]) {
    Object.setPrototypeOf(index, null);
    for (const name of Object.keys(index).filter((name) => name.startsWith("."))) {
      index[name.slice(1)] = index[name];
      delete index[name];
    }
  }
}

/** The package's handlers, which otherwise answer without end whoever asks and does not listen. */
function paced(handlers: UntypedServiceImplementation): UntypedServiceImplementation {
  const pacedHandlers = Object.entries(handlers).map(([name, handler]) => [
    name,
    (stream: ServerDuplexStream<unknown, unknown>) => {
      (handler as (given: typeof stream) => void)(stream);
      stream.on("data", () => {
        if (stream.writableNeedDrain) stream.pause();
      });
      stream.on("drain", () => stream.resume());
    },
  ]);
  return Object.fromEntries(pacedHandlers);
}
