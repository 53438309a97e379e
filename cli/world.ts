/** All that the command line takes from outside, as one argument, so that tests bring their own. */

import { type Clock, systemClock } from "../core/clock.ts";
import { type LogLevel, startLogging } from "../core/log.ts";
import { type Rng, seededRng } from "../core/rng.ts";
import { type Output, streamOutput } from "./output.ts";
import { processSignals, type SignalSource } from "./signals.ts";
import { unpackedHere } from "./unpacked.ts";

/** The world outside. */
export interface World {
  /** For results only. */
  readonly stdout: Output;
  /** For logs, progress and errors. */
  readonly stderr: Output;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** The current directory. */
  readonly directory: string;
  /** Processor cores. */
  readonly cores: number;
  /** What the machine is called; absent where that may not be asked. */
  readonly hostName?: string;
  /** Time. */
  readonly clock: Clock;
  /** Chance. */
  readonly rng: Rng;
  /** Requests to stop. */
  readonly signals: SignalSource;
  /** Where `unhandledrejection` and `error` events come from. */
  readonly crashes: EventTarget;
  /** Starts logging to stderr; `beforeLine` is called before each line. */
  readonly startLogging: (level: LogLevel, beforeLine: () => void) => Promise<void>;
  /** The directory that the program has unpacked itself into; absent when it has not. */
  readonly unpacked?: string;
}

/** The world of this process. */
export function processWorld(): World {
  const environment = Deno.env.toObject();
  const unpacked = unpackedHere(environment);
  // Only an edge wants to know it: no other task has to be let.
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return {
    stdout: streamOutput(Deno.stdout),
    stderr: streamOutput(Deno.stderr),
    environment,
    directory: Deno.cwd(),
    cores: navigator.hardwareConcurrency,
    ...(state === "granted" ? { hostName: Deno.hostname() } : {}),
    clock: systemClock,
    rng: seededRng(crypto.getRandomValues(new Int32Array(1))[0]!),
    signals: processSignals,
    crashes: globalThis,
    startLogging,
    ...(unpacked === undefined ? {} : { unpacked }),
  };
}
