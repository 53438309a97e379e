import assert from "node:assert/strict";
import { PixelPicture } from "../../core/image.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { opening } from "../../tests/fakes/capture.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { openImages } from "./images.ts";

const jpeg = (width: number) => new PixelPicture(plain(width, 8)).jpeg({ width, height: 8 }, 90);

Deno.test("a folder's images come in the order a person counts in, other files left out", async () => {
  await using folder = new Folder();
  for (
    const [name, width] of [["frame10.jpg", 10], ["frame9.jpg", 9], ["Frame11.JPEG", 11]] as const
  ) {
    folder.write(name, await jpeg(width));
  }
  folder.write("notes.txt", "nothing to see");
  const source = await opening(`${folder.path}/`);
  assert.deepEqual([source.frameCount, source.live, source.fps], [3, false, undefined]);
  const pictures = await Array.fromAsync(source.pictures(new AbortController().signal));
  assert.deepEqual(pictures.map(({ width, ptsMs }) => [width, ptsMs]), [[9, 0], [10, 40], [
    11,
    80,
  ]]);
  await source.close();
});

Deno.test("a broken image is a picture that cannot be read; the others are", async () => {
  await using folder = new Folder();
  const paths = [
    folder.write("1.jpg", await jpeg(10)),
    folder.write("2.jpg", "no image"),
    folder.write("3.jpg", ""),
    folder.file("4.jpg"),
    folder.write("5.jpg", await jpeg(2000)),
    folder.write("6.jpg", await jpeg(12)),
  ];
  const source = openImages("six", paths, { pixelsMax: 1000 });
  const pictures = await Array.fromAsync(source.pictures(new AbortController().signal));
  assert.deepEqual(pictures.map(({ width }) => width), [10, 0, 0, 0, 0, 12]);
  assert.deepEqual(
    pictures.map(({ unreadable }) => unreadable?.code),
    [undefined, "invalid_argument", "invalid_argument", "internal", "payload_too_large", undefined],
  );
  const size = { width: 8, height: 8 };
  await refused(pictures[1]!.rgb(), "invalid_argument");
  await refused(pictures[1]!.jpeg(size, 90), "invalid_argument");
  for (const [i, picture] of pictures.entries()) {
    if (picture.unreadable) {
      const { message } = picture.unreadable;
      assert.ok(message.startsWith(`Cannot read "${paths[i]}": `), message);
      assert.ok(!message.includes("the image:"), message);
    }
    picture.close();
  }
});

Deno.test("no image is opened after the signal", async () => {
  await using folder = new Folder();
  const path = folder.write("1.jpg", await jpeg(10));
  const stop = new AbortController();
  let taken = 0;
  for await (
    const _ of openImages("two", [path, path, path], { pixelsMax: 1e6 }).pictures(stop.signal)
  ) {
    taken++;
    stop.abort();
  }
  assert.equal(taken, 1);
});
