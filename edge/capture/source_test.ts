import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import type { ErrorCode } from "../../core/errors.ts";
import { PixelPicture } from "../../core/image.ts";
import { seededRng } from "../../core/rng.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { opening } from "../../tests/fakes/capture.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { writeVideo } from "../../tests/fakes/video.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { CAPTURE_DEFAULTS, openSource } from "./open_source.ts";

Deno.test("what cannot be opened is refused with what was found and what is wanted", async () => {
  await using folder = new Folder();
  Deno.mkdirSync(folder.file("empty"));
  Deno.mkdirSync(folder.file("texts"));
  folder.write("texts/a.txt", "");
  const cases: [name: string, code: ErrorCode, message: RegExp][] = [
    ["", "invalid_argument", /^Cannot read "": there is no such file/],
    ["nowhere.mp4", "invalid_argument", /"nowhere\.mp4": there is no such file; a video, an image/],
    ["nowhere.jpg", "invalid_argument", /there is no such file/],
    [folder.file("empty"), "invalid_argument", /there are 0 entries and no image or video/],
    [
      folder.file("texts"),
      "invalid_argument",
      /there are 1 entries and no image or video, .* are wanted/,
    ],
    ["ftp://me:secret@host/a.mp4", "invalid_argument", /me:\*\*\*@host.*scheme "ftp" is not supp/],
    ["file:///tmp/a.mp4", "invalid_argument", /the scheme "file" is not supported/],
    ["4095", "failed_precondition", /^Cannot open camera 4095: /],
    ["synthetic:?mood=good", "invalid_argument", /mood/],
  ];
  for (const [name, code, message] of cases) {
    const told = await refused(opening(name), code);
    assert.match(told, message, name);
    assert.ok(!told.includes("secret"), told);
  }
});

Deno.test("an address that does not answer is waited for no longer than it is wanted", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const drain = new AbortController();
  const source = `http://127.0.0.1:${listener.addr.port}/a.mp4`;
  const world = { clock: systemClock, rng: seededRng(1), drain: drain.signal };
  const opening = openSource({ ...CAPTURE_DEFAULTS, source, stallMs: 60_000 }, world);
  const connection = await listener.accept();
  const atMs = performance.now();
  drain.abort();
  await refused(() => opening, "unavailable");
  assert.ok(performance.now() - atMs < 10_000);
  connection.close();
});

Deno.test("an image by itself is a source of one frame", async () => {
  await using folder = new Folder();
  const size = { width: 16, height: 8 };
  const path = folder.write("one.JPG", await new PixelPicture(plain(16, 8)).jpeg(size, 90));
  const source = await opening(path);
  const pictures = await Array.fromAsync(source.pictures(new AbortController().signal));
  assert.deepEqual([source.description, source.frameCount, pictures.length], [path, 1, 1]);
  await source.close();
});

Deno.test("a device that decodes and that nobody knows is a mistake, wherever it is to decode", async () => {
  await using folder = new Folder();
  const video = folder.file("grey.mp4");
  await writeVideo(video, { width: 32, height: 32, frames: 3, fps: 10 });
  const message = await refused(opening(video, { hwaccel: "vappi" }), "invalid_argument");
  assert.match(message, /^Cannot decode by "vappi": FFmpeg knows no such device, one of .*vaapi/);
  const camera = await opening("rtsp://127.0.0.1:9/1", { hwaccel: "vappi" });
  const reading = Array.fromAsync(camera.pictures(new AbortController().signal));
  await refused(reading, "invalid_argument");
});

Deno.test("a link that leads nowhere is one frame that cannot be read, in a folder and by a pattern", async () => {
  await using folder = new Folder();
  folder.write("a.jpg", await new PixelPicture(plain(16, 8)).jpeg({ width: 16, height: 8 }, 90));
  await Deno.symlink("/nowhere/at/all.jpg", folder.file("b.jpg"));
  for (const name of [folder.path, folder.file("*.jpg")]) {
    const source = await opening(name);
    const pictures = await Array.fromAsync(source.pictures(new AbortController().signal));
    assert.deepEqual(pictures.map(({ unreadable }) => unreadable !== undefined), [false, true]);
    await source.close();
  }
});

Deno.test("what lies there is not live, and what is live is not played", async () => {
  await using folder = new Folder();
  const path = folder.write(
    "a.jpg",
    await new PixelPicture(plain(16, 8)).jpeg({ width: 16, height: 8 }, 90),
  );
  for (const name of [path, folder.path, folder.file("*.jpg"), "synthetic:?frames=2"]) {
    const told = await refused(opening(name, { live: true }), "invalid_argument");
    assert.match(told, /^Cannot read ".*" as live: it lies there whole, .*--realtime/, name);
    const played = await opening(name, { live: true, realtime: true });
    assert.equal(played.live, true);
    await played.close();
  }
  const told = await refused(opening("rtsp://192.0.2.1/1", { loop: true }), "invalid_argument");
  assert.match(told, /^Cannot play "rtsp:.*" as a camera: it is live already, a file is wanted/);
});
