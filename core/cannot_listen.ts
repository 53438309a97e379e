/** Why a server cannot listen where it should, the same way for every server. */

import { type ErrorCode, messageOf, SmarteyeError } from "./errors.ts";
import { formatAddress, type ListenAddress } from "./role.ts";

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

/** The error of an address that cannot be listened on, from what the system said. */
export function cannotListen(address: ListenAddress, cause: unknown): SmarteyeError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const [, code, found] = REASONS.find(([pattern]) => pattern.test(said)) ??
    [undefined, "invalid_argument" as const, `${messageOf(cause)}, an address of this machine`];
  return new SmarteyeError(
    code,
    `Cannot listen on ${formatAddress(address)}: ${found} is wanted (--listen HOST:PORT)`,
    { cause },
  );
}
