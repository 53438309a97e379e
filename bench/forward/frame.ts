/** Frames of which nothing but their size matters. */

/** The beginning of a JPEG of 64×48 pixels, and nothing more: a forwarder decodes nothing. */
export function frame(bytes: number): Uint8Array<ArrayBuffer> {
  const image = new Uint8Array(bytes);
  image.set([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0]);
  return image;
}
