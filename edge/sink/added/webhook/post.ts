/** One POST to a receiver that may be slow, busy, wrong or away. */

import { type Clock, OVER } from "../../../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../../../core/errors.ts";
import { redact } from "../../../../core/redact.ts";
import { retryAfterMs } from "../../../cloud/retry_after.ts";
import type { PostedBody } from "./body.ts";

/** Milliseconds that a request may take, the answer's body among them. */
const DEADLINE_MS = 10_000;

/** Bytes of an answer that are read, so that its connection can be used again: nobody looks at them. */
const ANSWER_BYTES_MAX = 65_536;

/** Answers with which a receiver asks for another try, beside those from 500 on. */
const LATER = new Set([408, 425, 429]);

/** Where messages are posted. */
export interface PostTarget {
  /** The address, without a user. */
  readonly url: URL;
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** With authorities of one's own. */
  readonly client: Deno.HttpClient | undefined;
}

/**
 * Posts a body.
 *
 * @throws {SmarteyeError} `invalid_argument` when it is refused for good; else another try may help,
 * after `retryAfterMs` where the receiver says so.
 */
export async function post(
  { url, headers, client }: PostTarget,
  { contentType, body }: PostedBody,
  own: Readonly<Record<string, string>>,
  clock: Clock,
): Promise<void> {
  const over = new AbortController();
  const done = new AbortController();
  void clock.sleep(DEADLINE_MS, done.signal).then(() => over.abort(OVER));
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, ...own, "content-type": contentType },
      ...{ body, redirect: "manual", signal: over.signal },
      ...(client ? { client } : {}),
    });
    await drain(response);
    if (!response.ok) throw refusal(url, response, clock.epochMs());
  } catch (cause) {
    if (cause instanceof SmarteyeError) throw cause;
    const why = over.signal.aborted && !done.signal.aborted
      ? `it did not answer within ${DEADLINE_MS / 1000} s`
      : reason(cause);
    throw new SmarteyeError("unavailable", `Cannot post to ${shownUrl(url)}: ${why}`, { cause });
  } finally {
    done.abort(OVER);
  }
}

/** The address without what may be secret in it: many receivers are known by their path alone. */
export function shownUrl({ origin, pathname }: URL): string {
  return pathname === "/" ? origin : `${origin}/…`;
}

function refusal(url: URL, { status, headers }: Response, epochMs: number): SmarteyeError {
  const where = `Cannot post to ${shownUrl(url)}: it answers ${status}`;
  if (status < 400) {
    return new SmarteyeError(
      "invalid_argument",
      `${where}, the address that it leads to is wanted`,
    );
  }
  if (status < 500 && !LATER.has(status)) return new SmarteyeError("invalid_argument", where);
  const code = status === 429 ? "rate_limited" : "unavailable";
  const retry = retryAfterMs(headers.get("retry-after") ?? undefined, epochMs);
  return new SmarteyeError(code, where, { retryAfterMs: retry });
}

async function drain({ body }: Response): Promise<void> {
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) break; // which closes the connection
  }
}

/** What went wrong, without the address, of which that is told. */
function reason(cause: unknown): string {
  return redact(messageOf(cause).replace(/ for url \([^)]*\)/, ""));
}
