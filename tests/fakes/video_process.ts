/** Writes a video until it is killed: says when it has all frames, and then waits. */

import { systemClock } from "../../core/clock.ts";
import { PixelPicture } from "../../core/image.ts";
import { VideoWriter } from "../../edge/sink/added/video/video_writer.ts";
import { plain } from "./pictures.ts";
import { result } from "./records.ts";

const [path, frames, everyMs] = Deno.args;
const writer = await VideoWriter.open(
  { path: path!, overwrite: false, what: new Set(), clock: systemClock },
);
for (let i = 0; i < Number(frames); i++) {
  const picture = new PixelPicture(plain(64, 48), i * Number(everyMs));
  await writer.write([(await writer.itemOfPicture(result(i + 1, picture)))!]);
}
console.log("written");
await systemClock.sleep(60_000);
