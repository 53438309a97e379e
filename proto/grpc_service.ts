/** Loads `smarteye.proto`: what grpc-js needs on both sides of the wire. */

import { fileURLToPath } from "node:url";
import { loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { ProtoGrpcType } from "./generated/smarteye.ts";
import { surviveGoaway } from "./http2_goaway.ts";

surviveGoaway(); // whoever makes a client has come by here

/** `deno task proto` generates the types with the same choices. */
const definition = loadSync(fileURLToPath(new URL("./smarteye.proto", import.meta.url)), {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});

/**
 * The client constructor of `smarteye.v1.Inference`; `.service` is its definition for a server.
 *
 * @ignore Its type is grpc-js's: for the files that speak gRPC, and for no others.
 */
export const Inference =
  (loadPackageDefinition(definition) as unknown as ProtoGrpcType).smarteye.v1.Inference;
