/**
 * The socket that a server listens on, for any protocol over TCP or TLS: takes connections up to a limit,
 * shakes hands, and hands them on. Ours, and not that of the protocol's library, since Deno's `node:net`
 * does not hear of new connections any more once accepting one has failed for want of descriptors.
 */

import { createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers";
import { createServer as createSecureServer, type Server as SecureServer } from "node:tls";
import { cannotListen, type ListenAddress } from "../core/address.ts";
import { type Clock, every, OVER } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { type Log, MINUTE_MS, Thinned } from "../core/log.ts";
import type { TlsMaterial } from "../core/tls_files.ts";
import { isShortOfDescriptors } from "./descriptors.ts";

/** Milliseconds between two looks at whether connections are still heard of. */
const LOOK_MS = 5000;

/** Milliseconds in which a connection to itself has to be heard of, and between two looks at that. */
const HEARD_MS = 2000, HEARD_STEP_MS = 20;

/** Connections that the kernel keeps until they are accepted. */
const BACKLOG = 511;

/**
 * Connections for which others make room in one turn of the event loop, at most; the rest of a rush is closed
 * unheard. One that is ended while it is read keeps its descriptor until the turn is over.
 */
const RUSH_MAX = 32;

/** How a listener is made. */
export interface ListenerOptions {
  /** Where. */
  readonly listen: ListenAddress;
  /** What gives another address, for people; `--listen HOST:PORT` when absent. */
  readonly flag?: string;
  /** Speaks TLS with it; plain TCP without. With `authorities`, clients need a certificate of theirs. */
  readonly tls: TlsMaterial | undefined;
  /** What is spoken over TLS, as ALPN calls it: `h2`, `http/1.1`. */
  readonly protocols: readonly string[];
  /** Connections that may be open at once; one more is closed unheard, unless room is made for it. */
  readonly connectionsMax: number;
  /** Ends a connection that nobody needs; says whether there was one. */
  readonly makeRoom?: () => boolean;
  /** Milliseconds that a TLS handshake may take. */
  readonly handshakeMs: number;
  /** Goes by it. */
  readonly clock: Clock;
  /** Where its user says what happens to it. */
  readonly log: Log;
  /**
   * Takes a connection that stands. A server of `node:http` does with
   * `(socket) => server.emit("connection", socket)`, one of grpc-js with a `ConnectionInjector`.
   */
  readonly serve: (socket: Socket) => void;
}

/** Listens until it is closed. */
export class Listener {
  readonly #open = new Set<Socket>();
  readonly #over = new AbortController();
  readonly #refusals: Thinned;
  readonly #secure: SecureServer | undefined;
  #server!: Server;
  #port = 0;
  #accepted = 0;
  #acceptedAtLook = 0;
  #isShort = false;
  #rush = 0;

  private constructor(private readonly options: ListenerOptions) {
    const { log, tls, clock } = options;
    this.#refusals = new Thinned((message) => log.warn("{message}", { message }), MINUTE_MS, clock);
    if (tls) this.#secure = this.#secureServer(tls);
  }

  /**
   * Listens.
   *
   * @throws {SmarteyeError} `already_in_use` when the port is taken, `invalid_argument` when the
   * address cannot be listened on.
   */
  static async open(options: ListenerOptions): Promise<Listener> {
    const { listen, clock } = options;
    const listener = new Listener(options);
    try {
      await listener.#listen(listen.port);
    } catch (cause) {
      listener.close();
      throw cannotListen(listen, cause, options.flag);
    }
    void every(clock, LOOK_MS, () => listener.#look(), listener.#over.signal);
    return listener;
  }

  /** The real port, also when any free one was asked for. */
  get port(): number {
    return this.#port;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#open.size;
  }

  /** Shakes hands by other certificates from now on; connections that stand, stand. */
  renew(tls: TlsMaterial): void {
    this.#secure?.setSecureContext(contextOf(tls));
  }

  /** Takes no more connections. Those that are open stay. */
  close(): void {
    this.#over.abort(OVER);
    this.#refusals.flush();
    this.#server.close();
  }

  /** Ends connections that are open, at once. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #listen(port: number): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: this.options.listen.host, port, backlog: BACKLOG }, () => {
        server.off("error", reject);
        server.on("error", (error) => this.options.log.error("{error}", { error }));
        this.#port = (server.address() as { readonly port: number }).port;
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    this.#accepted++;
    const { connectionsMax, makeRoom, serve } = this.options;
    socket.on("error", () => socket.destroy()); // who is gone is nobody's trouble
    if (this.#open.size >= connectionsMax && !(makeRoom && this.#mayRush() && makeRoom())) {
      this.#refuse();
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    if (this.#secure) this.#secure.emit("connection", socket);
    else serve(socket);
  }

  #mayRush(): boolean {
    if (this.#rush === 0) setImmediate(() => this.#rush = 0);
    return this.#rush++ < RUSH_MAX;
  }

  #refuse(): void {
    this.#refusals.tell(`a connection is refused, ${this.options.connectionsMax} are open`);
  }

  #secureServer(tls: TlsMaterial): SecureServer {
    const { protocols, handshakeMs, serve, log } = this.options;
    const server = createSecureServer({
      ...contextOf(tls),
      requestCert: tls.authorities !== undefined,
      rejectUnauthorized: tls.authorities !== undefined,
      ALPNProtocols: [...protocols],
      handshakeTimeout: handshakeMs,
    });
    server.on("secureConnection", (socket) => {
      socket.on("error", () => socket.destroy());
      serve(socket);
    });
    server.on("tlsClientError", (error, socket) => {
      log.debug("a TLS handshake failed: {error}", { error: messageOf(error) });
      socket.destroy();
    });
    return server;
  }

  /** Connections that nobody hears of lie in the kernel's queue: one of its own tells. */
  async #look(): Promise<void> {
    const { log } = this.options;
    const before = this.#accepted;
    if (before !== this.#acceptedAtLook && !this.#isShort) { // others have been heard of
      this.#acceptedAtLook = before;
      return;
    }
    let own: Deno.TcpConn;
    try {
      own = await Deno.connect({ hostname: reachable(this.options.listen.host), port: this.#port });
    } catch (error) {
      if (!isShortOfDescriptors(error)) return; // as it may be from here, it says nothing of others
      if (!this.#isShort) {
        log.error("no descriptor is left, connections wait: close some or raise `ulimit -n`");
      }
      this.#isShort = true;
      return;
    }
    try {
      await this.#hear(before);
    } finally {
      own.close();
    }
    this.#acceptedAtLook = this.#accepted;
    if (this.#over.signal.aborted) return;
    if (this.#accepted === before) return await this.#listenAgain();
    if (this.#isShort) log.info("there are descriptors again");
    this.#isShort = false;
  }

  /** Waits for one more connection. In steps, so that it sees whatever came while the process stood still. */
  async #hear(before: number): Promise<void> {
    for (let waitedMs = 0; waitedMs < HEARD_MS; waitedMs += HEARD_STEP_MS) {
      await this.options.clock.sleep(HEARD_STEP_MS, this.#over.signal);
      if (this.#accepted !== before) return;
    }
  }

  async #listenAgain(): Promise<void> {
    const { log, listen, flag } = this.options;
    this.#server.close();
    try {
      await this.#listen(this.#port);
      this.#isShort = false;
      log.warn("connections were not heard of, as when no descriptor was left: listening anew");
    } catch (cause) {
      log.error("{message}", { message: cannotListen(listen, cause, flag).message });
    }
  }
}

function contextOf({ certificate, key, authorities }: TlsMaterial) {
  return { cert: certificate, key, ...(authorities === undefined ? {} : { ca: authorities }) };
}

/** Where a server that listens everywhere is reached from here. */
function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}
