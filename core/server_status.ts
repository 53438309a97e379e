/** What an inference server says of itself: told by the server, looked at by the forwarder. */

import type { ModelStatus, ServerLoad } from "./model.ts";

/** State of an inference server. */
export interface ServerStatus {
  /** The program's, as `smarteye --version` tells it. */
  readonly version: string;
  /** Milliseconds since it began to listen. */
  readonly uptimeMs: number;
  /** Execution provider that its sessions run on, with the device: `cpu`, `cuda:0 (NVIDIA L4)`. */
  readonly provider: string;
  /** How busy it is. */
  readonly load: ServerLoad;
  /** Models that it can infer with now. */
  readonly models: readonly ModelStatus[];
  /** Whether it finishes what it has and takes nothing new. */
  readonly draining: boolean;
}
