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

/** Bytes of a message beside the image that it carries, at most. */
const MESSAGE_SLACK_BYTES = 64 * 1024;

/**
 * The options of a channel, or of a server, whose messages carry images of up to `imageBytesMax`.
 *
 * @ignore The names are grpc-js's.
 */
export function messageLimits(imageBytesMax: number): {
  readonly "grpc.max_send_message_length": number;
  readonly "grpc.max_receive_message_length": number;
} {
  const bytesMax = imageBytesMax + MESSAGE_SLACK_BYTES;
  return { "grpc.max_send_message_length": bytesMax, "grpc.max_receive_message_length": bytesMax };
}
