/**
 * Whether memory is given back: loads a model, infers with it and unloads it, again and again, and
 * prints the process's resident memory. Exit status 1 where it ends further above its level after the
 * tenth cycle than it may.
 *
 *     deno run -A bench/load_cycles.ts [--cycles 1000] [--workers 2] [--model smarteye_street]
 *       [--reload] [--models DIRECTORY] [--percent 5]
 *
 * With `--reload` the model is never unloaded, but replaced by another file of it.
 */

import { parseArgs } from "node:util";
import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { PixelPicture } from "../core/image.ts";
import { InferenceEngine } from "../inference/engine.ts";
import { CPU } from "../inference/provider.ts";
import { Catalogue } from "../models/catalogue.ts";

/** Cycles after which the memory is at its level: what is made once is made. */
const LEVEL_AFTER = 10;

const { values: said } = parseArgs({
  options: {
    cycles: { type: "string", default: "1000" },
    workers: { type: "string", default: "2" },
    model: { type: "string", default: "smarteye_street" },
    models: { type: "string", default: "/nowhere" },
    reload: { type: "boolean", default: false },
    percent: { type: "string", default: "5" },
  },
});
const cycles = Number(said.cycles);
const directory = await Deno.makeTempDir({ prefix: "smarteye_cycles_" });
const { manifest, path } = (await Catalogue.open(said.models)).require(said.model);
await Deno.copyFile(path, join(directory, manifest.file));

/** Another manifest each time, so that what was loaded is replaced. */
const write = (cycle: number) =>
  Deno.writeTextFile(
    join(directory, `${manifest.name}.json`),
    JSON.stringify({ ...manifest, source: `cycle ${cycle}` }),
  );

await write(0);
const engine = InferenceEngine.open({
  catalogue: await Catalogue.open(directory),
  workers: Number(said.workers),
  session: { threads: 1, provider: CPU },
  pictures: "files",
  queueLengthMax: 16,
  clock: systemClock,
});
const { repository } = engine;
const size = { width: 640, height: 360 };
const grey = new PixelPicture({ ...size, data: new Uint8Array(640 * 360 * 3).fill(90) });
const jpeg = await grey.jpeg(size, 80);
const picture = () => ({ encoded: jpeg.slice(), limits: { pixelsMax: 1e6 } });
const mebibytes = () => Deno.memoryUsage().rss / 2 ** 20;
let levelMiB = 0;
let lastMiB = 0;
try {
  for (let cycle = 1; cycle <= cycles; cycle++) {
    if (said.reload) await write(cycle);
    await repository.load(manifest.name);
    await Promise.all(
      Array.from({ length: 4 }, () => repository.infer(picture(), { model: manifest.name })),
    );
    if (!said.reload) await repository.unload(manifest.name);
    lastMiB = mebibytes();
    if (cycle === LEVEL_AFTER) levelMiB = lastMiB;
    if (cycle <= LEVEL_AFTER || cycle % Math.ceil(cycles / 20) === 0) {
      console.log(`${cycle}: ${lastMiB.toFixed(1)} MiB`);
    }
  }
} finally {
  await engine.close();
  await Deno.remove(directory, { recursive: true });
}
const percent = 100 * (lastMiB / levelMiB - 1);
console.log(
  `after ${LEVEL_AFTER}: ${levelMiB.toFixed(1)} MiB, after ${cycles}: ${lastMiB.toFixed(1)} MiB, ` +
    `${percent.toFixed(1)} %`,
);
Deno.exit(percent > Number(said.percent) ? 1 : 0);
