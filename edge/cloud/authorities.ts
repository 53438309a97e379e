/** Certificates of authorities that a user trusts. */

import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { messageOf, SmarteyeError } from "../../core/errors.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificates in a PEM file, each by itself.
 *
 * @param key the setting that names the file.
 * @throws {SmarteyeError} `invalid_argument` when it cannot be read, or has none.
 */
export async function readAuthorities(
  path: string,
  key = "[flask-url] ca_file",
): Promise<readonly string[]> {
  try {
    const found = (await Deno.readTextFile(path)).match(CERTIFICATE) ?? [];
    if (found.length === 0) throw new Error("there is no certificate in it");
    for (const one of found) void new X509Certificate(one);
    return found;
  } catch (cause) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot trust the authorities of "${path}": found ${messageOf(cause)}, certificates in PEM ` +
        `are wanted (${key})`,
      { cause },
    );
  }
}

/**
 * Trusts whom everybody does, and these. They are added one by one, for a list of all of them takes a
 * permission that cannot be granted by itself, and leaves out whom this machine trusts besides.
 */
export function trusting(authorities: readonly string[]): SecureContext {
  const context = createSecureContext();
  for (const authority of authorities) context.context.addCACert(authority);
  return context;
}
