/**
 * An inference server that infers nothing, to be killed, stopped and slowed: a process of its own. Says
 * where it listens; each line that it reads is how many milliseconds an answer takes from then on. Told
 * to stop it takes nothing new and finishes what it has.
 *
 *   server.ts PORT MILLISECONDS
 */

import { Server, ServerCredentials } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { systemClock } from "../../core/clock.ts";
import { NO_TIMINGS } from "../../core/infer.ts";
import type { InferenceHandlers } from "../../proto/generated/smarteye/v1/Inference.ts";
import { replyToWire, statusToWire } from "../../proto/grpc_codec.ts";
import { Inference } from "../../proto/grpc_service.ts";

const MODEL = {
  ...{ name: "m", version: "1", service: "detection", state: "ready", detail: "" } as const,
  ...{ accuracy: undefined, latencyMs: undefined },
};

const load = {
  ...{ cpuUtilization: 0, memoryUtilization: 0 },
  ...{ queueLength: 0, running: 0, workers: 1 },
};

const [port, ms] = Deno.args.map(Number);
let takesMs = ms!;
let draining = false;
const handlers: Pick<InferenceHandlers, "Infer" | "ServerStatus"> = {
  async Infer({ request: { model } }, done) {
    await systemClock.sleep(takesMs);
    const empty = { width: 64, height: 48, findings: { detections: [] }, timingsMs: NO_TIMINGS };
    done(null, replyToWire({ model, ...empty, load }));
  },
  ServerStatus(_, done) {
    const uptimeMs = Math.round(systemClock.nowMs());
    const said = { version: "0", uptimeMs, provider: "cpu", models: [MODEL], load };
    done(null, statusToWire({ ...said, draining }));
  },
};
const server = new Server();
server.addService(Inference.service, handlers);
const health = new HealthImplementation({ "": "SERVING" });
health.addToServer(server);
const credentials = ServerCredentials.createInsecure();
server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => {
  if (error) throw error;
  console.log(JSON.stringify({ listen: `127.0.0.1:${bound}` }));
});

Deno.addSignalListener("SIGTERM", async () => {
  draining = true;
  health.setStatus("", "NOT_SERVING");
  const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  // Who watches its health does not leave by itself.
  await Promise.race([finished, systemClock.sleep(2 * takesMs + 200)]);
  Deno.exit(0);
});

for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  takesMs = Number(line.trim().split("\n").at(-1));
}
