/** Settings that are read again while a forwarder runs: what of them counts at once, and what does not. */

import { asSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { type Log, logger } from "../core/log.ts";
import type { ForwarderOptions } from "./options.ts";

/** What came of it. */
export interface Reloaded {
  /** Settings that are others now, as the config calls them. */
  readonly changed: readonly string[];
  /** Settings that are others, too, and count when the forwarder is started again. */
  readonly needsRestart: readonly string[];
}

type Names = Readonly<Partial<Record<keyof ForwarderOptions, string>>>;

/** Options that count at once, and where they are set. */
const AT_ONCE = {
  servers: "[grpc-url] url",
  nameServer: "[grpc-url] nameserver",
  dispatchPolicy: "[forwarder] dispatch_policy",
  policyParameters: "[policy:…]",
  decisionMs: "[forwarder] decision_ms",
  deadlineMs: "[forwarder] deadline_ms",
  detectionModel: "[forwarder] detection_model",
  loadModels: "[forwarder] load_models",
  monitorIntervalMs: "[monitor] monitor_interval",
  limits: "[security] body_bytes_max, pixels_max, body_timeout_ms, requests_max, arriving_max, " +
    "body_rate_min (for servers of others pixels_max counts at the next start)",
} as const satisfies Names;

/** Options that count at the next start, and where they are set. */
const AT_START: Readonly<Record<Exclude<keyof ForwarderOptions, keyof typeof AT_ONCE>, string>> = {
  listen: "[forwarder] listen",
  operatorsListen: "[forwarder] operators_listen",
  ui: "[forwarder] ui_listen, ui_password",
  tls: "[forwarder] tls_cert, tls_key, tls_client_ca",
  tokens: "[forwarder] tokens (the file itself is read again whenever it changes)",
  clientRequestsMax: "[forwarder] client_requests_max",
  corsOrigins: "[forwarder] cors_origin",
  accessLog: "[forwarder] access_log",
  failure: "[forwarder] retry_budget, hedge, slow_start_ms, server_requests_max",
  connectionsMax: "[security] connections_max",
  serverTls:
    "[grpc-url] tls, ca_file, client_cert, client_key (files are read again whenever they change)",
  serverToken: "[grpc-url] token",
  others: "[grpc-url] oip_model, [models]",
  json: "--json",
};

/** What reloads. */
export interface ReloaderParts {
  /** Reads the settings again. @throws {SmarteyeError} saying all that is wrong with them. */
  readonly reread: () => ForwarderOptions;
  /** Goes by these options. @throws {SmarteyeError} when that cannot be; nothing has changed then. */
  readonly apply: (options: ForwarderOptions) => Promise<void>;
  /** Told how each time ended. */
  readonly onEnd?: (outcome: "ok" | "failed") => void;
  /** Where its user says what happens. */
  readonly log?: Log;
}

/** Reads settings again, one time after the other. */
export class Reloader {
  readonly #log: Log;
  #last: Promise<unknown> = Promise.resolve();

  /** `current`: what is gone by now. */
  constructor(private current: ForwarderOptions, private readonly parts: ReloaderParts) {
    this.#log = parts.log ?? logger("forwarder");
  }

  /**
   * Reads the settings, and goes by them. What is wrong with them changes nothing.
   *
   * @throws {SmarteyeError} `invalid_argument` saying what is wrong.
   */
  reload(): Promise<Reloaded> {
    const next = this.#last.then(() => this.#reload());
    this.#last = next.catch(() => {});
    return next;
  }

  async #reload(): Promise<Reloaded> {
    try {
      const options = this.parts.reread();
      const changed = namesOf(AT_ONCE, this.current, options);
      const needsRestart = namesOf(AT_START, this.current, options);
      if (changed.length > 0) await this.parts.apply(options);
      this.current = { ...options, ...picked(AT_START, this.current) };
      this.#log.info("settings are read again: {changed}", {
        changed: changed.length > 0 ? `${changed.join("; ")} changed` : "nothing changed",
      });
      for (const name of needsRestart) {
        this.#log.warn("{name} changed, too: that counts when the forwarder is started again", {
          name,
        });
      }
      this.parts.onEnd?.("ok");
      return { changed, needsRestart };
    } catch (error) {
      this.parts.onEnd?.("failed");
      const { code, message } = asSmarteyeError(error, "read the settings again");
      this.#log.error("settings stay as they were: {message}", { message });
      throw new SmarteyeError(code, message, { cause: error });
    }
  }
}

function namesOf(names: Names, before: ForwarderOptions, after: ForwarderOptions): string[] {
  return keysOf(names).filter((key) => !isSame(before[key], after[key])).map((key) => names[key]!);
}

function picked(names: Names, options: ForwarderOptions): Partial<ForwarderOptions> {
  return Object.fromEntries(keysOf(names).map((key) => [key, options[key]]));
}

function keysOf(names: Names): (keyof ForwarderOptions)[] {
  return Object.keys(names) as (keyof ForwarderOptions)[];
}

/** Options are plain values, resolved in one order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
