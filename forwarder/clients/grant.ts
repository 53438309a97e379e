/** What the holder of a token may do. */

import type { Priority } from "../../core/infer.ts";

/** What a gateway lets a client do. */
export interface Grant {
  /** What the client is called in logs and metrics. */
  readonly name: string;
  /** Requests a second on average, and as many at once; `undefined`: as many as there come. */
  readonly requestsPerSec: number | undefined;
  /** Requests under way at once; `undefined`: as many as everybody together may have. */
  readonly inFlightMax: number | undefined;
  /** Whether others go before it at the servers. */
  readonly priority: Priority;
  /** Models that it may ask for, by name; `undefined`: all. */
  readonly models: ReadonlySet<string> | undefined;
  /** Whether it may read metrics and have the settings read again. */
  readonly manages: boolean;
}

/** Anybody's, where no tokens are wanted. */
export const OPEN: Omit<Grant, "name"> = {
  requestsPerSec: undefined,
  inFlightMax: undefined,
  priority: "interactive",
  models: undefined,
  manages: true,
};
