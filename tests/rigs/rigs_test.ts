/** The rigs themselves: what they say that they do is what comes. */

import assert from "node:assert/strict";
import { opening } from "../fakes/capture.ts";
import { testWhere } from "../fakes/data.ts";
import { Folder } from "../fakes/folder.ts";
import { pixels } from "../fakes/pictures.ts";
import { writeClip } from "./clip_writer.ts";
import { COUNTED_SIZE, countedQuarters, numberIn } from "./counted.ts";
import { HlsServer } from "./hls_server.ts";
import { HttpCamera } from "./http_camera.ts";
import { damage } from "./mutations.ts";
import { PLAIN } from "./odd_clips.ts";
import { layOut, rgbOf } from "./patches.ts";
import { type RtspRig, rtspRig } from "./rtsp_server.ts";

Deno.test("a picture shows its number, also after a lossy encoder", async () => {
  for (const number of [0, 7, 1234, 9999]) {
    const data = rgbOf(COUNTED_SIZE, countedQuarters(number));
    assert.equal(numberIn({ ...COUNTED_SIZE, data }), number);
  }
  await using folder = new Folder();
  const path = folder.file("counted.mp4");
  await writeClip(path, [{ ...PLAIN, ...COUNTED_SIZE, frames: 12, picture: countedQuarters }], {
    container: "mp4",
  });
  const source = await opening(path);
  const numbers: number[] = [];
  for await (const picture of source.pictures(new AbortController().signal)) {
    numbers.push(numberIn(await picture.rgb()));
    picture.close();
  }
  await source.close();
  assert.deepEqual(numbers, Array.from({ length: 12 }, (_, i) => i));
});

Deno.test("white and black have the luma that the standards say, in either range", () => {
  const size = { width: 2, height: 2 };
  const quarters = {
    topLeft: [255, 255, 255],
    topRight: [0, 0, 0],
    bottomLeft: [255, 0, 0],
    bottomRight: [0, 0, 0],
  } as const;
  const luma = (matrix: "bt601" | "bt709", isFull: boolean) => [
    ...layOut("yuv444p", size, quarters, { matrix, isFull })[0]!.data,
  ];
  assert.deepEqual(luma("bt601", false), [235, 16, 81, 16]);
  assert.deepEqual(luma("bt601", true), [255, 0, 76, 0]);
  assert.deepEqual(luma("bt709", false), [235, 16, 63, 16]);
});

Deno.test("damage is that of its seed, and always some", () => {
  const bytes = pixels({ width: 64, height: 64 }, (x, y) => [x, y, x ^ y]).data;
  const kinds = new Set<string>();
  for (let seed = 0; seed < 100; seed++) {
    const once = damage(bytes, seed);
    kinds.add(once.what);
    assert.deepEqual(damage(bytes, seed), once, `seed ${seed}`);
    assert.notDeepEqual(once.bytes, bytes, `seed ${seed}`);
  }
  assert.equal(kinds.size, 8);
});

Deno.test("a camera over HTTP sends, stalls, hangs up and sends again", async () => {
  await using camera = await HttpCamera.start();
  const response = await fetch(camera.url);
  const reader = response.body!.getReader();
  const got = await reader.read();
  assert.match(new TextDecoder().decode(got.value), /--picture\r\nContent-Type: image\/jpeg/);
  camera.close();
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  });
  const refused = await fetch(camera.url);
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  camera.resume();
  const again = await fetch(camera.url);
  assert.equal(again.status, 200);
  await again.body!.cancel();
  assert.equal(camera.asked, 3);
});

Deno.test("a live playlist slides on, and a segment that is missing is not found", async () => {
  await using server = new HlsServer({ segmentS: 0.2 });
  const firstOf = async () => {
    const text = await (await fetch(server.url)).text();
    assert.ok(!text.includes("ENDLIST"));
    return Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)![1]);
  };
  const before = await firstOf();
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(await firstOf() >= before + 2);
  server.missing.add(3);
  for (const [segment, status] of [[3, 404], [4, 200]] as const) {
    const response = await fetch(new URL(`${segment}.ts`, server.url));
    assert.equal(response.status, status);
    await response.body?.cancel();
  }
});

const rig = await rtspRig();
const isThere = typeof rig !== "string";

testWhere(isThere ? "" : rig, isThere, "an RTSP camera starts at its port again", async () => {
  await using camera = await (rig as RtspRig).start();
  const { port } = camera;
  for (const command of ["stall", "resume", "size 480x320"]) await camera.tell(command);
  await camera.kill();
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port }));
  await camera.start();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"));
  const answer = new Uint8Array(500);
  const length = await connection.read(answer);
  assert.match(new TextDecoder().decode(answer.subarray(0, length!)), /^RTSP\/1\.0 200 OK/);
});
