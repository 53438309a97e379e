/** Pictures and clips of events, out of a run's own directory and no other. */

/** Bytes of a clip that are given at once to who asks for a range: a player asks for the next ones. */
const PIECE_MAX = 4 * 1024 * 1024;

/** Whether a file is there: a link, which may lead anywhere, does not count. */
export async function isThere(path: string): Promise<boolean> {
  const found = await Deno.lstat(path).catch(() => undefined);
  return found?.isFile ?? false;
}

/**
 * A file as an answer, or a part of it where that is asked for (RFC 9110, 14: one range of bytes).
 *
 * @param range the value of the header `Range`.
 * @returns `undefined` when it is not there.
 */
export async function fileAnswer(
  path: string,
  type: string,
  range: string | undefined,
): Promise<Response | undefined> {
  if (!await isThere(path)) return undefined;
  const file = await Deno.open(path);
  using closed = new DisposableStack();
  closed.use(file);
  const { size } = await file.stat();
  const headers = { "content-type": type, "accept-ranges": "bytes" };
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  const isPart = (first ?? "") !== "";
  if (!isPart && size > PIECE_MAX) {
    closed.move(); // the stream closes it
    return new Response(file.readable, { headers });
  }
  const from = Number(first || 0);
  const to = Math.min(last ? Number(last) : size - 1, size - 1, from + PIECE_MAX - 1);
  if (from > to) {
    return new Response(null, { status: 416, headers: { "content-range": `bytes */${size}` } });
  }
  await file.seek(from, Deno.SeekMode.Start);
  const bytes = new Uint8Array(to - from + 1);
  let length = 0;
  while (length < bytes.length) {
    const read = await file.read(bytes.subarray(length));
    if (!read) break; // it became shorter meanwhile
    length += read;
  }
  const body = bytes.subarray(0, length);
  if (!isPart) {
    return new Response(body, { headers: { ...headers, "content-length": String(length) } });
  }
  return new Response(body, {
    status: 206,
    headers: {
      ...headers,
      "content-length": String(length),
      "content-range": `bytes ${from}-${from + length - 1}/${size}`,
    },
  });
}
