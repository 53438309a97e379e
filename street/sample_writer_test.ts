import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { Decoder, Demuxer } from "node-av/api";

import { SmarteyeError } from "../core/errors.ts";
import type { StreetOptions } from "./options.ts";
import { writeSample } from "./sample_writer.ts";
import { StreetScene } from "./scene.ts";

const OPTIONS: StreetOptions = { width: 160, height: 90, fps: 5, seed: 3, frames: 12 };

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("writeSample: the video decodes to the frames that the truth names", async () => {
  await inFolder(async (folder) => {
    const progress: string[] = [];
    const sample = await writeSample(
      `${folder}/street.mp4`,
      OPTIONS,
      (done, total) => progress.push(`${done}/${total}`),
    );
    deepStrictEqual(sample, {
      videoPath: `${folder}/street.mp4`,
      truthPath: `${folder}/street.truth.jsonl`,
      frames: 12,
    });
    deepStrictEqual(await names(folder), ["street.mp4", "street.truth.jsonl"]);
    strictEqual(progress.length, 12);
    strictEqual(progress.at(-1), "12/12");

    const lines = (await Deno.readTextFile(sample.truthPath)).trimEnd().split("\n");
    const truth = lines.map((line) => JSON.parse(line));
    deepStrictEqual(truth.map(({ frame }) => frame), Array.from({ length: 12 }, (_, i) => i + 1));
    deepStrictEqual(truth.map(({ pts_ms }) => pts_ms).slice(0, 3), [0, 200, 400]);
    const { truth: boxes } = await (await StreetScene.create(OPTIONS)).render(11);
    deepStrictEqual(truth[11].objects, boxes);

    await using demuxer = await Demuxer.open(sample.videoPath);
    const stream = demuxer.video()!;
    strictEqual(stream.avgFrameRate.num / stream.avgFrameRate.den, 5);
    using decoder = await Decoder.create(stream);
    const times: number[] = [];
    for await (const frame of decoder.frames(demuxer.packets(stream.index))) {
      if (!frame) break;
      deepStrictEqual([frame.width, frame.height], [160, 90]);
      const { num, den } = frame.timeBase;
      times.push(Math.round(Number(frame.pts) * 1000 * num / den));
      frame.free();
    }
    deepStrictEqual(times, truth.map(({ pts_ms }) => pts_ms));
  });
});

const REFUSED: readonly [string, string, Partial<StreetOptions>, RegExp][] = [
  ["an odd width", "a.mp4", { width: 161 }, /161×90, a size with even sides is wanted/],
  ["an odd height", "a.mp4", { height: 91 }, /160×91, a size with even sides is wanted/],
  ["another ending", "a.avi", {}, /one that ends in \.mp4 is wanted/],
  ["an ending alone", ".mp4", {}, /one that ends in \.mp4 is wanted/],
  ["no frames", "a.mp4", { frames: 0 }, /it would have 0 frames/],
  ["a tiny size", "a.mp4", { width: 2, height: 2 }, /width "2"/],
];
for (const [what, name, options, message] of REFUSED) {
  Deno.test(`writeSample: refuses ${what}, and leaves nothing behind`, async () => {
    await inFolder(async (folder) => {
      await rejects(
        writeSample(`${folder}/${name}`, { ...OPTIONS, ...options }),
        (error) =>
          error instanceof SmarteyeError && error.code === "invalid_argument" &&
          message.test(error.message),
      );
      deepStrictEqual(await names(folder), []);
    });
  });
}

Deno.test("writeSample: says so when there is no such folder", async () => {
  await inFolder(async (folder) => {
    await rejects(
      writeSample(`${folder}/none/a.mp4`, OPTIONS),
      (error) =>
        error instanceof SmarteyeError && error.code === "failed_precondition" &&
        /there is no such folder/.test(error.message),
    );
    deepStrictEqual(await names(folder), []);
  });
});

Deno.test("writeSample: when it is cancelled, an older sample stays as it was", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.mp4`, "older");
    const stop = new AbortController();
    let frames = 0;
    await rejects(
      writeSample(`${folder}/a.mp4`, OPTIONS, () => {
        if (++frames === 3) stop.abort();
      }, stop.signal),
      (error) => error instanceof SmarteyeError && error.code === "cancelled",
    );
    ok(frames < OPTIONS.frames);
    deepStrictEqual(await names(folder), ["a.mp4"]);
    strictEqual(await Deno.readTextFile(`${folder}/a.mp4`), "older");
  });
});
