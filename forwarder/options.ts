/** What a forwarder needs to know, resolved and checked. */

import type { Limits } from "../core/limits.ts";
import type { ListenAddress } from "../core/address.ts";
import type { TlsFiles } from "../core/tls_files.ts";
import type { GivenParameters } from "../policies/parameters.ts";
import type { FailureOptions } from "./failure_options.ts";

/** Options of `smarteye forward`. */
export interface ForwarderOptions {
  /** Where HTTP is served. */
  readonly listen: ListenAddress;
  /** `host:port` of each inference server. */
  readonly servers: readonly string[];
  /** Calls them over TLS by these files; plain TCP without. With no file of authorities, the usual ones. */
  readonly serverTls?: TlsFiles;
  /** What the servers want to be told with every call. */
  readonly serverToken?: string;
  /** A registered dispatch policy's name, or the path of a module with one. */
  readonly dispatchPolicy: string;
  /** What was given of policies' own parameters, by the policy's name. */
  readonly policyParameters: Readonly<Record<string, GivenParameters>>;
  /** Milliseconds that a policy of the user's own may take to pick a server. */
  readonly decisionMs: number;
  /** Milliseconds between two looks at each server. */
  readonly monitorIntervalMs: number;
  /** Milliseconds that a request may take when it names no deadline, and the most that it may name. */
  readonly deadlineMs: number;
  /** What detects for those who name no model, as NVRs do; the most accurate detector when absent. */
  readonly detectionModel?: string;
  /** What is done where servers fail or are slow. */
  readonly failure: FailureOptions;
  /** What a sender's request may cost. */
  readonly limits: Limits;
  /** Print `{"role": "forward", "listen": "host:port"}` on stdout when ready. */
  readonly json: boolean;
}
