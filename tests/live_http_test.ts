/** Cameras and streams over HTTP: what is live is the newest, and what is lost is said. */

import assert from "node:assert/strict";
import { isSmarteyeError } from "../core/errors.ts";
import type { Manners } from "./fakes/file_server.ts";
import { FileServer } from "./fakes/file_server.ts";
import { Folder } from "./fakes/folder.ts";
import { writeClip } from "./rigs/clip_writer.ts";
import { COUNTED_SIZE, countedQuarters } from "./rigs/counted.ts";
import { EdgeRun, holdWhole } from "./rigs/edge_run.ts";
import { HlsServer } from "./rigs/hls_server.ts";
import { HttpCamera, SilentServer } from "./rigs/http_camera.ts";
import { PLAIN } from "./rigs/odd_clips.ts";
import { Watch } from "./rigs/watch.ts";

/** Milliseconds without a picture after which a source counts as stalled. */
const STALL_MS = 1500;

/** Milliseconds that a busy machine may be late in noticing. */
const LATE_MS = 1000;

/** Longest wait before one of the first tries, and what connecting takes. */
const BACK_MS = 8000;

/** What a slow consumer takes for each picture. */
const SLOW_MS = 300;

const soon = { stallMs: STALL_MS, reconnectsMax: Infinity };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("of a camera over HTTP the newest picture is looked at, however slowly", async () => {
  await using camera = await HttpCamera.start({ fps: 25 });
  const agesMs: number[] = [];
  await using watch = new Watch(
    camera.url,
    SLOW_MS,
    soon,
    ({ number }) => void agesMs.push((camera.number - number) * 40),
  );
  await watch.takes(0);
  await pause(10_000);
  assert.equal(watch.isLive, true, "it is live");
  const settled = agesMs.slice(2); // what came while it was opened may be older
  assert.ok(settled.length > 15, `${settled.length} pictures in 10 s`);
  assert.ok(Math.max(...settled) < 1000, `the oldest was ${Math.max(...settled)} ms old`);
  assert.ok(Math.min(...settled) > -200, "the numbers are those that the camera sent");
  assert.ok(watch.passedOver > 100, `${watch.passedOver} were passed over`);
  assert.equal(watch.states.find(({ state }) => state === "live")?.state, "live");
});

Deno.test("a camera over HTTP that stalls, hangs up or restarts is watched again", async () => {
  await using camera = await HttpCamera.start();
  await using watch = new Watch(camera.url, 20, soon);
  await watch.takes(0);
  const failures: [what: string, fail: () => void, noticedMs: number][] = [
    ["stalls", () => camera.stall(), STALL_MS + LATE_MS],
    ["hangs up", () => camera.close(), LATE_MS],
    ["stalls again", () => camera.stall(), STALL_MS + LATE_MS],
  ];
  for (const [what, fail, limitMs] of failures) {
    const failedAtMs = performance.now();
    fail();
    const noticedMs = await watch.comesTo(["stalled", "waiting"], failedAtMs) - failedAtMs;
    assert.ok(noticedMs < limitMs, `${what}: noticed after ${noticedMs} ms`);
    camera.resume();
    const resumedAtMs = performance.now();
    const backMs = await watch.takes(resumedAtMs) - resumedAtMs;
    assert.ok(backMs < STALL_MS + BACK_MS, `${what}: back after ${backMs} ms`);
    await watch.comesTo(["live"], failedAtMs);
  }
  const askedBefore = camera.asked;
  camera.end();
  await watch.until("another request", () => camera.asked > askedBefore, STALL_MS + BACK_MS);
  await watch.takes(performance.now());
  assert.equal(watch.error, undefined);
});

Deno.test("parts without a length are pictures too", async () => {
  await using camera = await HttpCamera.start({ saysLength: false });
  await using watch = new Watch(camera.url, 20, soon);
  await watch.until("ten pictures", () => watch.taken.length >= 10);
  const numbers = watch.taken.map(({ number }) => number);
  assert.deepEqual(numbers.toSorted((a, b) => a - b), numbers, "in order");
});

Deno.test("a live HLS stream is watched at its end, and lost segments are told", async () => {
  await using server = new HlsServer();
  const behind: number[] = [];
  await using watch = new Watch(
    server.url,
    SLOW_MS,
    { ...soon, stallMs: 6000 },
    ({ number }) => void behind.push((server.number - number) / 25),
  );
  await watch.takes(0);
  await pause(6000);
  assert.equal(watch.isLive, true, "it is live");
  const early = median(behind.slice(3, 8));
  const late = median(behind.slice(-5));
  assert.ok(late < early + 1.5, `it was ${early} s behind, then ${late} s`);
  assert.ok(late < 6, `it is ${late} s behind`);
  const first = server.lastSegment + 1;
  server.missing.add(first).add(first + 1);
  await watch.until("a segment that is left out", () => watch.leftOut.size > 0, 15_000);
  const after = (first + 2) * server.framesPerSegment;
  await watch.until(
    "a picture after them",
    () => watch.taken.some(({ number }) => number >= after),
    15_000,
  );
  holdMissing(watch, 2);
});

/** Holds that so many segments, which last a second each, are told as left out, and nothing else is. */
function holdMissing({ leftOut }: Watch, segments: number): void {
  const told = [...leftOut];
  assert.equal(told.length, 1, `of one kind: ${JSON.stringify(told)}`);
  const [what, count] = told[0]!;
  assert.match(what, /segments|seconds of the stream/);
  assert.ok(Math.abs(count - segments) < 0.2, `${count} ${what}, ${segments} are wanted`);
}

Deno.test("a live HLS stream that stalls is watched again", async () => {
  await using server = new HlsServer();
  await using watch = new Watch(server.url, 20, { ...soon, stallMs: 3000 });
  await watch.takes(0);
  await watch.until("it to be live", () => watch.states.some(({ state }) => state === "live"));
  server.stall();
  const stalledAtMs = performance.now();
  await watch.comesTo(["stalled", "waiting"], stalledAtMs);
  server.resume();
  const resumedAtMs = performance.now();
  const backMs = await watch.takes(resumedAtMs) - resumedAtMs;
  assert.ok(backMs < 3000 + BACK_MS, `back after ${backMs} ms`);
});

for (const missing of [0, 2, 3]) {
  Deno.test(`a whole HLS stream is read frame by frame; segment ${missing} of 0 to 3 is missing, and that is told`, async () => {
    await using server = new HlsServer({ segments: 4 });
    server.missing.add(missing);
    await using watch = new Watch(server.url, 0, soon);
    await watch.ended();
    if (watch.error) throw watch.error;
    assert.equal(watch.isLive, false, "it is not live");
    const numbers = watch.taken.map(({ number }) => number);
    const all = Array.from({ length: 100 }, (_, i) => i);
    assert.deepEqual(numbers, all.filter((i) => Math.floor(i / 25) !== missing));
    holdMissing(watch, 1);
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** A clip of which each byte matters as much as the next. */
async function clipBytes(folder: Folder, container: "webm" | "mp4" | "mpegts") {
  const path = folder.file("clip");
  const said = container === "webm"
    ? { codec: "libvpx", options: { deadline: "realtime", crf: "4", b: "4000000" } }
    : {};
  await writeClip(path, [{
    ...{ ...PLAIN, ...COUNTED_SIZE, frames: 60, fps: 25, gop: 1, ...said },
    picture: countedQuarters,
  }], { container, ...(container === "mp4" ? { options: { movflags: "faststart" } } : {}) });
  return Deno.readFileSync(path);
}

for (const container of ["webm", "mp4"] as const) {
  Deno.test(`a ${container} that is cut over HTTP is no success, and what came is kept`, async () => {
    await using folder = new Folder();
    const bytes = await clipBytes(folder, container);
    const half = bytes.length >> 1;
    const cuts: [what: string, content: Uint8Array<ArrayBuffer>, manners: Manners][] = [
      ["the connection is cut", bytes, { cutsAfter: half }],
      ["the file ends", bytes.slice(0, half), {}],
      ["it ends and nothing said how long it is", bytes.slice(0, half), { hidesLength: true }],
    ];
    for (const [what, content, manners] of cuts) {
      await using server = new FileServer(content, [manners]);
      const url = server.url.replace("weights.onnx", `clip.${container}`);
      await using watch = new Watch(url, 0, { ...soon, reconnectsMax: 0 });
      await watch.ended();
      assert.ok(watch.taken.length > 3, `${what}: ${watch.taken.length} frames are kept`);
      assert.ok(watch.taken.length < 60, what);
      assert.ok(isSmarteyeError(watch.error), `${what}: an error is wanted, not ${watch.error}`);
      assert.match(watch.error.message, /^Cannot read /, what);
    }
  });
}

Deno.test("an edge whose file is cut over HTTP ends with 1 and keeps what it had", async () => {
  await using folder = new Folder();
  const bytes = await clipBytes(folder, "webm");
  await using server = new FileServer(bytes, [{ cutsAfter: bytes.length >> 1 }]);
  await using edge = new EdgeRun("-f", server.url, "-i", "0", "--reconnect", "0");
  const { code, stderr } = await edge.program.ran();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /Cannot read/);
  const stored = edge.stored();
  const { frames, error } = holdWhole(stored);
  assert.ok(frames.local > 3 && frames.local < 60, `${frames.local} frames`);
  assert.match(error ?? "", /Cannot read/);
});

Deno.test("what answers nothing says so, and how long it was waited for", async () => {
  using server = new SilentServer();
  for (
    const url of [`http://127.0.0.1:${server.port}/a.mjpg`, `rtsp://127.0.0.1:${server.port}/a`]
  ) {
    const startedAtMs = performance.now();
    await using edge = new EdgeRun("-f", url, "--stall", "1000", "--reconnect", "0");
    const { code, stderr } = await edge.program.ran();
    assert.equal(code, 1, stderr);
    assert.doesNotMatch(stderr, /Invalid data found|Immediate exit/);
    assert.match(stderr, /Cannot read .*(nothing|no answer|no picture|not answer)/i);
    const tookMs = performance.now() - startedAtMs;
    assert.ok(tookMs < 20_000, `${url} took ${tookMs} ms`);
  }
});

Deno.test("a status that is an error is named", async () => {
  for (const status of [401, 404]) {
    await using server = new FileServer(new Uint8Array(), [{ status }]);
    await using watch = new Watch(server.url, 0, { ...soon, reconnectsMax: 0 });
    await watch.ended();
    assert.ok(isSmarteyeError(watch.error), `an error is wanted, not ${watch.error}`);
    assert.match(watch.error.message, new RegExp(String(status)));
  }
});
