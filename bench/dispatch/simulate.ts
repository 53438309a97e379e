/**
 * A cloud in simulated time: forwarders that pick servers by a policy, each from what it has seen itself,
 * and servers that work off what they get, first come, first served. What a forwarder knows of its
 * servers is kept by the forwarder's own code.
 */

import { FakeClock } from "../../core/fake_clock.ts";
import type { ServerLoad } from "../../core/model.ts";
import { percentile } from "../../core/rolling_window.ts";
import { pickIndex, type Rng, seededRng } from "../../core/rng.ts";
import type { Backend } from "../../forwarder/backend.ts";
import { Server } from "../../forwarder/server.ts";
import type { RegisteredPolicy } from "../../policies/registry.ts";
import { parameterValues } from "../../policies/parameters.ts";
import type { DispatchPolicy } from "../../policies/dispatch/policy.ts";
import { Agenda } from "./agenda.ts";
import { exponential, logNormal } from "./chance.ts";

/** What is simulated. */
export interface Fleet {
  /** Milliseconds that each server takes for a request, on average. */
  readonly serviceMs: readonly number[];
  /** Requests that each server works at, at the same time. */
  readonly workers: number;
  /** Forwarders, each of which gets as much as the others, and knows nothing of them. */
  readonly forwarders: number;
  /** Share of what all servers can do. */
  readonly load: number;
  /** Standard deviation of service times over their mean; they are log-normal. */
  readonly spread: number;
  /** Milliseconds from a forwarder to a server, and the same back. */
  readonly wayMs: number;
  /** Now and then something else slows a server down. */
  readonly slowed?: {
    /** Milliseconds between two of its bad times, on average. */
    readonly everyMs: number;
    /** Milliseconds that one lasts. */
    readonly forMs: number;
    /** How many times as long everything takes. */
    readonly factor: number;
  };
}

/** How long answers took, milliseconds. */
export interface Latencies {
  readonly requests: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Milliseconds at the start that are not counted: nothing is known of the servers yet. */
const WARM_UP_MS = 2000;

/** Milliseconds after which what was counts for 1/e in a server's report, as in request_rates.ts. */
const REPORT_MS = 2000;

/** Simulates so many seconds of requests, and waits for the last answer. The same seed gives the same. */
export function simulate(
  { policy, parameters = {} }: RegisteredPolicy<DispatchPolicy>,
  fleet: Fleet,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): Latencies {
  const rng = seededRng(seed);
  const clock = new FakeClock();
  const beganAtMs = clock.nowMs();
  const agenda = new Agenda(clock);
  const machines = fleet.serviceMs.map((meanMs) => new Machine(meanMs, fleet, agenda, rng));
  const { values } = parameterValues(parameters, {});
  const forwarders = Array.from({ length: fleet.forwarders }, () => ({
    sequence: 0,
    servers: machines.map((_, i) => new Server(String(i), NOWHERE, clock, () => {}, rng)),
  }));
  const perMs = fleet.load *
    fleet.serviceMs.reduce((sum, meanMs) => sum + fleet.workers / meanMs, 0);
  const latenciesMs: number[] = [];
  const endsAtMs = beganAtMs + seconds * 1000;
  const arrive = () => {
    const atMs = clock.nowMs();
    if (atMs >= endsAtMs) return;
    agenda.in(exponential(1 / perMs, rng), arrive);
    const forwarder = forwarders[pickIndex(rng, forwarders.length)]!;
    const { servers } = forwarder;
    const candidates = servers.map((server) => server.candidate());
    const known = { sequence: forwarder.sequence++, model: "m", parameters: values, candidates };
    const picked = Number(policy(known, rng));
    const server = servers[picked]!;
    const lease = server.lease();
    agenda.in(
      fleet.wayMs,
      () =>
        machines[picked]!.take((load, report) =>
          agenda.in(fleet.wayMs, () => {
            server.noteLoad(load);
            server.noteReport({ load, ...report });
            lease.end("success");
            if (atMs - beganAtMs >= WARM_UP_MS) latenciesMs.push(clock.nowMs() - atMs);
          })
        ),
    );
  };
  arrive();
  agenda.run();
  return latenciesOf(latenciesMs);
}

/** A server's side: a queue, and so many at work. */
class Machine {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #slowUntilMs = 0;
  #slowAtMs = Infinity;
  #meanUnderWay = 0;
  #endedPerMs = 0;
  #atMs: number;

  constructor(
    private readonly meanMs: number,
    private readonly fleet: Fleet,
    private readonly agenda: Agenda,
    private readonly rng: Rng,
  ) {
    this.#atMs = agenda.nowMs;
    if (fleet.slowed) this.#slowAtMs = agenda.nowMs + exponential(fleet.slowed.everyMs, rng);
  }

  /** Works at a request when it is its turn, and tells how busy it is when that is done. */
  take(done: (load: ServerLoad, report: Reported) => void): void {
    this.#fade();
    const begin = () => {
      this.#running++;
      this.agenda.in(this.#serviceMs(), () => {
        this.#fade();
        this.#running--;
        this.#endedPerMs += 1 / REPORT_MS;
        this.#waiting.shift()?.();
        done(this.#load(), {
          utilization: this.#meanUnderWay / this.fleet.workers,
          requestsPerSecond: this.#endedPerMs * 1000,
          failuresPerSecond: 0,
        });
      });
    };
    if (this.#running < this.fleet.workers) begin();
    else this.#waiting.push(begin);
  }

  #load(): ServerLoad {
    const { workers } = this.fleet;
    return {
      cpuUtilization: Math.min(1, this.#meanUnderWay / workers),
      memoryUtilization: 0,
      queueLength: this.#waiting.length,
      running: this.#running,
      workers,
    };
  }

  #serviceMs(): number {
    return this.#slowness() * logNormal(this.meanMs, this.fleet.spread, this.rng);
  }

  #slowness(): number {
    const { slowed } = this.fleet;
    if (!slowed) return 1;
    const { nowMs } = this.agenda;
    while (this.#slowAtMs <= nowMs) {
      this.#slowUntilMs = this.#slowAtMs + slowed.forMs;
      this.#slowAtMs = this.#slowUntilMs + exponential(slowed.everyMs, this.rng);
    }
    return nowMs < this.#slowUntilMs ? slowed.factor : 1;
  }

  #fade(): void {
    const { nowMs } = this.agenda;
    const kept = Math.exp((this.#atMs - nowMs) / REPORT_MS);
    const underWay = this.#running + this.#waiting.length;
    this.#meanUnderWay = underWay + (this.#meanUnderWay - underWay) * kept;
    this.#endedPerMs *= kept;
    this.#atMs = nowMs;
  }
}

/** What a server reports of its work. */
interface Reported {
  readonly utilization: number;
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
}

/** Nothing is sent anywhere: time passes, and that is all. */
const NOWHERE: Backend = {
  infer: () => Promise.reject(new Error("nothing is sent in a simulation")),
  status: () => Promise.reject(new Error("nothing is sent in a simulation")),
  close() {},
};

function latenciesOf(latenciesMs: readonly number[]): Latencies {
  return {
    requests: latenciesMs.length,
    meanMs: latenciesMs.reduce((sum, ms) => sum + ms, 0) / latenciesMs.length,
    p50Ms: percentile(latenciesMs, 50)!,
    p95Ms: percentile(latenciesMs, 95)!,
    p99Ms: percentile(latenciesMs, 99)!,
  };
}
