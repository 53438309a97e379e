/** The socket under a server over HTTP: binds it, and lets go of it in good order. */

import { cannotListen, type ListenAddress } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { within } from "../core/within.ts";

/**
 * Milliseconds between the last answer's completion and the cut: Deno calls an answer completed when
 * it is handed over, which is a little before it is written to the socket.
 */
const FLUSH_MS = 100;

/** Milliseconds until connections are accepted again when that failed. */
const REBIND_MS = 500;

/** A server that listens. */
export interface HttpServer {
  /** Where it listens: the real port, also when any free one was asked for. */
  readonly address: ListenAddress;
  /**
   * Waits until no answer is under way, `graceMs` at most, then closes the socket and cuts the
   * connections that are left. Until then the handler is asked as before: it is for the handler to
   * refuse what is new, so that a load balancer hears why.
   *
   * @returns whether every answer under way was delivered.
   */
  stop(graceMs: number): Promise<boolean>;
}

/** What a server over HTTP works with. */
export interface HttpServerParts {
  /** Measures how long its end takes. */
  readonly clock: Clock;
  /** Where its user says what happens to it. */
  readonly log: Log;
  /** What gives another address, for people; `--listen HOST:PORT` unless said. */
  readonly flag?: string;
}

/**
 * Listens and answers with `handler`.
 *
 * @throws {SmarteyeError} `already_in_use` when the port is taken, `invalid_argument` when the
 * address cannot be listened on.
 */
export function listen(
  { host, port }: ListenAddress,
  handler: (request: Request) => Promise<Response>,
  { clock, log, flag }: HttpServerParts,
): HttpServer {
  const cut = new AbortController();
  let underWay = 0;
  let idle = Promise.withResolvers<void>();
  const open = (port: number) =>
    Deno.serve(
      { hostname: host, port, signal: cut.signal, onListen() {} },
      (request, { completed }) => {
        if (underWay++ === 0) idle = Promise.withResolvers();
        const settled = () => {
          if (--underWay === 0) idle.resolve();
        };
        // A client that left before its answer was through is one that nothing is owed any more.
        completed.then(settled, settled);
        return handler(request);
      },
    );
  const first = bind({ host, port }, () => open(port), flag);
  const address = { host, port: first.addr.port };
  const served = serveOn(first);

  /** Accepting fails when the process has no descriptor left: that passes, and must not end it. */
  async function serveOn(server: Deno.HttpServer<Deno.NetAddr>): Promise<void> {
    for (;;) {
      try {
        return await server.finished;
      } catch (error) {
        log.error("connections are not accepted for a moment: {error}", {
          error: messageOf(error),
        });
      }
      await clock.sleep(REBIND_MS, cut.signal);
      if (cut.signal.aborted) return;
      try {
        server = open(address.port);
      } catch (error) {
        log.error("{message}", { message: cannotListen(address, error, flag).message });
      }
    }
  }

  return {
    address,
    async stop(graceMs) {
      const delivered = underWay === 0 || await within(graceMs, idle.promise, clock);
      await clock.sleep(FLUSH_MS);
      // Not `shutdown()`: it waits for connections that are merely open too, such as one whose
      // client still sends a body that was refused, and nothing ends it once it has begun.
      cut.abort();
      await served;
      return delivered;
    },
  };
}

function bind<Server>(address: ListenAddress, open: () => Server, flag?: string): Server {
  try {
    return open();
  } catch (cause) {
    throw cannotListen(address, cause, flag);
  }
}
