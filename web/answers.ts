/** Answers that every server over HTTP gives: JSON, and errors as everybody here reads them. */

import type { ErrorCode } from "../core/errors.ts";
import { errorAnswerOf } from "../proto/http_errors.ts";

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

/** What is told with an error beside what went wrong. */
export interface RefusalFacts {
  /** Seconds after which another try may succeed, 1 unless more is known. */
  readonly retryAfterS?: number;
  /** What the request is called in logs. */
  readonly requestId?: string;
}

/** An error's answer. `detail` is a sentence for people. */
export function refuse(code: ErrorCode, detail: string, facts: RefusalFacts = {}): Response {
  const { status, body } = errorAnswerOf(code, detail, facts.requestId);
  return json(body, status, refusalHeaders(status, facts.retryAfterS));
}

/** Headers of an error's answer: where coming back may help (429, 503) when, and what is wanted (401). */
export function refusalHeaders(status: number, retryAfterS = 1): Record<string, string> {
  if (status === 401) return { "www-authenticate": "Bearer" };
  return status === 429 || status === 503 ? { "retry-after": String(retryAfterS) } : {};
}

/** The answer to a method that a path does not take. */
export function wrongMethod(
  method: string,
  path: string,
  wanted: "GET" | "POST",
  { requestId }: Pick<RefusalFacts, "requestId"> = {},
): Response {
  const detail = `Cannot ${method} ${path}: ${wanted} is wanted`;
  return json(errorAnswerOf("invalid_argument", detail, requestId).body, 405, { allow: wanted });
}
