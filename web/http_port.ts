/** The HTTP port: a server of `node:http` on a socket of ours, which has limits and TLS. */

import { createServer } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import type { ListenAddress } from "../core/address.ts";
import { type Clock, OVER } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import { readTlsFiles, type TlsFiles, watchTlsFiles } from "../core/tls_files.ts";
import { Listener } from "./listener.ts";
import { HttpConnections, type HttpPatience } from "./http_connections.ts";

/** Milliseconds that a TLS handshake may take. */
const HANDSHAKE_MS = 10_000;

const PATIENCE: HttpPatience = { headMs: 10_000, answerMs: 30_000 };

/** Milliseconds between two looks at whether all requests are answered. */
const POLL_MS = 20;

/** How the port is opened. */
export interface HttpPortOptions {
  /** Where. */
  readonly listen: ListenAddress;
  /** Speaks TLS by these files; plain TCP without. */
  readonly tls: TlsFiles | undefined;
  /** Connections that may be open at once. */
  readonly connectionsMax: number;
  /** Answers requests; never rejects. */
  readonly answer: (request: Request) => Promise<Response>;
  /** Deadlines go by it. */
  readonly clock: Clock;
  /** Where it is said what happens to it. */
  readonly log: Log;
  /** Other times than the port's own: tests do not wait for these. */
  readonly patience?: Partial<HttpPatience>;
}

/** An open port. */
export interface HttpPort {
  /** The port that it listens on. */
  readonly port: number;
  /** Takes no new connections, waits up to `graceMs` for requests under way, and cuts the others. */
  close(graceMs: number): Promise<void>;
}

/**
 * Opens the port.
 *
 * @throws {SmarteyeError} `already_in_use` or `invalid_argument` when it cannot listen there.
 */
export async function openHttpPort(options: HttpPortOptions): Promise<HttpPort> {
  const { listen, tls: files, connectionsMax, answer, clock, log } = options;
  const timed = async (request: Request, { incoming }: HttpBindings): Promise<Response> => {
    try {
      return await answer(request);
    } finally {
      connections.answers(incoming.socket);
    }
  };
  const server = createServer(getRequestListener(
    (request, bindings) => timed(request, bindings as HttpBindings), // what a server of HTTP/1.1 gives
    { overrideGlobalObjects: false },
  ));
  const over = new AbortController();
  // A server that does not listen itself closes a connection after each answer.
  Object.defineProperty(server, "listening", { get: () => !over.signal.aborted });
  const patience = { ...PATIENCE, ...options.patience };
  const connections = new HttpConnections(server, patience, clock, over.signal);
  const tls = files && await readTlsFiles(files);
  const listener = await Listener.open({
    ...{ listen, flag: "--http HOST:PORT", tls, connectionsMax, handshakeMs: HANDSHAKE_MS },
    ...{ protocols: ["http/1.1"], clock, log, serve: connections.take },
  });
  if (files) {
    const renew = listener.renew.bind(listener);
    void watchTlsFiles(files, tls!, { clock, log, signal: over.signal, renew });
  }
  return {
    port: listener.port,
    async close(graceMs) {
      over.abort(OVER);
      listener.close();
      const latestAtMs = clock.nowMs() + graceMs;
      do await clock.sleep(POLL_MS); // also for the last answer to reach the socket
       while (connections.underWay > 0 && clock.nowMs() < latestAtMs);
      listener.cut();
    },
  };
}
