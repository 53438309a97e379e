/** A pool of fake servers, on a fake clock if no other is said, and what happened to them. */

import assert from "node:assert/strict";
import type { Clock } from "../../core/clock.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { type ErrorCode, isSmarteyeError } from "../../core/errors.ts";
import { seededRng } from "../../core/rng.ts";
import type { Work } from "../../forwarder/work.ts";
import { type Dispatched, Dispatcher } from "../../forwarder/dispatcher.ts";
import type { FailureOptions } from "../../forwarder/failure_options.ts";
import { Metrics } from "../../forwarder/metrics.ts";
import { Picker } from "../../forwarder/picker.ts";
import type { Server } from "../../forwarder/server.ts";
import { ServerPool } from "../../forwarder/server_pool.ts";
import type { DispatchPolicy } from "../../policies/dispatch/policy.ts";
import { roundRobin } from "../../policies/dispatch/round_robin.ts";
import { FakeBackend } from "./backend.ts";

/** A signal that nobody aborts. */
export const NEVER: AbortSignal = new AbortController().signal;

/** One second attempt after a failure, and nothing else. */
export const FAILURE: FailureOptions = {
  retryBudget: 0.2,
  hedge: false,
  slowStartMs: 0,
  serverRequestsMax: 0,
};

/** An image of which nobody looks at the pixels, for a model. */
export function workFor(model = "m"): Work {
  return { request: { model }, image: { kind: "encoded", bytes: new Uint8Array(1) } };
}

/** Servers called s0, s1 …, each with the model `m`, that are down until they are looked at. */
export class FakePool {
  readonly clock = new FakeClock();
  /** Every channel that was opened, in that order. */
  readonly backends: FakeBackend[] = [];
  /** Every change of state, as `s0 ready` or `s0 down: why`. */
  readonly changes: string[] = [];
  readonly pool: ServerPool;
  readonly metrics: Metrics;
  readonly picker: Picker;
  readonly dispatcher: Dispatcher;

  constructor(
    servers: number,
    pick: DispatchPolicy = roundRobin,
    seed = 1,
    time?: Clock,
    said: Partial<FailureOptions> = {},
  ) {
    const clock = time ?? this.clock;
    const failure = { ...FAILURE, ...said };
    this.pool = new ServerPool({
      clock,
      rng: seededRng(seed),
      ...failure,
      connect: () => {
        const backend = new FakeBackend(clock);
        this.backends.push(backend);
        return backend;
      },
      onState: (server, state) => {
        const why = state.kind === "down" ? `: ${state.why}` : "";
        this.changes.push(`${server} ${state.kind}${why}`);
      },
    });
    for (let i = 0; i < servers; i++) this.pool.add(`s${i}`);
    this.metrics = new Metrics(this.pool);
    this.picker = new Picker({
      policy: {
        name: "test",
        ask: (snapshot, seed) => pick(snapshot, seededRng(seed)),
        close: () => {},
      },
      parameters: {},
      decisionMs: 50,
      rng: seededRng(seed),
      clock,
      metrics: this.metrics,
    });
    this.dispatcher = new Dispatcher({
      pool: this.pool,
      picker: this.picker,
      clock,
      metrics: this.metrics,
      failure,
    });
  }

  /** A member of the pool. */
  server(name: string): Server {
    return this.pool.servers.find((server) => server.name === name)!;
  }

  /** Looks at every server. */
  async look(): Promise<void> {
    const limits = { deadlineMs: 1000, signal: NEVER };
    await Promise.all(this.pool.servers.map((server) => server.look(limits)));
  }

  dispatch(model = "m", deadlineAtMs = 1000): Promise<Dispatched> {
    return this.dispatcher.dispatch(workFor(model), { deadlineAtMs, signal: NEVER });
  }

  inFlight(): number[] {
    return this.pool.servers.map((server) => server.inFlight);
  }

  states(): string[] {
    return this.pool.servers.map((server) => server.state.kind);
  }

  /** What `/metrics` tells. */
  async metricsText(): Promise<string> {
    return await (await this.metrics.answer()).text();
  }
}

/** How something ended: the code of an error of ours, or `ok`. */
export async function codeOf(outcome: Promise<unknown>): Promise<ErrorCode | "ok"> {
  try {
    await outcome;
    return "ok";
  } catch (error) {
    assert.ok(isSmarteyeError(error), String(error));
    return error.code;
  }
}
