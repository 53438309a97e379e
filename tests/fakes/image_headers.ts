/** Image files that are nothing but a header: enough for a forwarder, which decodes nothing. */

/** A PNG file whose header claims `width × height` pixels. */
export function pngHeader(width: number, height: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(64);
  file.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
  file.set(new TextEncoder().encode("IHDR"), 12);
  const view = new DataView(file.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  file.set([8, 2, 0, 0, 0], 24);
  return file;
}

/** A JPEG file whose header claims `width × height` pixels, with `metadataBytes` before it says so. */
export function jpegHeader(
  width: number,
  height: number,
  metadataBytes = 14,
): Uint8Array<ArrayBuffer> {
  const segments: number[] = [0xff, 0xd8];
  for (let left = metadataBytes; left > 0; left -= 65_533) {
    const length = Math.min(left, 65_533) + 2;
    segments.push(0xff, 0xe0, length >> 8, length & 0xff, ...new Array(length - 2).fill(0));
  }
  const [h, w] = [[height >> 8, height & 0xff], [width >> 8, width & 0xff]] as const;
  segments.push(0xff, 0xc0, 0, 11, 8, ...h, ...w, 1, 1, 0x11, 0, 0xff, 0xd9);
  return new Uint8Array(segments);
}

/** A lossless WebP file whose header claims `width × height` pixels (at most 16384 each). */
export function webpHeader(width: number, height: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(40);
  file.set(new TextEncoder().encode("RIFF\0\0\0\0WEBPVP8L"));
  const bits = (width - 1) | (height - 1) << 14;
  new DataView(file.buffer).setUint32(21, bits, true);
  file[20] = 0x2f;
  return file;
}
