/**
 * Reads a stream of pictures: each part's JPEG with what its head tells of the frame, so that what is drawn
 * lies exactly on its picture.
 *
 * @module
 */

/** @typedef {import("../told.ts").ShownFrame} ShownFrame */

const HEAD_END = [13, 10, 13, 10];

/** Bytes of a part, at most: what is more is no picture. */
const PART_MAX = 32 * 1024 * 1024;

/**
 * The pictures of a source, as they come. Ends when the stream does.
 *
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<{ readonly frame: ShownFrame; readonly jpeg: Blob }>}
 */
export async function* picturesOf(url, signal) {
  const response = await fetch(url, { signal, cache: "no-store" });
  if (!response.ok || !response.body) throw new Error(await reasonIn(response));
  const reader = response.body.getReader();
  /** @type {Uint8Array<ArrayBuffer>} */
  let held = new Uint8Array();
  for (;;) {
    const part = partIn(held);
    if (part) {
      held = held.slice(part.end);
      yield part;
      continue;
    }
    if (held.length > PART_MAX) throw new Error("a picture is too large");
    const { done, value } = await reader.read();
    if (done) return;
    const more = new Uint8Array(held.length + value.length);
    more.set(held);
    more.set(value, held.length);
    held = more;
  }
}

/**
 * What a refusal says.
 *
 * @param {Response} response
 * @returns {Promise<string>}
 */
export async function reasonIn(response) {
  const answer = await response.json().catch(() => ({}));
  return String(answer.detail ?? `the edge answers ${response.status}`);
}

/**
 * The first part, where all of it is there.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
function partIn(bytes) {
  const headEnd = indexOf(bytes, HEAD_END);
  if (headEnd < 0) return undefined;
  const head = new TextDecoder().decode(bytes.subarray(0, headEnd));
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
  const from = headEnd + HEAD_END.length;
  const end = from + length + 2;
  if (bytes.length < end) return undefined;
  /** @type {ShownFrame} */
  const frame = JSON.parse(/^x-frame: (.*)$/im.exec(head)?.[1] ?? "null");
  return {
    frame,
    jpeg: new Blob([bytes.subarray(from, from + length)], { type: "image/jpeg" }),
    end,
  };
}

/**
 * @param {Uint8Array} bytes
 * @param {readonly number[]} wanted
 * @returns {number} -1 where it is not there
 */
function indexOf(bytes, wanted) {
  for (
    let at = bytes.indexOf(wanted[0] ?? 0);
    at >= 0;
    at = bytes.indexOf(wanted[0] ?? 0, at + 1)
  ) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
