/** Connections to the HTTP port, and what each of them has to do next. */

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Clock, every } from "../core/clock.ts";

/** Milliseconds between two looks for connections that take too long. */
const LOOK_MS = 250;

/** Milliseconds for which what a client still sends is thrown away, after it was answered. */
const LINGER_MS = 2000;

/** How long clients may take. */
export interface HttpPatience {
  /** Milliseconds until the head of a request is there, from its first byte or the connection's begin. */
  readonly headMs: number;
  /** Milliseconds after an answer until the next request begins. */
  readonly idleMs: number;
  /** Milliseconds in which a client has to take its answer. */
  readonly answerMs: number;
}

/** What is known of a connection. */
interface Connection {
  /** Requests whose answers have not reached the system yet. */
  requests: number;
  /** When it is ended. */
  dueAtMs: number;
  /** Bytes that had come when it had nothing more to do; more are the head of another request. */
  idleAtBytes: number | undefined;
}

/**
 * Ends connections that hold a place and ask nothing, or do not take what they asked for. `node:http` does
 * so only where it listens itself, and spares whoever sends a byte now and then.
 */
export class HttpConnections {
  /** In the order in which they last had something to do. */
  readonly #open = new Map<Socket, Connection>();

  /** Takes `server`'s connections from `take`. */
  constructor(
    private readonly server: Server,
    private readonly patience: HttpPatience,
    private readonly clock: Clock,
  ) {
    server.on("request", (request, response) => this.#begun(request, response));
  }

  /** Looks after them until `signal` aborts. */
  watch(signal: AbortSignal): void {
    void every(this.clock, LOOK_MS, () => this.#look(), signal);
  }

  /** Requests whose answers have not reached the system yet. */
  get underWay(): number {
    return this.#open.values().reduce((sum, { requests }) => sum + requests, 0);
  }

  /** Serves a connection that stands. */
  readonly take = (socket: Socket): void => {
    const dueAtMs = this.#after(this.patience.headMs);
    this.#open.set(socket, { requests: 0, dueAtMs, idleAtBytes: undefined });
    socket.once("close", () => this.#open.delete(socket));
    socket.destroySoon = () => this.#leave(socket);
    this.server.emit("connection", socket);
  };

  /** Ends a connection that asks nothing: first one that never did, then the one idle for longest. */
  readonly makeRoom = (): boolean => {
    let idle: Socket | undefined;
    for (const [socket, { requests, idleAtBytes }] of this.#open) {
      if (requests > 0) continue;
      if (idleAtBytes === undefined) return this.#end(socket);
      idle ??= socket;
    }
    return idle !== undefined && this.#end(idle);
  };

  /**
   * The answer to a request is ready: what is left of its body nobody reads any more. An answer that is
   * endless is taken for as long as it lasts.
   */
  answers(request: IncomingMessage, isEndless = false): void {
    const { socket } = request;
    const connection = this.#open.get(socket);
    if (connection && !isEndless) connection.dueAtMs = this.#after(this.patience.answerMs);
    if (!request.complete) ignore(socket);
    else if (!request.readableEnded) request.removeAllListeners("data").resume();
  }

  #begun(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.#open.get(socket);
    if (!connection) return;
    connection.requests++;
    connection.dueAtMs = Infinity;
    const isIdle = () => {
      connection.dueAtMs = this.#after(this.patience.idleMs);
      connection.idleAtBytes = socket.bytesRead;
    };
    response.once("close", () => {
      if (--connection.requests > 0) {
        connection.dueAtMs = Infinity;
        return;
      }
      if (request.complete) isIdle();
      else connection.dueAtMs = this.#after(LINGER_MS);
      if (this.#open.delete(socket)) this.#open.set(socket, connection);
    });
  }

  /**
   * Ends a connection whose last answer is written. Not at once: where more comes than is read, the system
   * would throw away what the client has not taken yet, and it would not hear why.
   */
  #leave(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (!connection || socket.writableEnded) {
      socket.destroy();
      return;
    }
    connection.dueAtMs = this.#after(LINGER_MS);
    ignore(socket);
    socket.end();
  }

  #after(ms: number): number {
    return this.clock.nowMs() + ms;
  }

  #end(socket: Socket): true {
    this.#open.delete(socket);
    socket.destroy();
    return true;
  }

  #look(): void {
    const nowMs = this.clock.nowMs();
    for (const [socket, connection] of this.#open) {
      const { requests, idleAtBytes, dueAtMs } = connection;
      if (dueAtMs <= nowMs) socket.destroy();
      else if (requests === 0 && idleAtBytes !== undefined && socket.bytesRead > idleAtBytes) {
        connection.dueAtMs = Math.min(dueAtMs, nowMs + this.patience.headMs);
        connection.idleAtBytes = Infinity; // its head has so long, however often it is looked at
      }
    }
  }
}

/**
 * What still comes is taken, and not read as HTTP any more: a body in pieces of a byte costs more time than
 * all others together.
 */
function ignore(socket: Socket): void {
  socket.removeAllListeners("data").resume();
}
