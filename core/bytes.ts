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
