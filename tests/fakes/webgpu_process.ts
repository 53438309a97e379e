/** A process that loads models on WebGPU while it infers there: a crash ends it without a word. */

import { systemClock } from "../../core/clock.ts";
import { PixelPicture } from "../../core/image.ts";
import { InferenceEngine } from "../../inference/engine.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { plain } from "./pictures.ts";

const engine = InferenceEngine.open({
  catalogue: await Catalogue.open(Deno.args[0]!),
  workers: 1,
  session: { threads: 1, provider: { kind: "webgpu", name: "the one there is" } },
  queueLengthMax: 64,
  clock: systemClock,
});
const { repository } = engine;
const infer = (model: string) =>
  repository.infer(new PixelPicture(plain(64, 64, [255, 255, 255])), { model });

await repository.load("a");
let isOver = false;
let inferred = 0;
const busy = (async () => {
  while (!isOver) {
    await infer("a");
    inferred++;
  }
})();
await repository.load("b");
await repository.load("c");
await Promise.all([infer("b"), infer("c")]);
isOver = true;
await busy;
await engine.close();
console.log(JSON.stringify({ inferred }));
