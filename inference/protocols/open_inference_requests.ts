/** Requests of the Open Inference Protocol that are read only when they have been looked at. */

import type { ServiceDefinition } from "@grpc/grpc-js";
import { OpenInference } from "../../proto/grpc_service.ts";
import { decodePlain } from "../../proto/message_scan.ts";
import { REQUEST_SHAPES } from "../../proto/open_inference_shapes.ts";

/** A request as it came. */
export interface Unread<Request> {
  /** Decodes it. @throws {SmarteyeError} as `decodePlain` does. */
  read(): Request;
}

/**
 * The service's definition for a server; requests of the methods that take lists come as `Unread`.
 *
 * @ignore Its type is grpc-js's.
 */
export const OpenInferenceUnread: ServiceDefinition = Object.fromEntries(
  Object.entries(OpenInference.service as ServiceDefinition).map(([name, method]) => {
    const shape = REQUEST_SHAPES[name];
    if (!shape) return [name, method];
    const requestDeserialize = (bytes: Uint8Array): Unread<unknown> => ({
      read: () => decodePlain(bytes, shape, method.requestDeserialize),
    });
    return [name, { ...method, requestDeserialize }];
  }),
);
