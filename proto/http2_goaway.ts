/**
 * Keeps Deno alive when the other side of a gRPC connection says goodbye. Deno 2.9.6 aborts the whole
 * process (`find_stream_on_goaway_func: Assertion failed`, `free(): invalid pointer`, or a
 * segmentation fault) when a `node:http2` session without open streams receives GOAWAY, which every
 * server sends that is shut down, and every client that closes its channel:
 * https://github.com/denoland/deno/issues/36788. The session is closed, and its memory freed, by the
 * listeners of that very frame, while nghttp2 still works through it.
 */

import { setImmediate } from "node:timers";
import http2, { type Http2Server, type Http2Session } from "node:http2";

type Connect = (...args: unknown[]) => Http2Session;
type CreateServer = (...args: unknown[]) => Http2Server;

let installed = false;

/**
 * Has sessions that are made from now on, by clients and servers, wait with closing for the end of
 * the event loop's turn, in which the frame that asks for it has been worked through. Changes
 * `http2.connect` and `http2.createServer` (`createSecureServer`) for the whole process, once: grpc-js has no seam for it.
 * May go when the issue is fixed in every Deno that is supported.
 */
export function surviveGoaway(): void {
  if (installed) return;
  installed = true;
  const connect = http2.connect as Connect;
  const { createServer, createSecureServer } = http2 as unknown as Record<string, CreateServer>;
  const serving = (create: CreateServer): CreateServer => (...args) =>
    create(...args).on("session", deferred);
  Object.assign(http2, {
    connect: ((...args) => deferred(connect(...args))) as Connect,
    createServer: serving(createServer!),
    createSecureServer: serving(createSecureServer!),
  });
}

function deferred(session: Http2Session): Http2Session {
  // Always, not only on GOAWAY: its frame is also worked through where no listener can tell.
  const close = session.close.bind(session);
  const destroy = session.destroy.bind(session);
  session.close = (callback) =>
    void setImmediate(() => {
      // Meanwhile somebody else may have closed it, and a closed one does not hear of callbacks.
      if (callback && session.destroyed) callback();
      else if (callback && session.closed) session.once("close", callback);
      else close(callback);
    });
  session.destroy = (...args) => void setImmediate(() => destroy(...args));
  return session;
}
