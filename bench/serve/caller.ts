/** Calls over several connections by turns, and the record of how each ended. */

import type { Buffer } from "node:buffer";
import { systemClock } from "../../core/clock.ts";
import { type CallUnderWay, Connection, framed } from "./connection.ts";
import type { Job } from "./job.ts";
import { type Call, isError } from "./summary.ts";

/** Calls that may fail in another way than by refusal or deadline: then what is measured is nothing. */
const ERRORS_MAX = 100;

interface Pending extends CallUnderWay {
  readonly expiresAtMs: number;
  isOver: boolean;
}

/** Sends one message again and again. Each call ends by its deadline. */
export class Caller {
  /** Every call that has ended, in the order of their ends. */
  readonly calls: Call[] = [];
  readonly #frame: Buffer;
  /** In the order of their deadlines, since all have the same time. */
  readonly #pending: Pending[] = [];
  readonly #over = new AbortController();
  #errors = 0;
  #next = 0;

  private constructor(
    private readonly connections: readonly Connection[],
    private readonly job: Pick<Job, "method" | "deadlineMs">,
    message: Uint8Array,
  ) {
    this.#frame = framed(message);
  }

  /** Opens the connections. @throws when one cannot be. */
  static async open(
    { address, connections, method, deadlineMs }: Pick<
      Job,
      "address" | "connections" | "method" | "deadlineMs"
    >,
    message: Uint8Array,
  ): Promise<Caller> {
    const open = await Promise.all(
      Array.from({ length: connections }, () => Connection.open(address)),
    );
    return new Caller(open, { method, deadlineMs }, message);
  }

  /**
   * Calls, and resolves when it has ended, however that is.
   *
   * @param dueAtMs when it was to be sent, at `performance.now()`; not before that of an earlier call.
   * @throws when too many calls went wrong, with what the server said.
   */
  async call(dueAtMs: number): Promise<Call> {
    const sentAtMs = performance.now();
    const { method, deadlineMs } = this.job;
    const connection = this.connections[this.#next++ % this.connections.length]!;
    const expiresAtMs = dueAtMs + deadlineMs;
    const underWay = connection.call(method, this.#frame, expiresAtMs - sentAtMs);
    const pending: Pending = { ...underWay, expiresAtMs, isOver: false };
    if (this.#pending.push(pending) === 1) this.#expire();
    const { status, detail, bytes } = await pending.ended;
    pending.isOver = true;
    const call = { dueAtMs, sentAtMs, endedAtMs: performance.now(), status, bytes };
    this.calls.push(call);
    if (isError(status) && ++this.#errors > ERRORS_MAX) {
      throw new Error(`Cannot measure: calls end with ${status} (${detail})`);
    }
    return call;
  }

  /** Closes the connections. */
  close(): void {
    this.#over.abort();
    for (const connection of this.connections) connection.close();
  }

  /** Gives up what is past its deadline, while there are calls: a timer for each would cost more. */
  async #expire(): Promise<void> {
    for (let first = this.#pending[0]; first; first = this.#pending[0]) {
      if (!first.isOver) {
        const leftMs = first.expiresAtMs - performance.now();
        if (leftMs > 0) {
          await systemClock.sleep(leftMs, this.#over.signal);
          if (this.#over.signal.aborted) return;
          continue;
        }
        first.expire();
      }
      this.#pending.shift();
    }
  }
}
