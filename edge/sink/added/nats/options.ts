/** How NATS is spoken to, resolved and checked. */

import type { Secret } from "../secret.ts";

/** What is said of it, beside its address. */
export interface NatsOptions {
  /** The path of a file of credentials, as `nsc` writes it. */
  readonly credentials?: string | undefined;
  /** The password of the user whom the address names. */
  readonly password?: Secret | undefined;
  /** A token instead of a user. */
  readonly token?: Secret | undefined;
  /** PEM file with certificates of authorities that are trusted beside those that everybody trusts. */
  readonly authorities?: string | undefined;
  /** The stream that is made where there is none of that name; absent: none is. */
  readonly stream?: string | undefined;
  /** Whether an event's picture goes with it, in the JSON as Base64. */
  readonly snapshot: "none" | "inline";
}

/** What there is where nothing is said. */
export const NATS_DEFAULTS: NatsOptions = { snapshot: "none" };
