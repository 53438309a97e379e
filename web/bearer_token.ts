/** The token that callers of a server must know. */

import { createHash, timingSafeEqual } from "node:crypto";

const BEARER = /^Bearer +([^ ]+) *$/i;

/** The token in the value of an `Authorization` (RFC 6750); `undefined` where there is none. */
export function bearerOf(authorization: string | null | undefined): string | undefined {
  return BEARER.exec(authorization ?? "")?.[1];
}

/**
 * Knows the token without saying it. For any protocol that carries an `Authorization` (RFC 6750): over
 * HTTP, a caller that it does not admit gets 401 with `WWW-Authenticate: Bearer`.
 */
export class BearerToken {
  readonly #digest: Uint8Array;

  /** Keeps a digest. */
  constructor(token: string) {
    this.#digest = digestOf(token);
  }

  /**
   * Whether the value of an `Authorization` holds the token. How long that takes tells nothing of it:
   * digests are compared, which are of one length, and to their end.
   */
  admits(authorization: string | null | undefined): boolean {
    const given = bearerOf(authorization);
    return given !== undefined && timingSafeEqual(digestOf(given), this.#digest);
  }
}

function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
