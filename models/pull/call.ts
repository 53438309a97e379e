/** One HTTP request: redirects, deadlines, and the body piece by piece. */

import type { Clock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";

/** Milliseconds until a server has answered with its headers. */
const ANSWER_MS = 30_000;
/** Milliseconds between two pieces of a body. */
const IDLE_MS = 30_000;
/** Redirects that are followed: a download that is kept elsewhere has one or two. */
const REDIRECTS_MAX = 5;

/** What a download takes from outside. */
export interface DownloadDeps {
  /** For deadlines. */
  readonly clock: Clock;
  /** Aborts when the download should stop. */
  readonly drain: AbortSignal;
  /** The web's `fetch`; another one in tests. */
  readonly fetch?: typeof fetch;
}

/** What passes by itself or on the next try: a lost connection, a busy server. */
export class Interrupted extends Error {
  /** What a stack trace calls it. */
  override readonly name = "Interrupted";
}

/** What came in the end, and from where. */
export interface Reply {
  /** Its body is still to be read. */
  readonly response: Response;
  /** After all redirects. */
  readonly url: URL;
}

/** One request and its body, with a deadline on every wait. */
export class Call {
  readonly #stop = new AbortController();

  /** Nothing is sent yet. */
  constructor(private readonly deps: DownloadDeps) {}

  /** Sends the request, and sends it on where the server says so. */
  async follow(url: URL, headers: Headers): Promise<Reply> {
    const send = this.deps.fetch ?? fetch;
    let at = url;
    for (let redirects = 0;; redirects++) {
      const sent = send(at, { headers, redirect: "manual", signal: this.#stop.signal });
      const response = await this.within(ANSWER_MS, sent, `no answer from ${at.host}`);
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) {
        return { response, url: at };
      }
      await response.body?.cancel();
      if (redirects === REDIRECTS_MAX) {
        throw refused(url, `it redirects more than ${REDIRECTS_MAX} times`);
      }
      at = redirected(at, location, url);
    }
  }

  /** The body, piece by piece. */
  async *chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await this.within(IDLE_MS, reader.read(), "nothing came");
        if (done) return;
        yield value;
      }
    } finally {
      this.end();
      await reader.cancel().catch(() => {});
    }
  }

  /** Waits for something, but not for ever. */
  async within<T>(ms: number, work: Promise<T>, late: string): Promise<T> {
    const { clock, drain } = this.deps;
    const over = new AbortController();
    const giveUp = async (): Promise<never> => {
      await clock.sleep(ms, AbortSignal.any([over.signal, drain]));
      if (drain.aborted) throw new Interrupted("it was told to stop");
      throw new Interrupted(`${late} for ${ms / 1000} s`);
    };
    try {
      return await Promise.race([work, giveUp()]);
    } catch (cause) {
      work.catch(() => {}); // it fails later, when nobody waits for it
      if (cause instanceof SmarteyeError || cause instanceof Interrupted) throw cause;
      if (cause instanceof Deno.errors.NotCapable) {
        throw new SmarteyeError("failed_precondition", messageOf(cause), { cause });
      }
      throw new Interrupted(reasonOf(cause), { cause });
    } finally {
      over.abort();
    }
  }

  /** Hangs up. */
  end(): void {
    this.#stop.abort();
  }
}

/** `fetch` says little itself; its cause repeats the URL. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause ?? error : error;
  return messageOf(cause).replace(/^error sending request for url \([^)]*\): /, "");
}

function redirected(from: URL, location: string, first: URL): URL {
  const to = URL.parse(location, from);
  if (to === null || !/^https?:$/.test(to.protocol)) {
    throw refused(first, `it redirects to "${location}", an http(s) URL is wanted`);
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw refused(first, `it redirects to ${to.origin}, which is not encrypted`);
  }
  return to;
}

/** What asking again would not help. */
export function refused(url: URL, why: string): SmarteyeError {
  return new SmarteyeError("unavailable", `Cannot download ${url.href}: ${why}`);
}
