import assert from "node:assert/strict";
import { Folder } from "../../tests/fakes/folder.ts";
import { CountedPicture } from "../../tests/fakes/pictures.ts";
import { droppedResult, result } from "../../tests/fakes/records.ts";
import { refused } from "../../tests/fakes/refused.ts";
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
