import assert from "node:assert/strict";
import { isSmarteyeError } from "../../core/errors.ts";
import { systemClock } from "../../core/clock.ts";
import { PixelPicture } from "../../core/image.ts";
import type { Manifest } from "../../models/manifest.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { addModel } from "../../tests/fakes/tiny_model.ts";
import { InferenceEngine } from "../../inference/engine.ts";
import { CPU } from "../../inference/provider.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { type Contender, evaluate } from "./evaluate.ts";
import type { LabelledImage } from "./labelled_image.ts";
import { ownCategories } from "./categories.ts";
import { Scorer } from "./scorer.ts";

const CLASSES = ["Automobile"];

/** What the tiny model sees in a bright picture, as shares of it. */
const CAR_BOX = [4 / 32, 8 / 32, 20 / 32, 24 / 32] as const;

/** Pictures of some brightness, each with a car where the tiny model sees one. */
async function cars(folder: Folder, brightness: readonly number[]): Promise<LabelledImage[]> {
  const size = { width: 64, height: 48 };
  return await Promise.all(brightness.map(async (value, i) => {
    const picture = new PixelPicture(plain(size.width, size.height, [value, value, value]));
    const path = folder.write(`${i}.jpg`, await picture.jpeg(size, 90));
    const objects = [{ classId: 0, box: CAR_BOX, ignored: false }];
    return { name: `${i}.jpg`, path, unit: { width: 1, height: 1 }, objects };
  }));
}

async function evaluated(
  folder: Folder,
  images: readonly LabelledImage[],
  manifests: readonly Partial<Manifest>[],
  { stop = new AbortController().signal, seen = [] as string[] } = {},
) {
  const models = manifests.map((said) => {
    const entry = addModel(folder, said);
    const { name, labels } = entry.manifest;
    return {
      entry,
      scorer: new Scorer(ownCategories({ name, labels: labels as string[] }, CLASSES), CLASSES),
    };
  });
  await using engine = InferenceEngine.open({
    catalogue: await Catalogue.open(folder.path),
    workers: 1,
    session: { threads: 1, provider: CPU },
    queueLengthMax: 1,
    clock: systemClock,
  });
  const contenders = models.map(({ entry, scorer }): Contender<LabelledImage> => ({
    entry,
    take: (image, size, findings) => {
      assert.ok("detections" in findings);
      scorer.add(image, size, findings.detections);
    },
  }));
  const outcome = await evaluate(images, contenders, {
    repository: engine.repository,
    clock: systemClock,
    scoreThreshold: 0.01,
    pixelsMax: 10_000,
    stop,
    progress: (done, total) => seen.push(`${done}/${total}`),
  });
  return { ...outcome, scores: models.map(({ scorer }) => scorer.score()) };
}

Deno.test("models are measured on the same images, below their own threshold", async () => {
  await using folder = new Folder();
  const data = await cars(folder, [255, 0, 40]);
  const seen: string[] = [];
  const { images, unreadable, scores, speeds } = await evaluated(folder, data, [
    { name: "low", score_threshold: 0.01 },
    { name: "high", score_threshold: 0.9 },
  ], { seen });
  assert.deepEqual([images, unreadable], [3, 0]);
  assert.deepEqual(seen, ["0/3", "1/3", "2/3"]);
  for (const score of scores) {
    // Two of three cars are found: the levels of recall 0 … 0.66, 67 of 101.
    assert.equal(score.map50?.toFixed(4), (67 / 101).toFixed(4));
    assert.equal(score.map?.toFixed(4), (67 / 101).toFixed(4));
  }
  assert.equal(speeds.length, 2);
  for (const { inferMs, imagesPerSecond } of speeds) {
    assert.ok(inferMs.p50 > 0 && inferMs.p95 >= inferMs.p50);
    assert.ok(imagesPerSecond > 0);
  }
});

Deno.test("an image that cannot be read is left out and counted", async () => {
  await using folder = new Folder();
  const data = await cars(folder, [255, 255, 255]);
  Deno.writeTextFileSync(data[0]!.path, "no image");
  Deno.removeSync(data[1]!.path);
  const { images, unreadable, scores } = await evaluated(folder, data, [{}]);
  assert.deepEqual([images, unreadable], [1, 2]);
  assert.equal(scores[0]!.map50?.toFixed(4), "1.0000");
  Deno.removeSync(data[2]!.path);
  await assert.rejects(
    evaluated(folder, data, [{}]),
    { message: "Cannot evaluate: none of the data set's 3 images can be read" },
  );
});

Deno.test("what was inferred before the end is evaluated", async () => {
  await using folder = new Folder();
  const data = await cars(folder, [255, 255, 255]);
  const stop = new AbortController();
  const seen: string[] = [];
  seen.push = (line) => {
    if (line === "1/3") stop.abort();
    return 0;
  };
  const { images } = await evaluated(folder, data, [{}], { stop: stop.signal, seen });
  assert.equal(images, 2);
  await assert.rejects(
    evaluated(folder, data, [{}], { stop: stop.signal }),
    (error) => isSmarteyeError(error) && /stopped before the first image/.test(error.message),
  );
});
