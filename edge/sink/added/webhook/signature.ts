/** Signs messages as Standard Webhooks has it: https://www.standardwebhooks.com */

import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";

/** Before a secret in Base64. */
const BASE64_SECRET = "whsec_";

/**
 * The headers that say which message it is and when it was sent, signed where there is a secret.
 *
 * @param secret any text, or `whsec_` and Base64.
 * @param epochMs now: who receives it refuses what is old.
 */
export function signedHeaders(
  { id, body }: { readonly id: string; readonly body: Uint8Array },
  secret: string | undefined,
  epochMs: number,
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(epochMs / 1000));
  const headers = { "webhook-id": id, "webhook-timestamp": seconds };
  if (secret === undefined) return headers;
  const key = secret.startsWith(BASE64_SECRET)
    ? Buffer.from(secret.slice(BASE64_SECRET.length), "base64")
    : Buffer.from(secret);
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.`).update(body)
    .digest("base64");
  return { ...headers, "webhook-signature": `v1,${signature}` };
}
