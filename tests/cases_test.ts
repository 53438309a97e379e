/** Small videos that were read wrong once, each with what is right. */

import assert from "node:assert/strict";
import type { Pixels } from "../core/frame.ts";
import { opening } from "./fakes/capture.ts";
import { testWithData } from "./fakes/data.ts";
import { assertColor, at } from "./fakes/pictures.ts";
import { EdgeRun, holdWhole } from "./rigs/edge_run.ts";

/** What came of a video. */
async function read(path: string) {
  const sizes = new Map<string, number>();
  let leftOut = 0;
  let frames = 0;
  const source = await opening(path);
  try {
    const pictures = source.pictures(new AbortController().signal, (event) => {
      if (event.kind === "left_out") leftOut += event.count;
    });
    for await (const picture of pictures) {
      const size = `${picture.width}x${picture.height}`;
      sizes.set(size, (sizes.get(size) ?? 0) + 1);
      frames++;
      picture.close();
    }
  } finally {
    await source.close();
  }
  return { frames, leftOut, sizes: Object.fromEntries(sizes) };
}

/** The pixels of a video's first frame. */
async function first(path: string): Promise<Pixels> {
  const source = await opening(path);
  try {
    for await (const picture of source.pictures(new AbortController().signal)) {
      const pixels = await picture.rgb();
      picture.close();
      return pixels;
    }
  } finally {
    await source.close();
  }
  throw new Error("it has no frames");
}

testWithData("one changed byte costs one frame, and is said", async (data) => {
  const { frames, leftOut } = await read(data("cases/videos/onebyte.mp4"));
  assert.ok(frames >= 59 && frames <= 60, `${frames} frames`);
  assert.ok(leftOut >= 1, "something is left out");
});

testWithData("an edge that meets one changed byte ends with 0 and a warning", async (data) => {
  await using edge = new EdgeRun("-f", data("cases/videos/onebyte.mp4"), "-i", "0");
  const { code, stderr } = await edge.program.ran();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /left out/);
  const { frames, left_out, error } = holdWhole(edge.stored());
  assert.ok(frames.local >= 59, `${frames.local} frames`);
  assert.equal(error, undefined);
  assert.ok(Object.keys(left_out).length > 0);
});

testWithData("a trimmed video is read to the end of what is shown", async (data) => {
  await using edge = new EdgeRun("-f", data("cases/videos/phonetrim.mp4"), "-i", "0");
  const { code, stderr } = await edge.program.ran();
  assert.equal(code, 0, stderr);
  const { frames, error, left_out } = holdWhole(edge.stored());
  assert.equal(error, undefined);
  assert.deepEqual(left_out, {});
  assert.equal(frames.captured, 20, "the frames that are shown");
});

testWithData("of a cover picture and a video, the video is read", async (data) => {
  const { frames, sizes, leftOut } = await read(data("cases/videos/cover_idx0.mp4"));
  assert.deepEqual([frames, leftOut], [60, 0]);
  assert.equal(Object.keys(sizes).length, 1);
});

testWithData("a video with a display matrix is turned as that says", async (data) => {
  const [asStored, shown] = [
    await first(data("cases/videos/onebyte.mp4")),
    await first(
      data("cases/videos/rot90.mp4"),
    ),
  ]; // the same frames, without the matrix and with it
  assert.deepEqual([asStored.width, asStored.height], [640, 360]);
  assert.deepEqual([shown.width, shown.height], [360, 640]);
  for (let y = 5; y < 360; y += 50) {
    for (let x = 5; x < 640; x += 50) assertColor(at(shown, y, 639 - x), at(asStored, x, y));
  }
});

testWithData("boxes on a turned video are in the frame as it is shown", async (data) => {
  await using edge = new EdgeRun("-f", data("cases/videos/rot90.mp4"), "-i", "0");
  const { code, stderr } = await edge.program.ran();
  assert.equal(code, 0, stderr);
  const stored = edge.stored();
  const { frames } = holdWhole(stored);
  assert.equal(frames.local, 60);
  for (const { width, height, detections } of stored.records) {
    assert.deepEqual([width, height], [360, 640]);
    for (const { box: [left, top, right, bottom] } of detections!) {
      const isInside = left >= -1 && top >= -1 && right <= 361 && bottom <= 641;
      assert.ok(isInside, "boxes are in the frame that is shown");
    }
  }
});
