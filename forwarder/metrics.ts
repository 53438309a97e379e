/** What the forwarder counts, as Prometheus reads it. The only importer of prom-client. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LeaseOutcome } from "./lease.ts";
import type { ServerPool } from "./server_pool.ts";

/** Names of models that become labels, at most; those beyond share one label. */
const MODEL_LABELS_MAX = 100;

/** One forwarder's metrics, in a registry of their own. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #models = new Set<string>();
  readonly #requests = this.#counter("requests_total", "Requests answered", ["status", "model"]);
  readonly #bytesIn = this.#counter("received_bytes_total", "Bytes of request bodies read", []);
  readonly #bytesOut = this.#counter("sent_bytes_total", "Bytes of answers' bodies", []);
  readonly #dispatches = this.#counter("dispatches_total", "Calls to a server, by how they ended", [
    "server",
    "outcome",
  ]);
  readonly #failures = this.#counter("failures_total", "Calls that a server failed", [
    "server",
    "kind",
  ]);
  readonly #retries = this.#counter("retries_total", "Requests tried on a second server", ["kind"]);
  readonly #duration = new Histogram({
    name: "smarteye_forwarder_request_duration_seconds",
    help: "From a request's arrival to its answer",
    labelNames: ["status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.#registry],
  });
  readonly #inFlight = new Gauge({
    name: "smarteye_forwarder_requests_in_flight",
    help: "Requests under way",
    registers: [this.#registry],
  });

  /** Reads the servers' states off the pool whenever it is asked for its text. */
  constructor(private readonly pool: ServerPool) {
    const registers = [this.#registry];
    new Gauge({
      name: "smarteye_forwarder_server_up",
      help: "1 if the server takes requests, else 0",
      labelNames: ["server"],
      registers,
      collect() {
        for (const { name, state } of pool.servers) {
          this.set({ server: name }, state.kind === "ready" ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: "smarteye_forwarder_server_in_flight",
      help: "Requests that the server has not answered yet",
      labelNames: ["server"],
      registers,
      collect() {
        for (const { name, inFlight } of pool.servers) this.set({ server: name }, inFlight);
      },
    });
  }

  /** Notes that a request came; pairs with `answered`. */
  arrived(): void {
    this.#inFlight.inc();
  }

  /** Notes how a request ended. `model` is what the client asked for: anything at all. */
  answered(status: number, model: string | undefined, seconds: number, bytes: number): void {
    this.#inFlight.dec();
    this.#requests.inc({ status, model: this.#modelLabel(model) });
    this.#duration.observe({ status }, seconds);
    this.#bytesOut.inc(bytes);
  }

  /** Notes bytes read of a body. */
  received(bytes: number): void {
    this.#bytesIn.inc(bytes);
  }

  /** Notes how a call to a server ended. */
  dispatched(server: string, outcome: LeaseOutcome): void {
    this.#dispatches.inc({ server, outcome });
  }

  /** Notes that a call to a server failed, and how. */
  failed(server: string, kind: string): void {
    this.#failures.inc({ server, kind });
  }

  /** Notes that a request goes to a second server, and why. */
  retried(kind: string): void {
    this.#retries.inc({ kind });
  }

  /** All of it in Prometheus's text format, with the content type that belongs to it. */
  async text(): Promise<{ text: string; contentType: string }> {
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  /** A label for a model that a server has or had; strangers' inventions share one. */
  #modelLabel(model: string | undefined): string {
    if (model === undefined) return "";
    if (this.#models.has(model)) return model;
    if (this.#models.size >= MODEL_LABELS_MAX || !this.pool.knows(model)) return "other";
    this.#models.add(model);
    return model;
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({
      name: `smarteye_forwarder_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
    });
  }
}
