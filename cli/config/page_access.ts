/** Pages that others reach want a password, and a way on which nobody reads it. */

import { formatAddress, isLoopback, type ListenAddress } from "../../core/address.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";

/** What is known of pages' access. */
export interface PageAccess {
  /** Where they are. */
  readonly listen: ListenAddress;
  /** Whether a password or a token is wanted from who comes. */
  readonly hasSecret: boolean;
  /** Whether they speak TLS, or are said to need none. */
  readonly isSafeOnTheWay: boolean;
  /** Which keys give a password, for people. */
  readonly secrets: string;
}

/** Adds a problem where strangers could look at pages, or read their password on the way. */
export function checkPageAccess(
  { problems, origin }: Configured,
  key: ["ui", "listen"] | ["forwarder", "ui_listen"],
  { listen, hasSecret, isSafeOnTheWay, secrets }: PageAccess,
): void {
  if (isLoopback(listen.host) || (hasSecret && isSafeOnTheWay)) return;
  const [section, name] = key;
  const [found, wanted] = hasSecret
    ? [
      "to which people would send the password in the clear",
      `TLS, [${section}] tls_cert and tls_key (or allow_plain_tokens = true)`,
    ]
    : [
      "which others reach, and no password",
      `${secrets}, or a port of this machine alone`,
    ];
  problems.add({
    where: origin(key),
    subject: `[${section}] ${name}`,
    found: `${quote(formatAddress(listen))}, ${found}`,
    wanted,
  });
}
