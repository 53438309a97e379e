/** Loads the protos: what grpc-js needs on both sides of the wire. */

import { fileURLToPath } from "node:url";
import { loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync, type Options, type PackageDefinition } from "@grpc/proto-loader";
import type { ProtoGrpcType as MsgTransferTypes } from "./generated/msg_transfer.ts";
import type { ProtoGrpcType as OpenInferenceTypes } from "./generated/open_inference.ts";
import type { ProtoGrpcType as OrcaTypes } from "./generated/orca.ts";
import type { ProtoGrpcType as SmarteyeTypes } from "./generated/smarteye.ts";
import { surviveGoaway } from "./http2_goaway.ts";

surviveGoaway(); // whoever makes a client has come by here

/** Each is named as whoever packs the program looks for it. */
const FILES = [
  new URL("./smarteye.proto", import.meta.url),
  new URL("./open_inference.proto", import.meta.url),
  new URL("./msg_transfer.proto", import.meta.url),
].map((url) => fileURLToPath(url));

const ORCA_FILE = fileURLToPath(new URL("./orca.proto", import.meta.url));

/** `deno task proto` generates the types with the same choices. */
const OPTIONS: Options = { longs: String, enums: String, defaults: true, oneofs: true };

const types = loadPackageDefinition(loadSync([...FILES, ORCA_FILE], OPTIONS)) as unknown as
  & SmarteyeTypes
  & OpenInferenceTypes
  & MsgTransferTypes
  & OrcaTypes;

/**
 * The client constructor of `smarteye.v1.Inference`; `.service` is its definition for a server.
 *
 * @ignore Its type is grpc-js's: for the files that speak gRPC, and for no others.
 */
export const Inference = types.smarteye.v1.Inference;

/**
 * The same of `inference.GRPCInferenceService`.
 *
 * @ignore
 */
export const OpenInference = types.inference.GRPCInferenceService;

/**
 * The same of the original's `MsgTransfer`.
 *
 * @ignore
 */
export const MsgTransfer = types.MsgTransfer;

/**
 * The message of a load report, which writes and reads itself.
 *
 * @ignore Its type is proto-loader's.
 */
export const OrcaLoadReport = types.xds.data.orca.v3.OrcaLoadReport;

/**
 * All protos of services, with their fields as they are written there, to be told to tools.
 *
 * @param others paths of further ones.
 * @ignore Its type is proto-loader's.
 */
export function protosAsWritten(others: readonly string[]): PackageDefinition {
  return loadSync([...FILES, ...others], { ...OPTIONS, keepCase: true });
}

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
