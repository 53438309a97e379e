import assert from "node:assert/strict";
import { imageSize } from "image-size";
import { FakeClock } from "../../../../core/fake_clock.ts";
import { Folder } from "../../../../tests/fakes/folder.ts";
import { CountedPicture } from "../../../../tests/fakes/pictures.ts";
import { droppedResult, result } from "../../../../tests/fakes/records.ts";
import { refused } from "../../../../tests/fakes/refused.ts";
import { AddedSinks } from "../added_sinks.ts";
import { IMAGES_DEFAULTS, type ImagesOptions } from "./options.ts";

/** Gives frames to a sink of images of each of some sources. */
async function written(
  folder: Folder,
  images: Partial<ImagesOptions>,
  { where, overwrite = false, sources = ["door"], frames = 6 }: {
    readonly where?: string;
    readonly overwrite?: boolean;
    readonly sources?: readonly string[];
    readonly frames?: number;
  } = {},
): Promise<void> {
  const clock = new FakeClock();
  const added = new AddedSinks({
    sinks: [{
      ...{ name: "images", kind: "images", where, what: [], queueLengthMax: 64, sources: [] },
      own: { images: { ...IMAGES_DEFAULTS, ...images } },
    }],
    ...{ isSeveral: sources.length > 1, overwrite, clock },
  });
  for (const name of sources) {
    const [sink] = await added.of({
      options: { name, source: "0", resultsDirectory: folder.file(name), events: "none" },
      ...{ live: false, input: "0", policy: "p", seed: 1 },
    });
    for (let frame = 1; frame < frames; frame++) {
      await sink!.write(result(frame, new CountedPicture()));
    }
    await sink!.write(droppedResult(frames));
    await clock.outside(sink!.close());
    assert.deepEqual([sink!.tally.dropped, sink!.tally.failed], [0, 0]);
  }
}

Deno.test("each source has a directory, with the frames of the rule as large as wanted", async () => {
  await using folder = new Folder();
  await written(folder, { rule: { every: 2 }, heightMax: 24, quality: 50 });
  assert.deepEqual(folder.names("door/images"), [1, 3, 5].map((n) => `frame_00000${n}.jpg`));
  const bytes = await Deno.readFile(folder.file("door/images/frame_000003.jpg"));
  const { width, height, type } = imageSize(bytes);
  assert.deepEqual([type, height], ["jpg", 24]);
  assert.ok(width > 0);
  const where = folder.file("all");
  await written(folder, {}, { where, sources: ["a", "b"], frames: 3 });
  assert.deepEqual([folder.names("all"), folder.names("all/b")], [
    ["a", "b"],
    ["frame_000001.jpg", "frame_000002.jpg"],
  ]);
});

Deno.test("images of an earlier run are refused, or taken away, and nothing else is", async () => {
  await using folder = new Folder();
  const where = folder.path;
  folder.write("mine.jpg", "x");
  await written(folder, {}, { where });
  const again = () => written(folder, {}, { where });
  assert.match(await refused(again, "already_in_use"), /frame_00000\d\.jpg": it is there already/);
  await written(folder, { rule: { every: 4 } }, { where, overwrite: true });
  assert.deepEqual(folder.names(), ["frame_000001.jpg", "frame_000005.jpg", "mine.jpg"]);
});
