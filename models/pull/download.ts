/** HTTP: the bytes of a file from some place on. */

import { Call, type DownloadDeps, Interrupted, refused, type Reply } from "./call.ts";

/** What a server answered. */
export type Answer =
  /** The bytes asked for follow, from `offset` on: 0 where the server starts anew. */
  | {
    readonly kind: "bytes";
    readonly offset: number;
    /** Bytes of the whole file, where the server says so. */
    readonly total: number | undefined;
    /** Tells later whether the file is still the same. */
    readonly validator: string | undefined;
    /** The body; throws {@link Interrupted} when it breaks off or stalls. */
    readonly chunks: AsyncIterable<Uint8Array>;
    /** Wants no more of it. */
    readonly hangUp: () => void;
  }
  /** There are no bytes after those that the caller has. */
  | { readonly kind: "complete" }
  /** The caller's bytes are of no file that the server has now. */
  | { readonly kind: "restart" };

/**
 * Asks for a file from byte `from` on, if it is still the one that `validator` stands for.
 *
 * @throws {SmarteyeError} when asking again would not help.
 * @throws {Interrupted} when it might, and when told to stop.
 */
export async function download(
  url: string,
  from: number,
  validator: string | undefined,
  deps: DownloadDeps,
): Promise<Answer> {
  // What is compressed under way could not be gone on with from a byte of the file.
  const headers = new Headers({ "accept-encoding": "identity" });
  if (from > 0) {
    headers.set("range", `bytes=${from}-`);
    if (validator !== undefined) headers.set("if-range", validator);
  }
  const call = new Call(deps);
  try {
    const answer = read(await call.follow(new URL(url), headers), from, call);
    if (answer.kind !== "bytes") call.end();
    return answer;
  } catch (error) {
    call.end();
    throw error;
  }
}

function read({ response, url }: Reply, from: number, call: Call): Answer {
  const { status, headers, body } = response;
  if (status === 416 && from > 0) {
    return from === totalOf(headers) ? { kind: "complete" } : { kind: "restart" };
  }
  if (status === 408 || status === 429 || status >= 500) {
    throw new Interrupted(`${url.host} answered ${statusText(response)}`);
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (status === 206 && from > 0 && Number(range?.[1]) !== from) return { kind: "restart" };
  const isRange = status === 206 && from > 0;
  if ((status !== 200 && !isRange) || body === null) {
    throw refused(url, `the server answered ${statusText(response)}, 200 is wanted`);
  }
  return {
    kind: "bytes",
    offset: isRange ? from : 0,
    total: isRange ? totalOf(headers) : numberIn(headers.get("content-length")),
    validator: validatorOf(headers),
    chunks: call.chunks(body),
    hangUp: () => call.end(),
  };
}

/** A weak `ETag` says that two files are alike, not that their bytes are the same. */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  if (etag !== null && etag.startsWith('"')) return etag;
  return headers.get("last-modified") ?? undefined;
}

function totalOf(headers: Headers): number | undefined {
  return numberIn(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1]);
}

function numberIn(text: string | null | undefined): number | undefined {
  return text !== null && text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function statusText({ status, statusText }: Response): string {
  return `${status} ${statusText}`.trim();
}
