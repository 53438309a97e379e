/** What of a forwarder's settings may change while it runs, and what strangers may ask of it. */

import type { Limits } from "../core/limits.ts";

/** The most that strangers may ask of a gateway. */
export interface GatewayLimits extends Limits {
  /** Requests whose bodies may be arriving at once; these are not under way yet. */
  readonly arrivingMax: number;
  /** Bytes of a body that have to come each second on average, from its second one on. */
  readonly bodyBytesPerSecMin: number;
}

/** What a gateway goes by. */
export interface GatewaySettings {
  /** What a stranger may ask for. */
  readonly limits: GatewayLimits;
  /** Milliseconds from its arrival that a request may take. */
  readonly deadlineMs: number;
  /** What detects for those who name no model; the most accurate detector when absent. */
  readonly detectionModel?: string | undefined;
  /** What servers are picked by, for people. */
  readonly dispatchPolicy?: string | undefined;
  /** Seconds after which a server that is down may have been seen again. */
  readonly retryAfterS: number;
}
