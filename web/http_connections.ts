/** Connections to the HTTP port, and what each of them has to do next. */

import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Clock, every } from "../core/clock.ts";

/** Milliseconds between two looks for connections that take too long. */
const LOOK_MS = 250;

/** How long clients may take. */
export interface HttpPatience {
  /** Milliseconds until the head of a request is there, from the last answer or the connection's begin. */
  readonly headMs: number;
  /** Milliseconds in which a client has to take its answer. */
  readonly answerMs: number;
}

/**
 * Ends connections that hold a place and ask nothing, or do not take what they asked for. `node:http` does
 * so only where it listens itself, and spares whoever sends a byte now and then.
 */
export class HttpConnections {
  readonly #open = new Map<Socket, { requests: number; dueAtMs: number }>();

  /** Takes `server`'s connections from `take`; looks after them until `signal` aborts. */
  constructor(
    private readonly server: Server,
    private readonly patience: HttpPatience,
    private readonly clock: Clock,
    signal: AbortSignal,
  ) {
    server.on("request", ({ socket }, response) => this.#begun(socket, response));
    void every(clock, LOOK_MS, () => this.#look(), signal);
  }

  /** Requests whose answers have not reached the system yet. */
  get underWay(): number {
    return this.#open.values().reduce((sum, { requests }) => sum + requests, 0);
  }

  /** Serves a connection that stands. */
  readonly take = (socket: Socket): void => {
    this.#open.set(socket, { requests: 0, dueAtMs: this.#after(this.patience.headMs) });
    socket.once("close", () => this.#open.delete(socket));
    this.server.emit("connection", socket);
  };

  /** The answer to a request on it is ready. */
  answers(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection) connection.dueAtMs = this.#after(this.patience.answerMs);
  }

  #begun(socket: Socket, response: ServerResponse): void {
    const connection = this.#open.get(socket);
    if (!connection) return;
    connection.requests++;
    connection.dueAtMs = Infinity;
    response.once("close", () => {
      connection.requests--;
      connection.dueAtMs = connection.requests > 0 ? Infinity : this.#after(this.patience.headMs);
    });
  }

  #after(ms: number): number {
    return this.clock.nowMs() + ms;
  }

  #look(): void {
    const nowMs = this.clock.nowMs();
    for (const [socket, { dueAtMs }] of this.#open) if (dueAtMs <= nowMs) socket.destroy();
  }
}
