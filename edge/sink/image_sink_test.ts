import assert from "node:assert/strict";
import { idle } from "../../core/fake_clock.ts";
import type { Pixels } from "../../core/frame.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { CountedPicture, plain } from "../../tests/fakes/pictures.ts";
import { droppedResult, result } from "../../tests/fakes/records.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { FakePicture } from "../../tests/fakes/source.ts";
import type { ImagesRule } from "../options.ts";
import { ImageSink } from "./image_sink.ts";
import type { FrameResult } from "./sink.ts";

/** The result of a frame in which nothing was found. */
function empty(frame: number): FrameResult {
  const one = result(frame, new CountedPicture());
  return { ...one, ending: { outcome: "local", model: "fast", findings: { detections: [] } } };
}

Deno.test("the rule says which of the frames that were inferred are written", async () => {
  const given = [
    droppedResult(1),
    empty(2),
    result(3, new CountedPicture()),
    result(4, new CountedPicture()),
    empty(5),
  ];
  const cases: [rule: ImagesRule, wanted: number[]][] = [
    ["all", [2, 3, 4, 5]],
    ["detections", [3, 4]],
    ["none", []],
    [{ every: 1 }, [2, 3, 4, 5]],
    [{ every: 2 }, [3, 5]],
    [{ every: 4 }, [5]],
    [{ every: 9 }, []],
  ];
  for (const [rule, wanted] of cases) {
    await using folder = new Folder();
    const sink = await ImageSink.open(folder.path, rule);
    for (const one of given) await sink.write(one);
    const names = wanted.map((frame) => `frame_00000${frame}.jpg`);
    assert.deepEqual(folder.names(), names, JSON.stringify(rule));
  }
});

Deno.test("an image that cannot be written leaves nothing behind", async () => {
  await using folder = new Folder();
  const sink = await ImageSink.open(folder.path, "all");
  Deno.mkdirSync(folder.file("frame_000001.jpg")); // nothing can take its name
  const writing = sink.write(result(1, new CountedPicture()));
  assert.match(
    await refused(writing, "failed_precondition"),
    /^Cannot write ".*frame_000001\.jpg": /,
  );
  assert.deepEqual(folder.names(), ["frame_000001.jpg"]);
});

Deno.test("of large pictures few are drawn at once, whatever the sinks are asked", async () => {
  await using folder = new Folder();
  const sinks = [
    await ImageSink.open(folder.path, "all"),
    await ImageSink.open(folder.path, "all"),
  ];
  /** Of 4K, as it says: its pixels are there when it is told to. */
  class Large extends FakePicture {
    override readonly width = 3840;
    override readonly height = 2160;
    readonly asked = Promise.withResolvers<Pixels>();
    isAsked = false;

    override rgb(): Promise<Pixels> {
      this.isAsked = true;
      return this.asked.promise;
    }
  }
  const pictures = Array.from({ length: 5 }, () => new Large(0));
  const writing = pictures.map((picture, i) => sinks[i % 2]!.write(result(i + 1, picture)));
  await idle();
  assert.deepEqual(pictures.map(({ isAsked }) => isAsked), [true, true, false, false, false]);
  pictures[1]!.asked.resolve(plain(64, 48));
  await writing[1];
  await idle();
  assert.deepEqual(pictures.map(({ isAsked }) => isAsked), [true, true, true, false, false]);
  for (const { asked } of pictures) asked.resolve(plain(64, 48));
  await Promise.all(writing);
  assert.equal(folder.names().length, 5);
});
