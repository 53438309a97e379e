/** Pictures of a run in small, as they stand in a page that needs no other file. */

import { join } from "node:path";
import { EncodedImage } from "../../../core/image.ts";
import { Html, markup } from "../html.ts";

/** Pixels that a picture may have. */
const PIXELS_MAX = 100_000_000;

const QUALITY = 78;

/** What an edge calls pictures: nothing else of a directory is ever read for one. */
const NAMES = /^(frame_\d{6,}\.jpg|events\/[^/\\]+\.jpg)$/;

/**
 * A picture of a run as an image element, scaled down.
 *
 * @param name below the run's directory: `frame_000001.jpg`, `events/ID.jpg`.
 * @param widthMax pixels.
 * @param alt what it shows, for those who cannot see it.
 * @returns `undefined` where there is none, or none that can be read.
 */
export async function thumbnail(
  directory: string,
  name: string,
  widthMax: number,
  alt: string,
): Promise<Html | undefined> {
  if (!NAMES.test(name)) return undefined;
  try {
    const bytes = await Deno.readFile(join(directory, name));
    const image = await EncodedImage.open(bytes, { pixelsMax: PIXELS_MAX });
    const scale = Math.min(1, widthMax / image.width);
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    const size = { width: side(image.width), height: side(image.height) };
    const data = (await image.jpeg(size, QUALITY)).toBase64();
    return markup`<img src="${new Html(
      `data:image/jpeg;base64,${data}`,
    )}" width="${size.width}" height="${size.height}" alt="${alt}" loading="lazy" decoding="async">`;
  } catch {
    return undefined; // the page does without it, and says so
  }
}
