/**
 * Inference servers that infer nothing, and take as long as they are told to: one request after the other,
 * the rest waits. A process of its own; prints where they listen.
 *
 *   slow_servers.ts SEED MILLISECONDS…
 */

import { Buffer } from "node:buffer";
import { Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { systemClock } from "../../core/clock.ts";
import { NO_TIMINGS } from "../../core/infer.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import { replyToWire, statusToWire } from "../../proto/grpc_codec.ts";
import type { InferenceHandlers } from "../../proto/generated/smarteye/v1/Inference.ts";
import { Inference } from "../../proto/grpc_service.ts";
import { LOAD_REPORT_TRAILER, loadReportToWire } from "../../proto/orca.ts";
import { RequestRates } from "../../inference/request_rates.ts";
import { logNormal } from "../dispatch/chance.ts";

/** Standard deviation of service times over their mean, as in the simulated fleets. */
const SPREAD = 0.3;

/** One server. @returns its `host:port`. */
function start(meanMs: number, rng: Rng): Promise<string> {
  const rates = new RequestRates(systemClock);
  let underWay = 0;
  let last = Promise.resolve();
  const load = () => ({
    cpuUtilization: Math.min(1, underWay),
    memoryUtilization: 0,
    queueLength: Math.max(0, underWay - 1),
    running: Math.min(1, underWay),
    workers: 1,
  });
  const report = () => {
    const trailers = new Metadata();
    const { meanUnderWay, endedPerSecond, failedPerSecond } = rates;
    const told = {
      utilization: meanUnderWay,
      requestsPerSecond: endedPerSecond,
      failuresPerSecond: failedPerSecond,
    };
    const bytes = loadReportToWire({ load: load(), ...told });
    trailers.set(LOAD_REPORT_TRAILER, Buffer.from(bytes));
    return trailers;
  };
  const handlers: Pick<InferenceHandlers, "Infer" | "ServerStatus"> = {
    async Infer({ request: { model } }, done) {
      underWay++;
      last = last.then(() => systemClock.sleep(logNormal(meanMs, SPREAD, rng)));
      await rates.count(() => last);
      underWay--;
      const empty = { width: 64, height: 48, findings: { detections: [] }, timingsMs: NO_TIMINGS };
      done(null, replyToWire({ model, ...empty, load: load() }), report());
    },
    ServerStatus(_, done) {
      const model = { name: "m", version: "1", service: "detection", state: "ready" } as const;
      const unknown = { accuracy: undefined, latencyMs: undefined, detail: "" };
      const models = [{ ...model, ...unknown }];
      // They have nothing to warm up.
      const said = { version: "0", uptimeMs: 3_600_000, provider: "cpu", draining: false };
      done(null, statusToWire({ ...said, models, load: load() }));
    },
  };
  const server = new Server();
  server.addService(Inference.service, handlers);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(`127.0.0.1:${port}`);
    });
  });
}

const [seed, ...means] = Deno.args.map(Number);
const rng = seededRng(seed!);
console.log(JSON.stringify({ servers: await Promise.all(means.map((ms) => start(ms, rng))) }));
