/** What a forwarder needs to know, resolved and checked. */

import type { ListenAddress } from "../core/address.ts";
import type { TlsFiles } from "../core/tls_files.ts";
import type { AccessLogRule } from "./access_log.ts";
import type { NameServer } from "./discovery.ts";
import type { GatewayLimits } from "./settings.ts";
import type { GivenParameters } from "../policies/parameters.ts";
import type { FailureOptions } from "./failure_options.ts";

/** What servers of others do not know: pictures, and what their models are. */
export interface OtherServers {
  /** Names of models of servers that do not tell theirs. */
  readonly models: readonly string[];
  /** Directory with the user's own manifests. */
  readonly directory: string;
  /** Least score of a detection that is reported, 0 to 1; a manifest's own value where absent. */
  readonly scoreThreshold: number | undefined;
  /** Workers that know pictures, at most, at least 1. */
  readonly workers: number;
}

/** Options of `smarteye forward`. */
export interface ForwarderOptions {
  /** Where HTTP is served. */
  readonly listen: ListenAddress;
  /** Each inference server, in one of the forms of forwarder/target.ts. */
  readonly servers: readonly string[];
  /** Asked for the addresses of names; the system's name servers when absent. */
  readonly nameServer?: NameServer;
  /** For those that are none of ours. */
  readonly others: OtherServers;
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
  /** Whether a server is asked to load a model that none has ready. */
  readonly loadModels: boolean;
  /** What is done where servers fail or are slow. */
  readonly failure: FailureOptions;
  /** What a sender's request may cost. */
  readonly limits: GatewayLimits;
  /** Connections that may be open at once. */
  readonly connectionsMax: number;
  /** Speaks TLS by these files; plain HTTP without. With authorities, clients need a certificate of theirs. */
  readonly tls?: TlsFiles;
  /** A file of tokens: only who has one of them may ask. Without, anybody may. */
  readonly tokens?: string;
  /** Requests that a client may have under way where its token does not say; as many as all when absent. */
  readonly clientRequestsMax?: number;
  /** Where operators' routes are, apart from those of clients; together with them when absent. */
  readonly operatorsListen?: ListenAddress;
  /** Where the cloud page is served, and what opens it; nowhere when absent. */
  readonly ui?: { readonly listen: ListenAddress; readonly password?: string };
  /** Origins whose pages may ask. */
  readonly corsOrigins: readonly string[];
  /** Which requests are told on stdout. */
  readonly accessLog: AccessLogRule;
  /** Print `{"role": "forward", "listen": "host:port"}` on stdout when ready. */
  readonly json: boolean;
}
