/** What a dispatch policy is: a pure function from what the forwarder sees to the server that is called. */

import type { ServerLoad } from "../../core/model.ts";
import type { Rng } from "../../core/rng.ts";

/** A server that can take the request: it is up, and it has the model. */
export interface DispatchCandidate {
  readonly name: string;
  /** Requests of this forwarder that the server has not answered yet. */
  readonly inFlight: number;
  /** What the server last said of itself; `undefined` before it said anything. */
  readonly load: ServerLoad | undefined;
  /** Mean time of its latest answers, milliseconds; `undefined` before there was one. */
  readonly latencyMs: number | undefined;
}

/** What the forwarder sees at the moment of a dispatch. */
export interface DispatchSnapshot {
  /** The request's number since the forwarder started: 0, 1, 2 … */
  readonly sequence: number;
  /** The model that is asked for. */
  readonly model: string;
  /** At least one, in the order of the config. */
  readonly candidates: readonly DispatchCandidate[];
}

/** Names one of the candidates. No I/O, no clock, no state outside its arguments. */
export type DispatchPolicy = (snapshot: DispatchSnapshot, rng: Rng) => string;
