/** The inference servers: a set that may grow, shrink and drain while requests are under way. */

import type { Clock } from "../core/clock.ts";
import type { Service } from "../core/detection.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { LoadReport, ModelStatus } from "../core/model.ts";
import type { Rng } from "../core/rng.ts";
import type { Backend } from "./backend.ts";
import type { LatencySeen } from "./latency_outlier.ts";
import { Server, type StateListener } from "./server.ts";
import { shareAfter, takePart } from "./slow_start.ts";
import { keepWatch } from "./health_watch.ts";

/** Least share of servers that are not passed over for going wrong (Envoy's panic threshold). */
const PANIC = 0.5;

/** What is known of a server beside its name. */
export interface KnownOfServer {
  /** Told of its load reports. */
  readonly heard: (report: LoadReport) => void;
  /** Whose certificate it has, where it was found by another name than its own. */
  readonly authority?: string | undefined;
}

/** What a pool makes servers of. */
export interface ServerPoolParts {
  /** Opens the channel to a server as it was named. */
  readonly connect: (server: string, known: KnownOfServer) => Backend;
  /** Latencies and graces go by it. */
  readonly clock: Clock;
  /** How long servers are passed over differs by it. */
  readonly rng: Rng;
  /** Told of every server's changes. */
  readonly onState: StateListener;
  /** Milliseconds after it came up in which a server's share grows; 0 when absent: it has all at once. */
  readonly slowStartMs?: number;
  /** Requests that a server has of ours at most; 0, or absent, is no limit. */
  readonly serverRequestsMax?: number;
}

/** Holds the servers. Makes no calls itself. */
export class ServerPool {
  readonly #members = new Map<string, Server>();
  /** Removed, with calls of ours still under way. */
  readonly #leaving = new Set<Server>();

  /** Starts empty. */
  constructor(private readonly parts: ServerPoolParts) {}

  /** Every server, in the order in which they were added. */
  get servers(): readonly Server[] {
    return [...this.#members.values()];
  }

  /** Servers that take requests. */
  get readyCount(): number {
    return this.servers.filter(({ isReady }) => isReady).length;
  }

  /** Names of the models that ready servers offer, each once. */
  get models(): string[] {
    const ready = this.servers.filter(({ isReady }) => isReady);
    return [...new Set(ready.flatMap(({ models }) => models.map(({ name }) => name)))].sort();
  }

  /** Names of the models of a service that ready servers offer, each once. */
  modelsOf(service: Service): string[] {
    return [...new Set(this.#offered(service).map(({ name }) => name))].sort();
  }

  /**
   * Name of the model of a service that is the most accurate, and of several the quickest, of those
   * that ready servers offer.
   *
   * @throws {SmarteyeError} `unavailable` when none does.
   */
  mostAccurate(service: Service): string {
    const [best] = this.#offered(service).sort((a, b) =>
      (b.accuracy ?? -1) - (a.accuracy ?? -1) ||
      (a.latencyMs ?? Infinity) - (b.latencyMs ?? Infinity)
    );
    if (best) return best.name;
    throw new SmarteyeError("unavailable", `Cannot infer: no server offers a model for ${service}`);
  }

  /** Whether any server, ready or not, had the model when it was last heard. */
  knows(model: string): boolean {
    return this.servers.some((server) => server.has(model) || server.draws(model));
  }

  /** Whether those that have the model only draw what they find. */
  knowsDrawing(model: string): boolean {
    const draws = this.servers.some((server) => server.isReady && server.draws(model));
    return draws && !this.servers.some((server) => server.has(model));
  }

  /**
   * Ready servers that have the model, without those already tried, and without those that go wrong:
   * unless that were more than half, when what is wrong is not theirs, or there are no others. Nor are
   * those there that have as much as they may, or that chance leaves out since they have just come up.
   *
   * @param takesDrawn whether servers will do whose answer is a drawn frame.
   */
  candidates(model: string, tried: ReadonlySet<Server>, takesDrawn = false): Server[] {
    const able = this.#able(model, takesDrawn);
    const sound = able.filter(({ isEjected }) => !isEjected);
    const left = (servers: readonly Server[]) =>
      servers.filter((server) => !tried.has(server) && !this.isFull(server));
    const isPanic = sound.length < PANIC * able.length || left(sound).length === 0;
    const { rng } = this.parts;
    return takePart(left(isPanic ? able : sound), (server) => this.shareOf(server), rng);
  }

  /** Whether a server has as many requests of ours as it may. */
  isFull({ inFlight }: Server): boolean {
    const { serverRequestsMax = 0 } = this.parts;
    return serverRequestsMax > 0 && inFlight >= serverRequestsMax;
  }

  /** Whether all ready servers that have the model, and there are some, have as much as they may. */
  areFull(model: string, takesDrawn: boolean): boolean {
    const able = this.#able(model, takesDrawn);
    return able.length > 0 && able.every((server) => this.isFull(server));
  }

  /** Share of its requests that a server gets: 1 but after it has come up. */
  shareOf({ servingForMs }: Server): number {
    return shareAfter(servingForMs, this.parts.slowStartMs ?? 0);
  }

  /** How long answers for a model take at the ready servers beside one, without those that go wrong. */
  latenciesBeside(one: Server, model: string): LatencySeen[] {
    return this.#able(model, true).filter((server) => server !== one && !server.isEjected)
      .flatMap((server) => server.latencyOf(model) ?? []);
  }

  /**
   * Adds a server; it takes requests as soon as a look has found it up. Does nothing when it is in
   * the pool already; one that is still leaving it comes back as a new one, with a channel of its own.
   *
   * @param authority whose certificate it has, where that is not told by its name.
   */
  add(name: string, authority?: string): void {
    if (this.#members.has(name)) return;
    const { connect, clock, onState, rng } = this.parts;
    const heard = (report: LoadReport) => server.noteReport(report);
    const backend = connect(name, { heard, authority });
    const server = new Server(name, backend, clock, onState, rng);
    this.#members.set(name, server);
    void keepWatch(server, { clock, rng });
  }

  /**
   * Removes a server: it gets nothing new from now on, finishes what it has, and its channel is
   * closed. Calls that have no answer after `graceMs` milliseconds are given up, and go elsewhere.
   *
   * @throws {RangeError} when there is none of that name.
   */
  async remove(name: string, graceMs: number): Promise<void> {
    const server = this.#members.get(name);
    if (!server) throw new RangeError(`Cannot remove the server "${name}": it is not in the pool`);
    this.#members.delete(name);
    this.#leaving.add(server);
    await server.retire(graceMs);
    this.#leaving.delete(server);
  }

  #able(model: string, takesDrawn: boolean): Server[] {
    const can = (server: Server) => server.has(model) || takesDrawn && server.draws(model);
    return this.servers.filter((server) => server.isReady && can(server));
  }

  #offered(service: Service): ModelStatus[] {
    return this.servers.filter(({ isReady }) => isReady)
      .flatMap(({ models }) => models.filter((model) => model.service === service));
  }

  /** Empties the pool and closes every channel; calls under way are given up. */
  close(): void {
    for (const server of [...this.#members.values(), ...this.#leaving]) server.close();
    this.#members.clear();
  }
}
