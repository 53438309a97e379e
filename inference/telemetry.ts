/** What an inference server counts, as Prometheus reads it. */

import process from "node:process";
import type { ErrorCode } from "../core/errors.ts";
import { INFER_STAGES, type InferTimings } from "../core/infer.ts";
import type { ModelState, ModelStatus } from "../core/model.ts";
import { MetricsRegistry } from "../web/metrics.ts";

/** Which protocol a request came by. */
export type Protocol = "smarteye" | "open_inference_grpc" | "open_inference_http" | "msg_transfer";

/** A request that has its outcome. */
export interface SettledRequest {
  /** Its model's name; `unknown` where there is no such model. */
  readonly model: string;
  /** How it came. */
  readonly protocol: Protocol;
  /** `ok`, or the code of the error that it ended with. */
  readonly outcome: "ok" | ErrorCode;
  /** Where its time went, where it was inferred. */
  readonly timingsMs?: InferTimings | undefined;
  /** Milliseconds that a Worker was at it. */
  readonly workerMs?: number;
  /** Pictures that went through the network together with it, itself among them. */
  readonly together?: number | undefined;
}

/** What is read whenever the metrics are asked for. */
export interface TelemetrySource {
  /** Requests that wait for a Worker. */
  readonly waiting: number;
  /** Requests that are being inferred. */
  readonly running: number;
  /** Workers that infer. */
  readonly workers: number;
  /** Workers that have stopped by themselves. */
  readonly workerCrashes: number;
  /** Every model. */
  readonly models: readonly ModelStatus[];
}

/** Upper ends of the buckets of a request's time, in seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Upper ends of the buckets of a stage's time, in seconds: some take less than a millisecond. */
const STAGE_BUCKETS = [0.0005, 0.001, 0.0025, ...REQUEST_BUCKETS];

const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64];

const MODEL_STATES: readonly ModelState[] = ["unloaded", "loading", "ready", "unloading", "failed"];

/** One server's metrics, in a registry of their own. */
export class Telemetry {
  readonly #registry = new MetricsRegistry("smarteye_inference_");
  readonly #requests = this.#registry.counter({
    name: "requests_total",
    help: "Inferences asked for, by how they ended",
    labels: ["model", "protocol", "outcome"],
  });
  readonly #duration = this.#registry.histogram({
    name: "request_duration_seconds",
    help: "From a request's arrival to its answer, of those that were inferred",
    labels: ["model"],
  }, REQUEST_BUCKETS);
  readonly #stages = this.#registry.histogram({
    name: "stage_duration_seconds",
    help: "Where the time of an inference went; the stages add up to its whole",
    labels: ["model", "stage"],
  }, STAGE_BUCKETS);
  readonly #together = this.#registry.histogram({
    name: "batch_pictures",
    help: "Pictures that went through the network together with a request's, itself among them",
    labels: ["model"],
  }, BATCH_BUCKETS);
  readonly #busy = this.#registry.counter({
    name: "worker_busy_seconds_total",
    help: "Seconds that Workers' threads were at pictures and in networks",
    labels: ["model"],
  });
  readonly #bytes = this.#registry.counter({
    name: "received_bytes_total",
    help: "Bytes of images and tensors received",
    labels: ["protocol"],
  });

  /** `read` is asked whenever the metrics are; it tells nothing while the server starts. */
  constructor(read: () => TelemetrySource | undefined) {
    const gauge = (name: string, help: string, of: (source: TelemetrySource) => number) =>
      this.#registry.gauge({ name, help, labels: [] }, () => {
        const source = read();
        return source ? [[{}, of(source)]] : [];
      });
    gauge("queue_length", "Requests that wait for a Worker", ({ waiting }) => waiting);
    gauge("running", "Requests that are being inferred", ({ running }) => running);
    gauge("workers", "Workers that infer", ({ workers }) => workers);
    this.#registry.counted(
      {
        name: "worker_crashes_total",
        help: "Workers that stopped by themselves; others took their places",
        labels: [],
      },
      () => [[{}, read()?.workerCrashes ?? 0]],
    );
    this.#registry.gauge(
      { name: "models", help: "Models of the repository, by their state", labels: ["state"] },
      () => {
        const models = read()?.models ?? [];
        return MODEL_STATES.map((state) => [
          { state },
          models.filter((model) => model.state === state).length,
        ]);
      },
    );
    this.#registry.gauge(
      { name: "resident_memory_bytes", help: "Memory of the process", labels: [] },
      () => [[{}, Deno.memoryUsage().rss]],
    );
    this.#registry.counted(
      { name: "cpu_seconds_total", help: "Processor time of the process", labels: [] },
      () => {
        const { user, system } = process.cpuUsage();
        return [[{}, (user + system) / 1e6]];
      },
    );
  }

  /** Counts a request that has its outcome. */
  settled(
    { model, protocol, outcome, timingsMs, workerMs = 0, together = 1 }: SettledRequest,
  ): void {
    this.#requests.add({ model, protocol, outcome });
    if (!timingsMs) return;
    this.#duration.observe({ model }, timingsMs.total / 1000);
    for (const stage of INFER_STAGES) {
      this.#stages.observe({ model, stage }, timingsMs[stage] / 1000);
    }
    this.#together.observe({ model }, together);
    this.#busy.add({ model }, workerMs / 1000);
  }

  /** Counts bytes of images and tensors. */
  received(protocol: Protocol, bytes: number): void {
    this.#bytes.add({ protocol }, bytes);
  }

  /** All of it in Prometheus's text format. */
  answer(): Promise<Response> {
    return this.#registry.answer();
  }
}
