/** The inference servers: their health, load and models, and how much of ours each of them has. */

import type { Clock } from "../core/clock.ts";
import type { ModelProfile, ServerLoad } from "../core/model.ts";
import { RollingWindow } from "../core/rolling_window.ts";
import type { DispatchCandidate } from "../policies/dispatch/policy.ts";
import type { ServerAnswer, ServersAnswer } from "../proto/http_codec.ts";
import type { Backend, BackendStatus } from "./backend.ts";
import { Lease, type LeaseOutcome } from "./lease.ts";

/** `ready` takes requests; `draining` finishes what it has; `down` does not answer. */
export type ServerState =
  | { readonly kind: "ready" }
  | { readonly kind: "draining" }
  | { readonly kind: "down"; readonly why: string };

/** One server of the pool, as others may look at it. */
export interface PooledServer {
  /** `host:port`, as configured. */
  readonly name: string;
  /** Where its calls go. */
  readonly backend: Backend;
  /** Whether it takes requests. */
  readonly state: ServerState;
  /** Models that it could infer with when it was last heard. */
  readonly models: readonly ModelProfile[];
  /** Requests of ours that it has not answered yet. */
  readonly inFlight: number;
  /** Times that it was found down, by a call or by the monitor. */
  readonly losses: number;
}

/** Told when a server becomes ready, draining or down; not when it stays so. */
export type StateListener = (server: string, state: ServerState) => void;

/** Answers whose times are averaged into a candidate's latency. */
const LATENCIES_MAX = 32;

interface Entry extends PooledServer {
  state: ServerState;
  models: readonly ModelProfile[];
  load: ServerLoad | undefined;
  inFlight: number;
  inFlightAtLoad: number;
  losses: number;
  /** Whether its state has been told to the listener. */
  told: boolean;
  readonly latenciesMs: RollingWindow;
}

/** Holds what is known of each server. Makes no calls itself. */
export class ServerPool {
  readonly #entries: ReadonlyMap<string, Entry>;

  /** Starts with every server down until it is heard. */
  constructor(
    servers: readonly { readonly name: string; readonly backend: Backend }[],
    private readonly clock: Clock,
    private readonly onState: StateListener,
  ) {
    this.#entries = new Map(servers.map(({ name, backend }) => [name, {
      name,
      backend,
      state: { kind: "down", why: "not seen yet" },
      models: [],
      load: undefined,
      inFlight: 0,
      inFlightAtLoad: 0,
      losses: 0,
      told: false,
      latenciesMs: new RollingWindow(LATENCIES_MAX),
    }]));
  }

  /** Every server, in the order of the config. */
  get servers(): readonly PooledServer[] {
    return [...this.#entries.values()];
  }

  /** Servers that take requests. */
  get readyCount(): number {
    return this.servers.filter(isReady).length;
  }

  /** Names of the models that ready servers offer, each once. */
  get models(): string[] {
    const names = this.servers.filter(isReady).flatMap(({ models }) => models.map(nameOf));
    return [...new Set(names)].sort();
  }

  /** Whether any server, ready or not, had the model when it was last heard. */
  knows(model: string): boolean {
    return this.servers.some((server) => has(server, model));
  }

  /** Ready servers that have the model, without those already tried, for a dispatch policy. */
  candidates(model: string, tried: ReadonlySet<string>): DispatchCandidate[] {
    return [...this.#entries.values()]
      .filter((entry) => isReady(entry) && has(entry, model) && !tried.has(entry.name))
      .map(({ name, inFlight, load, inFlightAtLoad, latenciesMs }) => (
        { name, inFlight, load, inFlightAtLoad, latencyMs: latenciesMs.mean() }
      ));
  }

  /** The server that calls go to. @throws {RangeError} when there is none of that name. */
  backend(name: string): Backend {
    return this.#entry(name).backend;
  }

  /** Takes a place on a server. @throws {RangeError} when there is none of that name. */
  lease(name: string): Lease {
    const entry = this.#entry(name);
    const takenAtMs = this.clock.nowMs();
    entry.inFlight++;
    return new Lease(name, (outcome: LeaseOutcome) => {
      entry.inFlight--;
      if (outcome === "success") entry.latenciesMs.add(this.clock.nowMs() - takenAtMs);
    });
  }

  /** Notes the load that a server told along with an answer, while the answer's lease still runs. */
  noteLoad(name: string, load: ServerLoad): void {
    const entry = this.#entry(name);
    entry.load = load;
    entry.inFlightAtLoad = entry.inFlight;
  }

  /**
   * Notes that a server said how it is. `losses` is the server's count from before it was asked: an
   * answer that was asked for before a call failed does not bring the server back.
   */
  heard(name: string, status: BackendStatus, losses: number): void {
    const entry = this.#entry(name);
    this.noteLoad(name, status.load);
    entry.models = status.models;
    if (entry.losses !== losses) return;
    this.#change(entry, { kind: status.draining ? "draining" : "ready" });
  }

  /** Passes over a server from now until it is heard again. */
  lost(name: string, why: string): void {
    const entry = this.#entry(name);
    entry.losses++;
    this.#change(entry, { kind: "down", why });
  }

  /** Notes that a server no longer has a model, until it says that it has. */
  forgetModel(name: string, model: string): void {
    const entry = this.#entry(name);
    entry.models = entry.models.filter((one) => one.name !== model);
  }

  /** What `GET /v1/servers` answers. */
  answer(): ServersAnswer {
    return { servers: [...this.#entries.values()].map(answerOf) };
  }

  /** Closes every channel. */
  close(): void {
    for (const { backend } of this.#entries.values()) backend.close();
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw new RangeError(`Cannot find the server "${name}": it is not in the config`);
    return entry;
  }

  #change(entry: Entry, state: ServerState): void {
    const changed = !entry.told || entry.state.kind !== state.kind;
    entry.state = state;
    entry.told = true;
    if (changed) this.onState(entry.name, state);
  }
}

function isReady({ state }: PooledServer): boolean {
  return state.kind === "ready";
}

function has({ models }: PooledServer, model: string): boolean {
  return models.some(({ name }) => name === model);
}

function nameOf({ name }: ModelProfile): string {
  return name;
}

function answerOf({ name, state, inFlight, load, models }: Entry): ServerAnswer {
  return {
    name,
    state: state.kind,
    detail: state.kind === "down" ? state.why : "",
    in_flight: inFlight,
    load: {
      cpu_utilization: load?.cpuUtilization ?? 0,
      memory_utilization: load?.memoryUtilization ?? 0,
      queue_length: load?.queueLength ?? 0,
      running: load?.running ?? 0,
      workers: load?.workers ?? 0,
    },
    models: models.map(({ name, service, accuracy, latencyMs }) => ({
      name,
      service,
      ...(accuracy === undefined ? {} : { accuracy }),
      ...(latencyMs === undefined ? {} : { latency_ms: latencyMs }),
    })),
  };
}
