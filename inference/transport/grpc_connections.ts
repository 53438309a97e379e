/** A gRPC server on connections of our own: their settings, and the end of those that nobody needs. */

import { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import type { ServerHttp2Session, ServerOptions as Http2Options } from "node:http2";
import type { Socket } from "node:net";
import { type ConnectionInjector, type Server, ServerCredentials } from "@grpc/grpc-js";
import { type Clock, OVER } from "../../core/clock.ts";
import type { Thinned } from "../../core/log.ts";
import { FrameMeter } from "./frame_meter.ts";

/** How often connections are looked through, milliseconds. */
const SWEEP_MS = 500;

/**
 * Bytes that a client may send ahead in one call: with HTTP/2's own 64 KiB an image of 640×360 pixels
 * takes eleven round trips, and twice the CPU time under TLS.
 */
const CALL_WINDOW_BYTES = 1024 * 1024;

/** Bytes that it may send ahead in all its calls. */
const CONNECTION_WINDOW_BYTES = 4 * CALL_WINDOW_BYTES;

/** Bytes of a call's headers. */
const HEADER_BYTES_MAX = 16 * 1024;

/** RFC 9113, section 7. */
const ENHANCE_YOUR_CALM = 11;

/** The most that connections may take. */
export interface ConnectionLimits {
  /** Calls that one connection may have under way. */
  readonly streamsMax: number;
  /** Milliseconds in which a client has to begin with HTTP/2. */
  readonly beginMs: number;
  /** Milliseconds after which a connection without calls is closed. */
  readonly idleMs: number;
  /** Milliseconds that it is spared even when another one needs its place. */
  readonly spareMs: number;
}

interface Connection {
  readonly socket: Socket;
  readonly meter: FrameMeter;
  session: ServerHttp2Session | undefined;
  streams: number;
  /** Since when it has had no calls. */
  idleSinceMs: number;
  isClosing: boolean;
}

/** What of grpc-js's server has no seam; a test holds each to what it does on the wire. */
interface ServerInside {
  readonly commonServerOptions: Http2Options;
  readonly http2Servers: ReadonlyMap<EventEmitter, unknown>;
  readonly handlers: ReadonlyMap<string, unknown>;
}

/**
 * The paths of all methods that a server has.
 *
 * @ignore Its type is grpc-js's.
 */
export function methodsOf(server: Server): readonly string[] {
  return [...inside(server).handlers.keys()];
}

/** Hands connections to a gRPC server and looks after them. */
export class GrpcConnections {
  readonly #injector: ConnectionInjector;
  readonly #connections = new Map<Socket, Connection>();
  readonly #over = new AbortController();
  #incoming: Connection | undefined;
  #isSweeping = false;

  /** @ignore Its type is grpc-js's. */
  constructor(
    server: Server,
    private readonly limits: ConnectionLimits,
    private readonly clock: Clock,
    private readonly floods: Thinned,
  ) {
    const { commonServerOptions, http2Servers } = inside(server);
    commonServerOptions.settings = {
      ...commonServerOptions.settings,
      maxConcurrentStreams: limits.streamsMax,
      initialWindowSize: CALL_WINDOW_BYTES,
      maxHeaderListSize: HEADER_BYTES_MAX,
    };
    const before = new Set(http2Servers.keys());
    // Also under TLS, which the listener has spoken by then.
    this.#injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    const http2 = [...http2Servers.keys()].find((one) => !before.has(one))!;
    http2.prependListener("session", (session: ServerHttp2Session) => this.#begun(session));
    http2.prependListener(
      "stream",
      (stream: EventEmitter & { session: ServerHttp2Session }) => this.#called(stream),
    );
  }

  /** Takes a connection. */
  readonly take = (socket: Socket): void => {
    const nowMs = this.clock.nowMs();
    const connection: Connection = {
      socket,
      meter: new FrameMeter(nowMs),
      session: undefined,
      streams: 0,
      idleSinceMs: nowMs,
      isClosing: false,
    };
    this.#connections.set(socket, connection);
    socket.once("close", () => this.#connections.delete(socket));
    socket.on("data", (bytes: Uint8Array) => this.#count(connection, bytes));
    this.#incoming = connection;
    this.#injector.injectConnection(socket); // emits the session before it returns
    this.#incoming = undefined;
    void this.#sweep();
  };

  /**
   * Ends the connection that has been without calls for longest: who holds all of them open, and uses
   * none, shall not lock others out.
   */
  readonly makeRoom = (): boolean => {
    const nowMs = this.clock.nowMs();
    const idle = [...this.#connections.values()].filter(({ socket, streams, idleSinceMs }) =>
      !socket.destroyed && streams === 0 && nowMs - idleSinceMs >= this.limits.spareMs
    );
    const [first] = idle.sort((one, other) => one.idleSinceMs - other.idleSinceMs);
    first?.socket.destroy();
    return first !== undefined;
  };

  /** Looks no more. */
  close(): void {
    this.#over.abort(OVER);
  }

  #begun(session: ServerHttp2Session): void {
    if (!this.#incoming) return;
    this.#incoming.session = session;
    BY_SESSION.set(session, this.#incoming);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  }

  #called(stream: EventEmitter & { session: ServerHttp2Session }): void {
    const connection = BY_SESSION.get(stream.session);
    if (!connection) return;
    connection.streams++;
    stream.once("close", () => {
      connection.streams--;
      connection.idleSinceMs = this.clock.nowMs();
    });
  }

  #count(connection: Connection, bytes: Uint8Array): void {
    const { meter, socket, session, isClosing } = connection;
    if (isClosing || meter.take(bytes, this.clock.nowMs())) return;
    connection.isClosing = true;
    this.floods.tell("a connection is closed, its client floods it with frames that are no calls");
    session?.goaway(ENHANCE_YOUR_CALM, 0, Buffer.from("too_many_pings"));
    socket.pause();
    socket.end(() => socket.destroy());
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const { signal } = this.#over;
    while (this.#connections.size > 0 && !signal.aborted) {
      await this.clock.sleep(SWEEP_MS, signal);
      const nowMs = this.clock.nowMs();
      for (const connection of this.#connections.values()) this.#look(connection, nowMs);
    }
    this.#isSweeping = false;
  }

  #look(connection: Connection, nowMs: number): void {
    const { meter, socket, session, streams, idleSinceMs } = connection;
    const idleMs = streams > 0 ? 0 : nowMs - idleSinceMs;
    if (!meter.hasBegun && idleMs >= this.limits.beginMs) socket.destroy();
    else if (connection.isClosing && idleMs >= this.limits.idleMs) socket.destroy();
    else if (idleMs >= this.limits.idleMs) {
      connection.isClosing = true;
      connection.idleSinceMs = nowMs; // once more as long, and it is cut
      session?.close(); // says goodbye, so that nothing is sent into the void
    }
  }
}

const BY_SESSION = new WeakMap<ServerHttp2Session, Connection>();

function inside(server: Server): ServerInside {
  return server as unknown as ServerInside;
}
