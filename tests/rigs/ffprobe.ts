/** FFmpeg's own look at a video, where it is installed. */

import assert from "node:assert/strict";

/** When each frame that it decodes is shown, seconds; `undefined` where there is no ffprobe. */
export async function ffprobe(path: string): Promise<number[] | undefined> {
  const wanted = ["-show_entries", "frame=pts_time", "-of", "csv=p=0"];
  const args = ["-v", "error", "-select_streams", "v", ...wanted, path];
  const ran = await new Deno.Command("ffprobe", { args }).output().catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  if (!ran) return undefined;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assert.equal(text(ran.stderr), "", path);
  const lines = text(ran.stdout).split("\n").filter((line) => line !== ""); // so side data ends
  return lines.map((line) => Number(line.split(",")[0]));
}
