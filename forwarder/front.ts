/** The forwarder's front: its ports, who may ask there, and what is told of those who did. */

import { formatAddress, isLoopback, type ListenAddress } from "../core/address.ts";
import { logger, Thinned } from "../core/log.ts";
import { type HttpPort, openHttpPort, urlAt } from "../web/http_port.ts";
import type { UiPort } from "../web/ui/port.ts";
import { AccessLog } from "./access_log.ts";
import { Clients } from "./clients/clients.ts";
import { Edges } from "./edges/edges.ts";
import { gateway, type GatewayParts } from "./gateway.ts";
import type { ForwarderOptions } from "./options.ts";
import { Traffic } from "./traffic.ts";
import type { CloudPageParts } from "./ui/cloud_page.tsx";

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
  | ("connectionsMax" | "corsOrigins" | "accessLog" | "ui")
>;

/** An open front. */
export interface Front {
  /** Where clients ask. */
  readonly address: ListenAddress;
  /** Where operators do, if not there too. */
  readonly operators: ListenAddress | undefined;
  /** Where people look at it all, if anywhere. */
  readonly ui: ListenAddress | undefined;
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
  const traffic = new Traffic(clock);
  let draining = false;
  const { side } = gateway({
    ...parts,
    ...{ clients, edges, corsOrigins: options.corsOrigins, draining: () => draining },
    onEnd(...ended) {
      traffic.ended(ended[0]);
      accessLog.tell(...ended);
    },
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
  const ui = options.ui &&
    await openUi({ ...parts, edges, traffic, address: main.address }, options);
  opened.move(); // from here on they are closed with the front
  warnIfOpen(main, options);
  if (operators) {
    log.info("operators ask at {url}", { url: urlAt(operators.address, "/", tls !== undefined) });
  }
  return {
    address: main.address,
    operators: operators?.address,
    ui: ui?.address,
    async close(graceMs) {
      draining = true;
      const delivered = await main.close(graceMs);
      await ui?.[Symbol.asyncDispose]();
      await operators?.close(0); // last: how the others end can be seen there
      clients.close();
      accessLog.flush();
      faults.flush();
      return delivered;
    },
  };
}

/** The page, which is loaded where it is wanted alone. */
async function openUi(
  parts: Omit<CloudPageParts, "policy"> & Pick<FrontParts, "settings">,
  { ui, tls }: FrontOptions,
): Promise<UiPort> {
  const { openCloudPage } = await import("./ui/cloud_page.tsx");
  const policy = () => parts.settings().dispatchPolicy ?? "";
  return await openCloudPage({ ...parts, policy }, { ...ui!, tls });
}

function warnIfOpen({ address }: HttpPort, { listen, tls, tokens }: FrontOptions): void {
  if (isLoopback(listen.host) || tls?.authorities !== undefined || tokens !== undefined) return;
  log.warn(
    "anybody who reaches {address} may ask: [forwarder] tokens or tls_client_ca keeps strangers out",
    { address: formatAddress(address) },
  );
}
