/** What a dispatch policy is: a pure function from what the forwarder sees to the server that is called. */

import type { ServerLoad } from "../../core/model.ts";
import type { Rng } from "../../core/rng.ts";
import type { ParameterValues } from "../parameters.ts";

/** What a server reports of its work, averaged over its last seconds (ORCA). */
export interface ReportedRates {
  /** How much of what it can do it does: 1 at full load, more where requests wait. */
  readonly utilization: number;
  /** Requests that it ended, well or not. */
  readonly requestsPerSecond: number;
  /** Of those, the ones that failed through its own fault. */
  readonly failuresPerSecond: number;
  /** Milliseconds since it was heard. */
  readonly agoMs: number;
}

/** A server that can take the request: it is up, and it has the model. */
export interface DispatchCandidate {
  /** `host:port`, as in the config: what a policy returns. */
  readonly name: string;
  /** Requests of this forwarder that the server has not answered yet. */
  readonly inFlight: number;
  /** What the server last said of itself; `undefined` before it said anything. */
  readonly load: ServerLoad | undefined;
  /** What `inFlight` was when `load` was said: how much of that load was this forwarder's own. */
  readonly inFlightAtLoad?: number | undefined;
  /**
   * How long its answers take, milliseconds: a moving average that jumps to a slow answer at once
   * and sinks slowly, towards 0 while there is none (Peak EWMA); `undefined` before the first one.
   */
  readonly latencyMs: number | undefined;
  /**
   * How long answers took, milliseconds, that began with as many of our requests in flight as there are
   * now, or nearly as many; `undefined` before the first one.
   */
  readonly latencyNowMs?: number | undefined;
  /** `undefined` where it reports nothing. */
  readonly report?: ReportedRates | undefined;
}

/** What the forwarder sees at the moment of a dispatch. */
export interface DispatchSnapshot {
  /**
   * How many requests for this model were dispatched before this one: 0, 1, 2 … Counted for each
   * model, so that two senders that take turns with two models do not each get the same server.
   */
  readonly sequence: number;
  /** The model that is asked for. */
  readonly model: string;
  /** The policy's own parameters, by name: every one that it declares. */
  readonly parameters?: ParameterValues;
  /** At least one, in the order of the config. */
  readonly candidates: readonly DispatchCandidate[];
}

/** Names one of the candidates. No I/O, no clock, no state outside its arguments. */
export type DispatchPolicy = (snapshot: DispatchSnapshot, rng: Rng) => string;
