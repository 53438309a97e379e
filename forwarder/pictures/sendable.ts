/** An image on its way to a Worker. */

import type { SentImage } from "../../core/infer.ts";

/**
 * An image with memory of its own, which goes with it: the request keeps its own, for another server may
 * be asked next.
 */
export function sendable(
  image: SentImage,
): { readonly image: SentImage; readonly transfer: readonly ArrayBuffer[] } {
  const bytes = new Uint8Array(image.kind === "raw" ? image.rgb : image.bytes);
  return {
    image: image.kind === "raw" ? { ...image, rgb: bytes } : { ...image, bytes },
    transfer: [bytes.buffer],
  };
}
