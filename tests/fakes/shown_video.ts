/** What a file of video shows, read as a source of frames. */

import type { Pixels } from "../../core/frame.ts";
import { opening } from "./capture.ts";

/** Its pictures, each with when it is shown, milliseconds to a hundredth. */
export async function shown(path: string): Promise<(Pixels & { readonly ptsMs: number })[]> {
  const source = await opening(path);
  try {
    const frames = [];
    for await (const picture of source.pictures(new AbortController().signal)) {
      frames.push({ ...await picture.rgb(), ptsMs: Math.round(picture.ptsMs * 100) / 100 });
      picture.close();
    }
    return frames;
  } finally {
    await source.close();
  }
}

/** When each of its pictures is shown. */
export async function timesIn(path: string): Promise<number[]> {
  return (await shown(path)).map(({ ptsMs }) => ptsMs);
}
