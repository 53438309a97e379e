/** What an inference server needs to know, resolved and checked. */

import type { Limits } from "../core/limits.ts";
import type { ListenAddress } from "../core/address.ts";
import type { TlsFiles } from "../core/tls_files.ts";
import type { ModelOptions } from "../models/model_options.ts";

/** Options of `smarteye serve`. */
export interface ServeOptions {
  /** Where gRPC is served. */
  readonly listen: ListenAddress;
  /** Where HTTP is served; nowhere when absent. */
  readonly httpListen: ListenAddress | undefined;
  /** Where the weights are, and the least score that is reported to who names none. */
  readonly models: ModelOptions;
  /** Whether models are loaded when their files change or come while others are served. */
  readonly watchModels: boolean;
  /** Models loaded before the server is ready; empty: every one that is there. */
  readonly preload: readonly string[];
  /**
   * Who names them. What the command line names must be there; a config may have come from the
   * original SmartEye, whose models are others: of its names, those that are not there are left out.
   */
  readonly preloadNamedBy: "flag" | "config";
  /** Workers, each with its own sessions; absent: as many as suit what they run on. */
  readonly workers: number | undefined;
  /** Cores of the processor. */
  readonly cores: number;
  /** Threads of each Worker's sessions. */
  readonly threads: number;
  /** Requests that may wait for a Worker. */
  readonly queueLengthMax: number;
  /** How pictures of one model go through it together. */
  readonly batching: {
    /** Pictures at most, 0 to 64; 0: as many as was measured to pay. */
    readonly batchMax: number;
    /** Milliseconds that one may wait for others although a Worker is free. */
    readonly maxDelayMs: number;
  };
  /** `undefined`: the CPU; `"auto"`: an accelerator where there is one; a number: that accelerator or nothing. */
  readonly gpu: number | "auto" | undefined;
  /** Directory with onnxruntime's library and CUDA's; absent: where `smarteye gpu install` puts them. */
  readonly ortLib: string | undefined;
  /** File that measured latencies are kept in; absent: the user's own. */
  readonly profiles?: string;
  /** What a request may cost. */
  readonly limits: Limits;
  /** Speaks TLS by these files; plain TCP without. */
  readonly tls?: TlsFiles;
  /** What callers must know; anybody may call without. */
  readonly token?: string;
  /** Connections that may be open at once. */
  readonly connectionsMax: number;
  /** Print `{"role": "serve", "listen": "host:port", "http": "host:port"}` on stdout when ready. */
  readonly json: boolean;
}
