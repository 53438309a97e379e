/** A port that HTTP is spoken at: a server of `node:http` on a socket of ours, which has limits and TLS. */

import { createServer, type ServerResponse } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { formatAddress, type ListenAddress } from "../core/address.ts";
import { type Clock, OVER } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { readTlsFiles, type TlsFiles, watchTlsFiles } from "../core/tls_files.ts";
import { refuse } from "./answers.ts";
import { readsFrom } from "./body.ts";
import { connectionsThatFit } from "./descriptors.ts";
import { HttpConnections, type HttpPatience } from "./http_connections.ts";
import { Listener } from "./listener.ts";

/** Milliseconds that a TLS handshake may take. */
const HANDSHAKE_MS = 10_000;

const PATIENCE: HttpPatience = { headMs: 10_000, idleMs: 60_000, answerMs: 30_000 };

/** Milliseconds between two looks at whether all requests are answered. */
const POLL_MS = 20;

/** Bytes of a request's head; more are answered 431. */
const HEAD_BYTES_MAX = 16_384;

/** How the port is opened. */
export interface HttpPortOptions {
  /** Where. */
  readonly listen: ListenAddress;
  /** What gives another address, for people; `--listen HOST:PORT` unless said. */
  readonly flag?: string;
  /** Speaks TLS by these files; plain TCP without. */
  readonly tls: TlsFiles | undefined;
  /** Connections that may be open at once. */
  readonly connectionsMax: number;
  /** Answers requests; never rejects. `peer` is the other end's IP address. */
  readonly answer: (request: Request, peer: string) => Promise<Response>;
  /** Deadlines go by it. */
  readonly clock: Clock;
  /** Where it is said what happens to it. */
  readonly log: Log;
  /** Other times than the port's own: tests do not wait for these. */
  readonly patience?: Partial<HttpPatience>;
}

/** An open port. */
export interface HttpPort {
  /** Where it listens: the real port, also when any free one was asked for. */
  readonly address: ListenAddress;
  /** Connections that are open. */
  readonly connections: number;
  /**
   * Waits up to `graceMs` until no answer is under way, then takes no more connections and cuts those that
   * are left. Until then it answers as before: it is for whoever answers to refuse what is new, so that a
   * load balancer hears why.
   *
   * @returns whether every answer under way was delivered.
   */
  close(graceMs: number): Promise<boolean>;
}

/**
 * Opens the port.
 *
 * @throws {SmarteyeError} `already_in_use` or `invalid_argument` when it cannot listen there, or with those
 * files.
 */
export async function openHttpPort(options: HttpPortOptions): Promise<HttpPort> {
  const { listen, flag, tls: files, answer, clock, log } = options;
  const connectionsMax = connectionsThatFit(options.connectionsMax);
  const timed = async (
    request: Request,
    { incoming, outgoing }: HttpBindings,
  ): Promise<Response> => {
    readsFrom(request, incoming);
    const response = await answer(request, incoming.socket.remoteAddress ?? "");
    // What is left of its body nobody reads: another request could not be told from it.
    if (!incoming.complete) outgoing.shouldKeepAlive = false;
    connections.answers(incoming, isEndless(response));
    return await sent(response, outgoing);
  };
  const unreadable = (error: unknown) =>
    refuse("invalid_argument", `Cannot read the request's head: ${messageOf(error)}`);
  const server = createServer(
    { maxHeaderSize: HEAD_BYTES_MAX },
    getRequestListener(
      (request, bindings) => timed(request, bindings as HttpBindings), // what a server of HTTP/1.1 gives
      { overrideGlobalObjects: false, autoCleanupIncoming: false, errorHandler: unreadable },
    ),
  );
  const over = new AbortController();
  // A server that does not listen itself closes a connection after each answer.
  Object.defineProperty(server, "listening", { get: () => !over.signal.aborted });
  const patience = { ...PATIENCE, ...options.patience };
  const connections = new HttpConnections(server, patience, clock);
  const tls = files && await readTlsFiles(files);
  const listener = await Listener.open({
    ...{ listen, tls, connectionsMax, handshakeMs: HANDSHAKE_MS, protocols: ["http/1.1"] },
    ...(flag === undefined ? {} : { flag }),
    ...{ clock, log, serve: connections.take, makeRoom: connections.makeRoom },
  });
  connections.watch(over.signal);
  const address = { host: listen.host, port: listener.port };
  if (connectionsMax < options.connectionsMax) {
    log.warn(
      "{fit} connections may be open at {at} and not {wanted} ([security] connections_max): " +
        "there are no more descriptors, `ulimit -n` gives them",
      { fit: connectionsMax, at: formatAddress(address), wanted: options.connectionsMax },
    );
  }
  if (files && tls) {
    const renew = listener.renew.bind(listener);
    void watchTlsFiles(files, tls, { clock, log, signal: over.signal, renew });
  }
  return {
    address,
    get connections() {
      return listener.connections;
    },
    async close(graceMs) {
      const latestAtMs = clock.nowMs() + graceMs;
      do await clock.sleep(POLL_MS); // also for the last answer to reach the socket
       while (connections.underWay > 0 && clock.nowMs() < latestAtMs);
      const delivered = connections.underWay === 0;
      over.abort(OVER);
      listener.close();
      listener.cut();
      return delivered;
    },
  };
}

/** What is answered for as long as somebody listens: who sends it sees to it that they do. */
const ENDLESS = /^(text\/event-stream|multipart\/x-mixed-replace)\b/;

function isEndless({ headers }: Response): boolean {
  return ENDLESS.test(headers.get("content-type") ?? "");
}

/** Sends an answer whose length is told, in one piece: as a stream it would take twice as long. */
async function sent(response: Response, outgoing: ServerResponse): Promise<Response> {
  if (!response.headers.has("content-length") || !response.body) return response;
  const bytes = await response.bytes();
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.end(bytes);
  return RESPONSE_ALREADY_SENT;
}

/** The URL of a path at a port. */
export function urlAt(address: ListenAddress, path: string, isSecure = false): string {
  return `${isSecure ? "https" : "http"}://${formatAddress(address)}${path}`;
}
