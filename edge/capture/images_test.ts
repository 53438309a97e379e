import assert from "node:assert/strict";
import { PixelPicture } from "../../core/image.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { opening } from "../../tests/fakes/capture.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { ImageSource } from "./images.ts";
import type { SourceEvent } from "./source.ts";
import { SequenceSource } from "./sequence.ts";

const jpeg = (width: number) => new PixelPicture(plain(width, 8)).jpeg({ width, height: 8 }, 90);

/** Image files, one after the other. */
function sequence(paths: readonly string[], pixelsMax: number) {
  const open = (path: string) => ImageSource.open(path, { pixelsMax });
  return new SequenceSource({
    description: "some",
    paths,
    frameCount: 3,
    areStills: true,
    leftOut: [],
    open,
  });
}

Deno.test("a folder's images come in the order a person counts in, other files are counted", async () => {
  await using folder = new Folder();
  for (
    const [name, width] of [["frame10.jpg", 10], ["frame9.jpg", 9], ["Frame11.JPEG", 11]] as const
  ) {
    folder.write(name, await jpeg(width));
  }
  folder.write("notes.txt", "nothing to see");
  folder.write("._frame9.jpg", "what a file system leaves beside a file");
  Deno.mkdirSync(folder.file("more"));
  const source = await opening(`${folder.path}/`);
  assert.deepEqual([source.frameCount, source.live, source.fps], [3, false, undefined]);
  const told: SourceEvent[] = [];
  const { signal } = new AbortController();
  const pictures = await Array.fromAsync(source.pictures(signal, (event) => told.push(event)));
  assert.deepEqual(told, [
    { kind: "left_out", what: "hidden files", count: 1, detail: "._frame9.jpg" },
    { kind: "left_out", what: "files that are no images or videos", count: 1, detail: "notes.txt" },
    { kind: "left_out", what: "folders", count: 1, detail: "more" },
  ]);
  assert.deepEqual(pictures.map(({ file }) => file), [
    ...["frame9.jpg", "frame10.jpg", "Frame11.JPEG"].map((name) => folder.file(name)),
  ]);
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
  const source = sequence(paths, 1000);
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
    const _ of sequence([path, path, path], 1e6).pictures(stop.signal)
  ) {
    taken++;
    stop.abort();
  }
  assert.equal(taken, 1);
});
