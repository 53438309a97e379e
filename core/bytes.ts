/** Bytes that can be given away. */

/**
 * The bytes in an ArrayBuffer of their own, so that they can be transferred to a Worker. Copies only
 * when they share their buffer with others.
 */
export function ownBytes(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = data;
  const alone = buffer instanceof ArrayBuffer && buffer.byteLength === data.byteLength;
  return alone ? new Uint8Array(buffer) : new Uint8Array(data);
}

/** Bytes of a message beside what it carries, for which a copy is not worth it. */
const ENVELOPE_BYTES = 1024;

/**
 * As `ownBytes`, but what is nearly all of its buffer takes the rest with it: an image goes with the
 * message that it came in. Nobody may need the rest.
 */
export function givenBytes(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = data;
  const isNearlyAll = buffer instanceof ArrayBuffer && byteLength > ENVELOPE_BYTES &&
    buffer.byteLength - byteLength <= ENVELOPE_BYTES;
  return isNearlyAll ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(data);
}

/** The chunks as one. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
