/** How events are posted to a URL, resolved and checked. */

import type { Secret } from "../secret.ts";

/** What is said of it, beside its address. */
export interface WebhookOptions {
  /** What messages are signed with; absent: they are not. */
  readonly secret?: Secret | undefined;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: Secret | undefined;
  /** PEM file with certificates of authorities that are trusted beside those that everybody trusts. */
  readonly authorities?: string | undefined;
  /** How an event's picture goes with it: in the JSON as Base64, or as a part of its own. */
  readonly snapshot: "none" | "inline" | "multipart";
}

/** What there is where nothing is said. */
export const WEBHOOK_DEFAULTS: WebhookOptions = { snapshot: "none" };
