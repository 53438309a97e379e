import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { FakeClock, idle } from "../../../../core/fake_clock.ts";
import type { Size } from "../../../../core/frame.ts";
import { PixelPicture } from "../../../../core/image.ts";
import { timeName } from "../../../../core/time_name.ts";
import { Folder } from "../../../../tests/fakes/folder.ts";
import { assertColor, at, plain, type Rgb } from "../../../../tests/fakes/pictures.ts";
import { Program } from "../../../../tests/fakes/program.ts";
import { droppedResult, result } from "../../../../tests/fakes/records.ts";
import { refused } from "../../../../tests/fakes/refused.ts";
import { testOnSmallDisk } from "../../../../tests/fakes/small_disk.ts";
import { shown, timesIn } from "../../../../tests/fakes/shown_video.ts";
import type { ZoneOptions } from "../../../zones/options.ts";
import type { FrameResult } from "../../sink.ts";
import { AddedSink } from "../added_sink.ts";
import type { SinkPlace } from "../writer.ts";
import { VIDEO_DEFAULTS, type VideoOptions } from "./options.ts";
import { videoSize, VideoWriter } from "./video_writer.ts";

const PROCESS = fileURLToPath(
  new URL("../../../../tests/fakes/video_process.ts", import.meta.url),
);
const SIZE = { width: 64, height: 48 };
const START = Date.UTC(2026, 0, 31, 16, 59, 58);
const BLUE: Rgb = [30, 40, 200];

const ZONE: ZoneOptions = {
  name: "z",
  ...{ classes: [], dwellMs: 0, sources: [] },
  anchor: "bottom",
  shape: { kind: "line", from: [0.5, 0.4], to: [0.9, 0.4] },
};

function opened(
  path: string,
  video: Partial<VideoOptions> = {},
  more: Partial<SinkPlace> = {},
): Promise<VideoWriter> {
  return VideoWriter.open({
    ...{ path, overwrite: false, what: new Set(), clock: new FakeClock() },
    ...{ own: { video: { ...VIDEO_DEFAULTS, ...video } }, ...more },
  });
}

/** A frame of one colour in which a car is found in the upper left. */
function frameAt(ptsMs: number, { width, height }: Size = SIZE, color = BLUE): FrameResult {
  const one = result(1 + ptsMs, new PixelPicture(plain(width, height, color), ptsMs));
  return { ...one, zones: [ZONE], frame: { ...one.frame, capturedAtMs: START + ptsMs } };
}

async function feed(writer: VideoWriter, results: readonly FrameResult[]): Promise<void> {
  for (const one of results) {
    const item = writer.needsPicture(one.ending)
      ? await writer.itemOfPicture(one)
      : writer.itemOf();
    if (item) await writer.write([item]);
  }
}

Deno.test("every frame of which something is known is there in its own time, drawn as on images", async () => {
  await using folder = new Folder();
  const path = folder.file("new/video.mp4");
  const writer = await opened(path);
  const times = [0, 40, 80.5, 120, 700, 1500, 5000, 5033.37];
  const unknown = { ...frameAt(90), shown: undefined };
  const all = [...times.slice(0, 3).map((ms) => frameAt(ms)), unknown, droppedResult(9)];
  await feed(writer, [...all, ...times.slice(3).map((ms) => frameAt(ms))]);
  await writer.close();
  const frames = await shown(path);
  assert.deepEqual(frames.map(({ ptsMs }) => ptsMs), times);
  for (const frame of frames) {
    assert.deepEqual([frame.width, frame.height], [64, 48]);
    assertColor(at(frame, 60, 6), BLUE, 16);
    const line = at(frame, 54, 19);
    assert.ok(line[1] > line[2] || line[1] > 90, `a zone's line is drawn, not ${line}`);
  }
});

Deno.test("it is no higher than wanted, and boxes move along", async () => {
  await using folder = new Folder();
  const writer = await opened(folder.file("video.mp4"), { heightMax: 120, crf: 10 });
  const large = { width: 640, height: 480 };
  const one = frameAt(0, large);
  const box = [320, 240, 600, 440] as const;
  const detections = [{ label: "", class_id: 0, score: 0.9, box }];
  await feed(writer, [{ ...one, shown: { findings: { detections } } }]);
  await writer.close();
  const [frame] = await shown(folder.file("video.mp4"));
  assert.deepEqual([frame!.width, frame!.height], [160, 120]);
  const [red] = at(frame!, 150, 90);
  assert.ok(red > 100, "its right edge is at a quarter of 600");
  assertColor(at(frame!, 120, 90), BLUE, 20);
  for (
    const [from, heightMax, to] of [
      [[641, 361], 720, [640, 360]],
      [[1920, 1080], 720, [1280, 720]],
      [[3, 1], 720, [2, 2]],
      [[1080, 1920], 100, [56, 100]],
    ] as const
  ) {
    const { width, height } = videoSize({ width: from[0], height: from[1] }, heightMax);
    assert.deepEqual([width, height], to);
  }
});

Deno.test("another size and another hour begin another file, named by when", async () => {
  const wide = { width: 96, height: 48 };
  const frames = [frameAt(0), frameAt(500), frameAt(1000, wide), frameAt(2500, wide)];
  const name = (ms: number) => `_${timeName(new Date(START + ms))}.mp4`;
  for (
    const [every, files] of [
      ["run", { "run.mp4": [0, 500], [`run${name(1000)}`]: [0, 1500] }],
      ["hour", {
        [`hour${name(0)}`]: [0, 500],
        [`hour${name(1000)}`]: [0],
        [`hour${name(2500)}`]: [0],
      }],
    ] as const
  ) {
    await using own = new Folder();
    const writer = await opened(own.file(`${every}.mp4`), { every });
    await feed(writer, frames);
    await writer.close();
    assert.deepEqual(own.names(), Object.keys(files).sort());
    for (const [name, times] of Object.entries(files)) {
      assert.deepEqual(await timesIn(own.file(name)), times, name);
    }
  }
});

Deno.test("times grow whatever a source says, and without a frame there is no file", async () => {
  await using folder = new Folder();
  const writer = await opened(folder.file("a.mp4"));
  await feed(writer, [0, 0, 40, 10].map((ms) => frameAt(ms)));
  await writer.close();
  assert.deepEqual(await timesIn(folder.file("a.mp4")), [0, 1, 40, 41]);
  await (await opened(folder.file("b.mp4"))).close();
  assert.deepEqual(folder.names(), ["a.mp4"]);
});

Deno.test("closed while a frame is written, it has that frame", async () => {
  await using folder = new Folder();
  const writer = await opened(folder.file("video.mp4"));
  await feed(writer, [frameAt(0)]);
  const writing = writer.write([(await writer.itemOfPicture(frameAt(40)))!]);
  await writer.close();
  await writing;
  assert.deepEqual(await timesIn(folder.file("video.mp4")), [0, 40]);
});

Deno.test("a file that is there is refused, or goes with --overwrite", async () => {
  await using folder = new Folder();
  const path = folder.write("video.mp4", "mine".repeat(10_000));
  assert.match(await refused(opened(path), "already_in_use"), /there already/);
  const writer = await opened(path, {}, { overwrite: true });
  await feed(writer, [frameAt(0)]);
  await writer.close();
  assert.equal((await shown(path)).length, 1);
});

Deno.test("killed, its file plays up to the last second", async () => {
  await using folder = new Folder();
  const path = folder.file("video.mp4");
  {
    await using program = new Program([path, "60", "100"], {}, ["run", "-A", PROCESS]);
    await program.says(/written/);
    program.kill("SIGKILL");
    await program.ran();
  }
  const times = await timesIn(path);
  assert.ok(times.length >= 50 && times.length <= 60, `${times.length} frames`);
  assert.deepEqual(times, times.map((_, i) => i * 100));
});

testOnSmallDisk(
  "a full disk ends a file, and another goes on with all that it lacks",
  async (disk) => {
    const noise = (ms: number) => {
      const { width, height, data } = plain(320, 240);
      for (let i = 0; i < data.length; i++) data[i] = (i * 7919 + ms * 31 + (i * i >> 7)) & 255;
      const one = result(1 + ms, new PixelPicture({ width, height, data }, ms));
      return { ...one, frame: { ...one.frame, capturedAtMs: START + ms } };
    };
    const clock = new FakeClock();
    const parts = { name: "x", queueLengthMax: 4, waits: true, clock };
    const sink = new AddedSink(await opened(disk.file("video.mp4"), {}, { clock }), parts);
    const times = Array.from({ length: 30 }, (_, i) => i * 100);
    for (const ms of times.slice(0, 15)) await clock.outside(sink.write(noise(ms)));
    await disk.fill();
    for (const ms of times.slice(15)) {
      await clock.outside(Promise.race([sink.write(noise(ms)), clock.sleep(0)]));
    }
    await clock.advance(5000);
    await Deno.remove(disk.file("filler"));
    for (let turns = 0; sink.tally.written + sink.tally.dropped < 30; turns++) {
      assert.ok(turns < 10_000, JSON.stringify(sink.tally));
      await clock.advance(50);
      for (let i = 0; i < 5; i++) await idle();
    }
    await clock.outside(sink.close());
    const { written, dropped } = sink.tally;
    assert.ok(written >= 15 && dropped > 0, JSON.stringify(sink.tally));
    const names = disk.names().sort();
    assert.ok(names.length >= 2, names.join());
    let frames = 0;
    for (const name of names) frames += (await timesIn(disk.file(name))).length;
    assert.equal(frames, written, "each that is counted is there once");
  },
  4 << 20,
);
