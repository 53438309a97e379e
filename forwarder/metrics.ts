/** What the forwarder counts. */

import type { ErrorCode } from "../core/errors.ts";
import { INFER_STAGES, type InferTimings } from "../core/infer.ts";
import { EDGE_STATES, type EdgeState } from "../proto/http_edges.ts";
import { MetricsRegistry } from "../web/metrics.ts";
import type { LeaseOutcome } from "./lease.ts";
import type { LoadOutcome } from "./model_loading.ts";
import type { Server } from "./server.ts";
import type { ServerPool } from "./server_pool.ts";
import type { Wire } from "./wires/wire.ts";

/** Why a server is passed over: calls broke, could not be made, or took too long. */
export type EjectionReason = "broke" | "unavailable" | "slow";

/** How a hedge ended: its answer came first, or did not; or it was not made for want of a budget. */
export type HedgeResult = "won" | "lost" | "refused";

/** Upper ends of the buckets of a request's time, in seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Upper ends of the buckets of a stage's time, in seconds: some take less than a millisecond. */
const STAGE_BUCKETS = [0.0005, 0.001, 0.0025, ...REQUEST_BUCKETS];

/** One forwarder's metrics, in a registry of their own. */
export class Metrics {
  readonly #registry = new MetricsRegistry("smarteye_forwarder_");
  readonly #models = new Set<string>();
  #underWay = 0;
  #edgeStates = (): Readonly<Record<EdgeState, number>> => ({ active: 0, silent: 0, gone: 0 });
  readonly #requests = this.#registry.counter({
    name: "requests_total",
    help: "Requests answered, by how they came",
    labels: ["wire", "status", "model"],
  });
  readonly #refusals = this.#registry.counter({
    name: "refusals_total",
    help: "Requests refused before a server was asked, by the code of the error",
    labels: ["code"],
  });
  readonly #bytesIn = this.#registry.counter({
    name: "received_bytes_total",
    help: "Bytes of request bodies read",
    labels: [],
  });
  readonly #bytesOut = this.#registry.counter({
    name: "sent_bytes_total",
    help: "Bytes of answers' bodies",
    labels: [],
  });
  readonly #dispatches = this.#registry.counter({
    name: "dispatches_total",
    help: "Calls to a server, by how they ended: only failed ones count against it",
    labels: ["server", "outcome"],
  });
  readonly #failures = this.#registry.counter({
    name: "failures_total",
    help: "Calls to a server that ended with an error, by its code",
    labels: ["server", "code"],
  });
  readonly #ejections = this.#registry.counter({
    name: "ejections_total",
    help: "Times that a server was passed over since calls went wrong at it or took too long",
    labels: ["server", "why"],
  });
  readonly #unresolved = this.#registry.counter({
    name: "unresolved_total",
    help: "Times that a name of DNS had no address, or nobody answered",
    labels: ["name"],
  });
  readonly #modelLoads = this.#registry.counter({
    name: "model_loads_total",
    help: "Models that a server was asked to load since none had them, by how that ended",
    labels: ["server", "outcome"],
  });
  readonly #reloads = this.#registry.counter({
    name: "reloads_total",
    help: "Times that the settings were read again, by how that ended: ok or failed",
    labels: ["outcome"],
  });
  readonly #clamped = this.#registry.counter({
    name: "clamped_scores_total",
    help: "Scores of a server that were not from 0 to 1, and were brought there",
    labels: ["server"],
  });
  readonly #retries = this.#registry.counter({
    name: "retries_total",
    help: "Requests tried on a second server, by the code of the first one's error",
    labels: ["code"],
  });
  readonly #retriesRefused = this.#registry.counter({
    name: "retries_refused_total",
    help: "Requests not tried on a second server since the budget for that was used up",
    labels: ["code"],
  });
  readonly #hedges = this.#registry.counter({
    name: "hedges_total",
    help: "Second attempts since the first one took long, by how they ended",
    labels: ["result"],
  });
  readonly #dispatchFallbacks = this.#registry.counter({
    name: "dispatch_fallbacks_total",
    help: "Servers picked by shortest_queue in place of the dispatch policy, by why it did not",
    labels: ["why"],
  });
  readonly #duration = this.#registry.histogram({
    name: "request_duration_seconds",
    help: "From a request's arrival to its answer",
    labels: ["status"],
  }, REQUEST_BUCKETS);
  readonly #receiving = this.#registry.histogram({
    name: "receive_duration_seconds",
    help: "From a request's arrival to the last byte of its body: the sender's network",
    labels: [],
  }, REQUEST_BUCKETS);
  readonly #added = this.#registry.histogram({
    name: "added_duration_seconds",
    help: "From the last byte of a request to its answer, without the server's own time",
    labels: [],
  }, STAGE_BUCKETS);
  readonly #stages = this.#registry.histogram({
    name: "stage_duration_seconds",
    help: "Where a server's time for an answer went; the stages add up to its whole",
    labels: ["stage"],
  }, STAGE_BUCKETS);

  readonly #edges = this.#registry.counter({
    name: "edge_requests_total",
    help: "Requests of edges that say their names, by how they ended: ok, refused or failed",
    labels: ["edge", "outcome"],
  });
  readonly #edgesForgotten = this.#registry.counter({
    name: "edges_forgotten_total",
    help: "Edges that are not told of any more since there are too many",
    labels: [],
  });
  readonly #edgeNamesRefused = this.#registry.counter({
    name: "edge_names_refused_total",
    help: "Requests whose sender calls itself as nobody may",
    labels: [],
  });

  /** Reads the servers' states off the pool whenever it is asked for its text. */
  constructor(private readonly pool: ServerPool) {
    this.#registry.gauge(
      { name: "requests_in_flight", help: "Requests under way", labels: [] },
      () => [[{}, this.#underWay]],
    );
    this.#registry.gauge(
      { name: "edges", help: "Edges and other senders that are known", labels: ["state"] },
      () => EDGE_STATES.map((state) => [{ state }, this.#edgeStates()[state]] as const),
    );
    this.#serverGauge(
      "server_up",
      "1 if the server takes requests, else 0",
      ({ isReady }) => isReady ? 1 : 0,
    );
    this.#serverGauge(
      "server_in_flight",
      "Requests that the server has not answered yet",
      ({ inFlight }) => inFlight,
    );
    this.#serverGauge(
      "server_share",
      "Share of its requests that the server gets: less than 1 after it has come up",
      (server) => pool.shareOf(server),
    );
  }

  /** Notes that a request came; pairs with `answered`. */
  arrived(): void {
    this.#underWay++;
  }

  /** Notes how a request ended. `model` is what the client asked for: anything at all. */
  answered(
    wire: Wire["name"],
    status: number,
    model: string | undefined,
    { seconds, bytes }: { readonly seconds: number; readonly bytes: number },
  ): void {
    this.#underWay--;
    this.#requests.add({ wire, status: String(status), model: this.#modelLabel(model) });
    this.#duration.observe({ status: String(status) }, seconds);
    this.#bytesOut.add({}, bytes);
  }

  /** Notes that a request was refused before a server was asked. */
  refused(code: ErrorCode): void {
    this.#refusals.add({ code });
  }

  /** Notes bytes read of a body. */
  received(bytes: number): void {
    this.#bytesIn.add({}, bytes);
  }

  /** Notes how long it took to receive a request's body. */
  receiving(seconds: number): void {
    this.#receiving.observe({}, seconds);
  }

  /** Notes how long an answer took beside the server's own time; nothing of a server that does not tell. */
  added(seconds: number, timingsMs: InferTimings): void {
    if (timingsMs.total === 0) return;
    this.#added.observe({}, Math.max(0, seconds - timingsMs.total / 1000));
  }

  /** Notes where a server's time for an answer went; nothing of a server that does not tell. */
  inferred(timingsMs: InferTimings): void {
    if (timingsMs.total === 0) return;
    for (const stage of INFER_STAGES) this.#stages.observe({ stage }, timingsMs[stage] / 1000);
  }

  /** Notes how a call to a server ended. */
  dispatched(server: string, outcome: LeaseOutcome): void {
    this.#dispatches.add({ server, outcome });
  }

  /** Notes that a call to a server failed, and how. */
  failed(server: string, code: ErrorCode): void {
    this.#failures.add({ server, code });
  }

  /** Notes that a server is passed over for a while. */
  ejected(server: string, why: EjectionReason): void {
    this.#ejections.add({ server, why });
  }

  /** Notes how loading a model at a server ended. */
  modelLoaded(server: string, outcome: LoadOutcome): void {
    this.#modelLoads.add({ server, outcome });
  }

  /** Notes how reading the settings again ended. */
  reloaded(outcome: "ok" | "failed"): void {
    this.#reloads.add({ outcome });
  }

  /** Notes that a server came or left: names of DNS may have any number of them in time. */
  serverChanged(server: string, change: "added" | "removed"): void {
    if (change === "added") this.#registry.hold("server", server);
    else this.#registry.release("server", server);
  }

  /** Notes that a name of DNS had no address, or nobody answered. */
  unresolved(name: string): void {
    this.#unresolved.add({ name });
  }

  /** Notes scores of a server that were not from 0 to 1. */
  clamped(server: string, scores: number): void {
    this.#clamped.add({ server }, scores);
  }

  /** Notes that a request goes to a second server, and why. */
  retried(code: ErrorCode): void {
    this.#retries.add({ code });
  }

  /** Notes that a request does not go to a second server for want of a budget. */
  retryRefused(code: ErrorCode): void {
    this.#retriesRefused.add({ code });
  }

  /** Notes how a second attempt beside the first one ended. */
  hedged(result: HedgeResult): void {
    this.#hedges.add({ result });
  }

  /** Notes that the policy was late, failed, or is asked no more, and another picked for it. */
  dispatchFallback(why: "late" | "failed" | "set_aside"): void {
    this.#dispatchFallbacks.add({ why });
  }

  /** Notes how a request of an edge ended; its name is empty where it says none. */
  edgeAnswered(edge: string, outcome: "ok" | "refused" | "failed"): void {
    this.#edges.add({ edge, outcome });
  }

  /** Notes that an edge is told of. */
  edgeKnown(edge: string): void {
    this.#registry.hold("edge", edge);
  }

  /** Notes that an edge is not told of any more. */
  edgeForgotten(edge: string | undefined): void {
    this.#edgesForgotten.add({});
    if (edge !== undefined) this.#registry.release("edge", edge);
  }

  /** Notes that a request's sender calls itself as nobody may. */
  edgeNameRefused(): void {
    this.#edgeNamesRefused.add({});
  }

  /** Has it told how many edges there are, by their states. */
  watchEdges(read: () => Readonly<Record<EdgeState, number>>): void {
    this.#edgeStates = read;
  }

  /** What `GET /metrics` answers. */
  answer(): Promise<Response> {
    return this.#registry.answer();
  }

  /** A label for a model that a server has or had; strangers' inventions share one. */
  #modelLabel(model: string | undefined): string {
    if (model === undefined) return "";
    if (this.pool.knows(model)) this.#models.add(model);
    return this.#models.has(model) ? model : "other";
  }

  #serverGauge(name: string, help: string, read: (server: Server) => number): void {
    this.#registry.gauge(
      { name, help, labels: ["server"] },
      () => this.pool.servers.map((server) => [{ server: server.name }, read(server)]),
    );
  }
}
