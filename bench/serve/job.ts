/** What the processes that measure are told, and what they answer: JSON between two processes. */

import type { Arrivals } from "./schedule.ts";
import type { Summary } from "./summary.ts";

/** How requests come. */
export type Load =
  /** So many are under way at any time: the next is sent when one has ended. */
  | { readonly kind: "closed"; readonly inFlight: number }
  /** They come at their own times. */
  | {
    readonly kind: "open";
    readonly perSec: number;
    readonly arrivals: Arrivals;
    /** Of what chance decides. */
    readonly seed: number;
  };

/** One measurement. */
export interface Job {
  /** host:port. */
  readonly address: string;
  /** The gRPC method, as `/package.Service/Method`. */
  readonly method: string;
  /** File with the request's message, encoded. */
  readonly message: string;
  /** HTTP/2 connections that calls go over by turns. */
  readonly connections: number;
  readonly load: Load;
  /** Milliseconds from when a call is due; sent with it, as gRPC's deadline. */
  readonly deadlineMs: number;
  /** Milliseconds of load before anything counts. */
  readonly warmUpMs: number;
  /** Milliseconds that are measured. */
  readonly durationMs: number;
  /** The server's process. */
  readonly pid: number;
}

/** CPU time in the window that was measured. */
export interface CpuUse {
  /** Seconds of the window. */
  readonly windowSec: number;
  /** CPU seconds of the server's process and its children. */
  readonly serverSec: number;
  /** CPU seconds of the generator. */
  readonly generatorSec: number;
  /** CPU seconds of everything else on the machine: what the measurement was disturbed by. */
  readonly othersSec: number;
}

/** What a measurement gave. */
export interface Measured extends Summary, CpuUse {}

/** Whose limit is measured. */
export interface LimitJob {
  /** Directory of models. */
  readonly models: string;
  readonly model: string;
  /** An encoded image. */
  readonly image: string;
  /** Whether requests carry the file; else they carry its pixels, and nothing is decoded. */
  readonly isEncoded: boolean;
}

/** CPU milliseconds of all threads that one picture takes, a stage each. */
export interface Stages {
  readonly decodeMs: number;
  readonly scaleMs: number;
  readonly networkMs: number;
}

/** What was measured of them. */
export interface Limit extends Stages {
  /** Cores that everything else on the machine used meanwhile, on average. */
  readonly othersCores: number;
}

/** All that a picture takes, in CPU milliseconds. */
export function limitMs({ decodeMs, scaleMs, networkMs }: Stages): number {
  return decodeMs + scaleMs + networkMs;
}
