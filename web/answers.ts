/** Answers that every server over HTTP gives: JSON, and errors as everybody here reads them. */

import type { ErrorCode } from "../core/errors.ts";
import { errorAnswerOf } from "../proto/http_codec.ts";

/** A value as JSON, of which the length is known. */
export function json(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return new Response(bytes, {
    status,
    headers: {
      "content-type": "application/json",
      "content-length": String(bytes.length),
      ...headers,
    },
  });
}

/**
 * An error's answer. Where coming back may help (503), it says when.
 *
 * @param detail a sentence for people.
 * @param retryAfterS seconds after which another try may succeed, 1 unless more is known.
 */
export function refuse(code: ErrorCode, detail: string, retryAfterS = 1): Response {
  const { status, body } = errorAnswerOf(code, detail);
  return json(body, status, status === 503 ? { "retry-after": String(retryAfterS) } : {});
}

/** The answer to a method that a path does not take. */
export function wrongMethod(method: string, path: string, wanted: "GET" | "POST"): Response {
  const detail = `Cannot ${method} ${path}: ${wanted} is wanted`;
  return json(errorAnswerOf("invalid_argument", detail).body, 405, { allow: wanted });
}
