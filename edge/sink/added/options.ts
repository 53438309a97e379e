/** Sinks beside a run's own files, as they are set: resolved and checked. */

import type { ImagesOptions } from "./images/options.ts";
import type { SinkKindName } from "./kinds.ts";
import type { MqttOptions } from "./mqtt/options.ts";
import type { NatsOptions } from "./nats/options.ts";
import type { VideoOptions } from "./video/options.ts";
import type { WebhookOptions } from "./webhook/options.ts";

/** What is said of one kind alone, by that kind; absent: as where nothing is said. */
export interface OwnOptions {
  /** How it writes images. */
  readonly images?: ImagesOptions;
  /** How it speaks to a broker. */
  readonly mqtt?: MqttOptions;
  /** How it speaks to NATS. */
  readonly nats?: NatsOptions;
  /** How it writes video. */
  readonly video?: VideoOptions;
  /** How it posts. */
  readonly webhook?: WebhookOptions;
}

/** One sink that results go to, too. */
export interface SinkOptions {
  /** Tells it from the others, in the summary, in metrics and in the log. */
  readonly name: string;
  /** What it is. */
  readonly kind: SinkKindName;
  /**
   * The path of a file, or an address, which may hold a password; absent: the kind's own place in the
   * run's directory.
   */
  readonly where?: string | undefined;
  /** What of the results it is for, of those that its kind tells apart; empty: what is usual. */
  readonly what: readonly string[];
  /** Results that may wait for it. */
  readonly queueLengthMax: number;
  /** Names of the sources whose results it is for; empty: all. */
  readonly sources: readonly string[];
  /** What is said of its kind alone. */
  readonly own?: OwnOptions;
}
