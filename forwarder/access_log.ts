/** The access log: one line of JSON a request, for programs. */

import type { Clock } from "../core/clock.ts";
import { logger, Thinned } from "../core/log.ts";
import type { Exchange } from "./exchange.ts";

const log = logger("forwarder");

/** Which requests are told. */
export const ACCESS_LOGS = ["none", "failures", "all"] as const;

/** Which requests are told: none, those that were not answered with what they asked for, or all. */
export type AccessLogRule = typeof ACCESS_LOGS[number];

/** Tells of requests once they are answered; of those that failed people are told too, thinned. */
export class AccessLog {
  readonly #failures = new Thinned((message) => log.warn("{message}", { message }));

  /** `print` writes one line. */
  constructor(
    private readonly rule: AccessLogRule,
    private readonly clock: Clock,
    private readonly print: (line: string) => void,
  ) {}

  /** Tells of one. */
  tell(exchange: Exchange, status: number, bytesOut: number): void {
    const { failure, id } = exchange;
    if (failure) {
      this.#failures.tell(`a request failed, ${failure.code}`, `${failure.detail} (${id})`);
    }
    if (this.rule === "none" || (this.rule === "failures" && status < 400)) return;
    this.print(JSON.stringify(this.#line(exchange, status, bytesOut)));
  }

  /** Tells what is left to tell. */
  flush(): void {
    this.#failures.flush();
  }

  #line(exchange: Exchange, status: number, bytesOut: number) {
    const { clock } = this;
    const { arrivedAtMs, receivedAtMs, failure, attempts } = exchange;
    const nowMs = clock.nowMs();
    const ms = (from: number, to: number) => Math.round((to - from) * 100) / 100;
    return {
      event: "request",
      at: new Date(clock.epochMs() - (nowMs - arrivedAtMs)).toISOString(),
      request_id: exchange.id,
      client: exchange.client,
      peer: exchange.peer,
      edge: exchange.edge?.name,
      source: exchange.edge?.source,
      wire: exchange.wire,
      model: exchange.model?.slice(0, 128),
      frame: exchange.frame,
      status,
      error: failure?.code,
      // A client's faults are not a server's failures.
      fault: failure && (status < 500 ? "client" : "server"),
      detail: failure?.detail,
      server: exchange.server,
      // Of one that the first server answered there is nothing to tell.
      attempts: attempts.length > 1 || failure
        ? attempts.map(({ tookMs, ...of }) => ({ ...of, ms: ms(0, tookMs) }))
        : undefined,
      bytes_in: exchange.bytesIn,
      bytes_out: bytesOut,
      receive_ms: receivedAtMs === undefined ? undefined : ms(arrivedAtMs, receivedAtMs),
      total_ms: ms(arrivedAtMs, nowMs),
    };
  }
}
