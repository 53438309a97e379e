/** Keeps an error of a socket that NATS's client has let go of from ending the program. */

import { createRequire } from "node:module";
import type { Socket } from "node:net";

/** How the client opens its sockets, each by one of these. */
type Opens = Record<"dial" | "startTLS" | "tlsFirst", (...given: unknown[]) => Promise<Socket>>;

let isGuarded = false;

/**
 * The client takes all listeners from a socket before it closes it, also while it is being opened. An
 * error that comes then, such as a reset by a server that refuses who asks, has no listener, and one
 * without ends the program. So there always is one.
 */
export function guardSockets(): void {
  if (isGuarded) return;
  isGuarded = true;
  const { NodeTransport } = createRequire(import.meta.url)(
    "@nats-io/transport-node/lib/node_transport.js",
  ) as { readonly NodeTransport: { readonly prototype: Opens } };
  const { prototype } = NodeTransport;
  for (const way of ["dial", "startTLS", "tlsFirst"] as const) {
    const open = prototype[way];
    prototype[way] = async function (this: unknown, ...given) {
      return guarded(await open.apply(this, given));
    };
  }
}

function guarded(socket: Socket): Socket {
  const ignore = () => {}; // that it is closed is heard all the same
  const removeAll = socket.removeAllListeners.bind(socket);
  socket.removeAllListeners = (...events: [event?: string | symbol]) => {
    removeAll(...events);
    return socket.on("error", ignore);
  };
  return socket.on("error", ignore);
}
