/** What every role of the program is: a function from options and the world to an exit status. */

import type { Clock } from "./clock.ts";
import type { Rng } from "./rng.ts";

/** The world as a role sees it. */
export interface RoleDeps {
  /** The only time that a role goes by. */
  readonly clock: Clock;
  /** Every choice that is left to chance; seeded in tests. */
  readonly rng: Rng;
  /** Aborts when the role should drain: take nothing new, finish what is under way, return. */
  readonly drain: AbortSignal;
  /** Writes one line to stdout, where the output for machines goes. */
  readonly print: (line: string) => void;
  /** Shows one line of progress in place of the last one; absent where nobody watches. */
  readonly progress?: (line: string) => void;
}

/** `0` done, `1` the run failed. (A wrong command line or config is thrown, and becomes `2`.) */
export type ExitStatus = 0 | 1 | 2;

/** Host and port that a server listens on; port 0 takes a free one. */
export interface ListenAddress {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** The most that a stranger may ask of a server. */
export interface Limits {
  /** Bytes of a request's body. */
  readonly bodyBytesMax: number;
  /** Pixels (width × height) of an image. */
  readonly pixelsMax: number;
  /** Milliseconds that a request's body may take to arrive. */
  readonly bodyTimeoutMs: number;
  /** Requests under way at once. */
  readonly requestsMax: number;
}

/** Where models are and which ones are meant. */
export interface ModelOptions {
  /** Directory with weights, and with manifests of the user's own. */
  readonly directory: string;
  /** Names of the detectors that are meant; empty means every one that is there. */
  readonly detection: readonly string[];
  /** Names of the classifiers that are meant; empty means every one that is there. */
  readonly classification: readonly string[];
  /** Least score of a detection that is reported, 0 to 1; a manifest's own value where absent. */
  readonly scoreThreshold: number | undefined;
}

/** An address as `host:port`, IPv6 hosts in brackets. */
export function formatAddress({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Resolves when the role is told to drain. */
export function drained(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
