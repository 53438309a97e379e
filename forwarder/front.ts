/** The forwarder's front: its ports, who may ask there, and what is told of those who did. */

import { formatAddress, isLoopback, type ListenAddress } from "../core/address.ts";
import { logger, Thinned } from "../core/log.ts";
import { type HttpPort, openHttpPort, urlAt } from "../web/http_port.ts";
import { AccessLog } from "./access_log.ts";
import { Clients } from "./clients/clients.ts";
import { Edges } from "./edges/edges.ts";
import { gateway, type GatewayParts } from "./gateway.ts";
import type { ForwarderOptions } from "./options.ts";

const log = logger("forwarder");

/** Connections of operators: Prometheus and its kin. */
const OPERATORS_MAX = 64;

/** What a front is made of. */
export interface FrontParts
  extends Pick<GatewayParts, "pool" | "dispatcher" | "metrics" | "clock" | "settings" | "reload"> {
  /** Writes a line of the access log. */
  readonly print: (line: string) => void;
}

/** How it is opened. */
export type FrontOptions = Pick<
  ForwarderOptions,
  | ("listen" | "operatorsListen" | "tls" | "tokens" | "clientRequestsMax")
  | ("connectionsMax" | "corsOrigins" | "accessLog")
>;

/** An open front. */
export interface Front {
  /** Where clients ask. */
  readonly address: ListenAddress;
  /** Where operators do, if not there too. */
  readonly operators: ListenAddress | undefined;
  /** Refuses what is new, waits up to `graceMs` for the rest, and closes. @returns whether all was delivered. */
  close(graceMs: number): Promise<boolean>;
}

/**
 * Opens the ports: all, or none.
 *
 * @throws {SmarteyeError} `already_in_use` or `invalid_argument` when one of them cannot be listened on, or
 * the tokens or the files of TLS are not usable.
 */
export async function openFront(parts: FrontParts, options: FrontOptions): Promise<Front> {
  const { clock, print } = parts;
  const { listen, operatorsListen, tls, tokens, connectionsMax, clientRequestsMax } = options;
  const accessLog = new AccessLog(options.accessLog, clock, print);
  const faults = new Thinned((message) => log.error("{message}", { message }));
  await using opened = new AsyncDisposableStack();
  const clients = await Clients.read({ tokens, inFlightMax: clientRequestsMax }, clock);
  opened.defer(() => clients.close());
  const edges = new Edges({ clock, hasTokens: clients.wantTokens, metrics: parts.metrics });
  parts.metrics.watchEdges(() => edges.states());
  let draining = false;
  const { side } = gateway({
    ...parts,
    ...{ clients, edges, corsOrigins: options.corsOrigins, draining: () => draining },
    onEnd: (...ended) => accessLog.tell(...ended),
    onFault: (detail) => faults.tell("a fault in the forwarder", detail),
  });
  const main = await openHttpPort({
    ...{ listen, tls, connectionsMax, clock, log },
    answer: side(operatorsListen ? "clients" : "both"),
  });
  opened.defer(() => void main.close(0));
  const operators = operatorsListen && await openHttpPort({
    ...{ listen: operatorsListen, flag: "--operators [HOST:]PORT", tls, clock, log },
    ...{ connectionsMax: OPERATORS_MAX, answer: side("operators") },
  });
  opened.move(); // from here on they are closed with the front
  warnIfOpen(main, options);
  if (operators) {
    log.info("operators ask at {url}", { url: urlAt(operators.address, "/", tls !== undefined) });
  }
  return {
    address: main.address,
    operators: operators?.address,
    async close(graceMs) {
      draining = true;
      const delivered = await main.close(graceMs);
      await operators?.close(0); // last: how the others end can be seen there
      clients.close();
      accessLog.flush();
      faults.flush();
      return delivered;
    },
  };
}

function warnIfOpen({ address }: HttpPort, { listen, tls, tokens }: FrontOptions): void {
  if (isLoopback(listen.host) || tls?.authorities !== undefined || tokens !== undefined) return;
  log.warn(
    "anybody who reaches {address} may ask: [forwarder] tokens or tls_client_ca keeps strangers out",
    { address: formatAddress(address) },
  );
}
