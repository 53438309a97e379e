/** `grpc.health.v1.Health`: what orchestrators ask. */

import type { Server } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { InferenceService } from "../service.ts";

/** Whose health is told: the whole server's, and that of the service that infers. */
const NAMES = ["", "smarteye.v1.Inference"] as const;

/**
 * Adds the protocol: `SERVING` when the service takes work, `NOT_SERVING` before and after that.
 *
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export function addHealth(server: Server, service: InferenceService): void {
  const health = new HealthImplementation();
  service.onState((state) => {
    for (const name of NAMES) {
      health.setStatus(name, state === "serving" ? "SERVING" : "NOT_SERVING");
    }
  });
  health.addToServer(server);
}
