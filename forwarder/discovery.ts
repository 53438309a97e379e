/** Names of DNS and the servers behind them: each address is a server of its own. */

import { formatAddress } from "../core/address.ts";
import { type Clock, OVER } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { within } from "../core/within.ts";
import type { Target } from "./target.ts";

/** Milliseconds that a name server has for its answers. */
const ANSWER_MS = 3000;

/** A server that was found. */
export interface Discovered {
  /** `host:port`, the host an IP address. */
  readonly address: string;
  /** The name that it was found by: its certificate is for that. */
  readonly authority: string;
}

/** Addresses of one name that are used: more are no servers of anybody's. */
export const ADDRESSES_MAX = 256;

/** A name server that is asked in place of the system's. */
export interface NameServer {
  /** Its IP address. */
  readonly host: string;
  /** Usually 53. */
  readonly port: number;
}

/** Asks a name server. What it gives rejects where there are no such records, or no answer. */
export interface Lookup {
  /** IP addresses of a name, of one kind. */
  ips(name: string, kind: "A" | "AAAA", signal: AbortSignal): Promise<readonly string[]>;
  /** Hosts of a service, and their ports (RFC 2782). */
  services(name: string, signal: AbortSignal): Promise<readonly Service[]>;
}

/** Where a service is. */
export interface Service {
  /** A name. */
  readonly target: string;
  /** Of that host. */
  readonly port: number;
  /** Those of a higher number are for when none of a lower one is there; not used. */
  readonly priority: number;
}

/** Asks the system's name servers, or the one that is said. */
export function systemLookup(nameServer?: NameServer): Lookup {
  const asked = nameServer
    ? { nameServer: { ipAddr: nameServer.host, port: nameServer.port } }
    : {};
  return {
    ips: (name, kind, signal) => Deno.resolveDns(name, kind, { ...asked, signal }),
    services: (name, signal) => Deno.resolveDns(name, "SRV", { ...asked, signal }),
  };
}

/**
 * The servers of a target that is discovered: sorted by their addresses, each once.
 *
 * @throws {Error} saying why there are none: nobody answers, or the name has no address.
 */
export async function addressesOf(
  target: Target,
  lookup: Lookup,
  clock: Clock,
): Promise<readonly Discovered[]> {
  const over = new AbortController();
  const asking = ask(target, lookup, over.signal);
  asking.catch(() => {}); // whoever still waits for it hears
  try {
    if (await within(ANSWER_MS, asking, clock)) return await asking;
    throw new Error(`no answer within ${ANSWER_MS} ms`);
  } finally {
    over.abort(OVER);
  }
}

async function ask(
  { host, port }: Target,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<readonly Discovered[]> {
  const hosts = port === undefined
    ? firstOf(await lookup.services(host, signal)).slice(0, ADDRESSES_MAX)
    : [{ target: host, port }];
  const found = await Promise.all(hosts.map(async ({ target, port }) => {
    const authority = target.replace(/\.$/, "");
    const ips = await ipsOf(authority, lookup, signal);
    return ips.map((host) => [formatAddress({ host, port }), authority] as const);
  }));
  const servers = [...new Map(found.flat())]
    .map(([address, authority]) => ({ address, authority }))
    .sort((a, b) => a.address < b.address ? -1 : 1);
  if (servers.length === 0) throw new Error("it has no address");
  return servers.slice(0, ADDRESSES_MAX);
}

/** Those of the lowest priority (RFC 2782). */
function firstOf(services: readonly Service[]): Service[] {
  const lowest = Math.min(...services.map(({ priority }) => priority));
  return services.filter(({ priority }) => priority === lowest);
}

/** Of a name that has addresses of one kind only, the other kind is no failure. */
async function ipsOf(name: string, lookup: Lookup, signal: AbortSignal): Promise<string[]> {
  const kinds = (["A", "AAAA"] as const).map((kind) => lookup.ips(name, kind, signal));
  const answers = await Promise.allSettled(kinds);
  const found = answers.flatMap((answer) => answer.status === "fulfilled" ? answer.value : []);
  const [first] = answers;
  if (found.length === 0 && first?.status === "rejected") throw new Error(messageOf(first.reason));
  return found;
}
