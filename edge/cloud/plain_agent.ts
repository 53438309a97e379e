/** Connections without TLS towards a forwarder. */

import http from "node:http";
import type { NetConnectOpts, Socket } from "node:net";
import type { ListenAddress } from "../../core/address.ts";

/** Connections over TCP, kept open, to whom is asked or to what stands before. */
export class PlainAgent extends http.Agent {
  /**
   * Connects when asked.
   *
   * @param socketsMax connections at once.
   * @param via where they are opened, whoever is asked.
   */
  constructor(socketsMax: number, private readonly via?: ListenAddress) {
    super({ keepAlive: true, maxSockets: socketsMax });
  }

  /** Opens one: for the agent itself. */
  override createConnection(options: NetConnectOpts): Socket {
    return super.createConnection({ ...options, ...this.via }) as Socket;
  }
}
