/** The HTTP port: a server of `node:http` on a socket of ours, which has limits and TLS. */

import { createServer } from "node:http";
import type { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { ListenAddress } from "../../core/address.ts";
import { type Clock, OVER } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { readTlsFiles, type TlsFiles, watchTlsFiles } from "../../core/tls_files.ts";
import { Listener } from "../transport/listener.ts";

/** Milliseconds that a TLS handshake may take. */
const HANDSHAKE_MS = 10_000;

/** Milliseconds without a byte, in either direction, after which a connection is closed. */
const SILENCE_MS = 120_000;

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
  let underWay = 0;
  const counted = async (request: Request): Promise<Response> => {
    underWay++;
    try {
      return await answer(request);
    } finally {
      underWay--;
    }
  };
  const server = createServer(getRequestListener(counted, { overrideGlobalObjects: false }));
  const over = new AbortController();
  // A server that does not listen itself closes a connection after each answer.
  Object.defineProperty(server, "listening", { get: () => !over.signal.aborted });
  const serve = (socket: Socket) => {
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    server.emit("connection", socket);
  };
  const tls = files && await readTlsFiles(files);
  const listener = await Listener.open({
    ...{ listen, tls, connectionsMax, handshakeMs: HANDSHAKE_MS },
    ...{ protocols: ["http/1.1"], clock, log, serve },
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
      while (underWay > 0 && clock.nowMs() < latestAtMs) await clock.sleep(POLL_MS);
      await clock.sleep(POLL_MS); // for the last answer to reach the socket
      listener.cut();
    },
  };
}
