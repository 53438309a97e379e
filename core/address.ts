/** Where servers listen, and why one cannot: said the same way by every server. */

import { type ErrorCode, messageOf, SmarteyeError } from "./errors.ts";

/** Host and port that a server listens on; port 0 takes a free one. */
export interface ListenAddress {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** An address as `host:port`, IPv6 hosts in brackets. */
export function formatAddress({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

const REASONS: readonly (readonly [pattern: RegExp, code: ErrorCode, found: string])[] = [
  [/EADDRINUSE|address already in use/i, "already_in_use", "the port is in use, a free one"],
  [
    /EACCES|permission denied/i,
    "invalid_argument",
    "the port is reserved for the system, one from 1024 on",
  ],
  [
    /EADDRNOTAVAIL|EINVAL|cannot assign requested address/i,
    "invalid_argument",
    "this machine has no such address, one of its own",
  ],
];

/**
 * The error of an address that cannot be listened on, from what the system said.
 *
 * @param flag what gives another one, for people.
 */
export function cannotListen(
  address: ListenAddress,
  cause: unknown,
  flag = "--listen HOST:PORT",
): SmarteyeError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const [, code, found] = REASONS.find(([pattern]) => pattern.test(said)) ??
    [undefined, "invalid_argument" as const, `${messageOf(cause)}, an address of this machine`];
  return new SmarteyeError(
    code,
    `Cannot listen on ${formatAddress(address)}: ${found} is wanted (${flag})`,
    { cause },
  );
}

/** Whether only this machine reaches such a host. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
}
