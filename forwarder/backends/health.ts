/** `grpc.health.v1.Health/Watch`, from the side of who watches. */

import { type Client, type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { service as health } from "grpc-health-check";
import type { WatchEnd } from "../backend.ts";

/** A watch that is under way. */
export interface HealthWatch {
  /** How it ended. Never rejects. */
  readonly ended: Promise<WatchEnd>;
  /** Ends it. */
  cancel(): void;
}

/**
 * Watches the health of a whole server. It has no deadline: the connection's keepalive ends it when the
 * other side is gone.
 *
 * @ignore Its types are grpc-js's: for the files that speak gRPC.
 */
export function watchHealth(
  client: Client,
  metadata: Metadata,
  onServing: (serving: boolean) => void,
): HealthWatch {
  const { path, requestSerialize, responseDeserialize } = health["Watch"]!;
  const call = client.makeServerStreamRequest(
    ...[path, requestSerialize, responseDeserialize, { service: "" }, metadata] as const,
  );
  call.on("data", (said: { readonly status: string }) => {
    // Of one that does not know itself by that name nothing is known.
    if (said.status === "SERVING") onServing(true);
    if (said.status === "NOT_SERVING") onServing(false);
  });
  const ended = new Promise<WatchEnd>((resolve) => {
    call.on("error", (error: ServiceError) => resolve(endOf(error)));
    call.on("end", () => resolve("ended"));
  });
  return { ended, cancel: () => call.cancel() };
}

function endOf({ code }: ServiceError): WatchEnd {
  if (code === status.UNIMPLEMENTED) return "unsupported";
  return code === status.UNAVAILABLE ? "lost" : "ended";
}
