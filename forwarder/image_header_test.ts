import assert from "node:assert/strict";
import { isSmarteyeError } from "../core/errors.ts";
import { readImageSize } from "./image_header.ts";
import { jpegHeader, pngHeader, webpHeader } from "../tests/fakes/image_headers.ts";

Deno.test("the three kinds of image tell their size", () => {
  for (const file of [jpegHeader(640, 480), pngHeader(640, 480), webpHeader(640, 480)]) {
    assert.deepEqual(readImageSize(file, 640 * 480), { width: 640, height: 480 });
    assert.throws(
      () => readImageSize(file, 640 * 480 - 1),
      (error) => isSmarteyeError(error, "payload_too_large"),
    );
  }
  assert.equal(readImageSize(jpegHeader(64, 48, 500_000), 1e6).width, 64, "after long metadata");
});

Deno.test("what is no such image is refused, and soon", () => {
  const text = (words: string) => new TextEncoder().encode(words);
  const large = new Uint8Array(8_000_000).fill(1);
  large.set([0xff, 0xd8, 0xff, 0xe0]);
  const files = [
    text(""),
    text("GIF89a\x10\0\x10\0"),
    text("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>"),
    jpegHeader(64, 48).slice(0, 15),
    pngHeader(64, 48).slice(0, 20),
    webpHeader(64, 48).slice(0, 14),
    pngHeader(0, 48),
    large,
  ];
  for (const file of files) {
    const startedAtMs = performance.now();
    assert.throws(
      () => readImageSize(file, 1e9),
      (error) => isSmarteyeError(error, "invalid_argument"),
      `${file.slice(0, 8)}`,
    );
    assert.ok(performance.now() - startedAtMs < 1000);
  }
});

Deno.test("a JPEG that is made to be searched for long is given up soon", () => {
  const small = new Uint8Array(10 * 1024 * 1024);
  for (let at = 0; at < small.length; at += 4) small.set([0x00, 0x02, 0xff, 0xe1], at);
  small.set([0xff, 0xd8, 0xff, 0xe0]);
  const still = new Uint8Array(1024 * 1024).fill(0xff);
  still[1] = 0xd8;
  for (
    const file of [small, still, Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0)]
  ) {
    const beganAtMs = performance.now();
    assert.throws(
      () => readImageSize(file, 1e6),
      (error) => isSmarteyeError(error, "invalid_argument") && /JPEG header/.test(error.message),
    );
    assert.ok(performance.now() - beganAtMs < 1000);
  }
});

Deno.test("a JPEG is read as libjpeg reads it: junk, long metadata, whatever segment there is", () => {
  const whole = jpegHeader(300, 200);
  const withAfterSoi = (...bytes: number[]) =>
    new Uint8Array([...whole.slice(0, 2), ...bytes, ...whole.slice(2)]);
  const files = {
    "junk before a marker": withAfterSoi(1, 2, 3),
    "junk with stuffed bytes": withAfterSoi(0xff, 0, 7, 0xff, 0),
    "a restart marker": withAfterSoi(0xff, 0xd3),
    "an APP14 that is too short": withAfterSoi(0xff, 0xee, 0, 4, 65, 100),
    "an empty segment": withAfterSoi(0xff, 0xe1, 0, 2),
    "3 MB of metadata": jpegHeader(300, 200, 3_000_000),
    "no end marker": whole.slice(0, -2),
  };
  for (const [what, file] of Object.entries(files)) {
    assert.deepEqual(readImageSize(file, 1e6), { width: 300, height: 200 }, what);
  }
  const tooLate = new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2, ...whole.slice(2)]);
  assert.throws(() => readImageSize(tooLate, 1e6), /JPEG header/);
});

Deno.test("every kind of frame header tells a JPEG's size, and fill bytes are passed over", () => {
  for (const marker of [0xc0, 0xc1, 0xc2, 0xc3, 0xc9, 0xcf]) {
    const file = jpegHeader(300, 200);
    file[file.lastIndexOf(0xc0)] = marker;
    assert.deepEqual(readImageSize(file, 1e6), { width: 300, height: 200 }, marker.toString(16));
  }
  const filled = [...jpegHeader(300, 200)];
  filled.splice(2, 0, 0xff, 0xff, 0xff);
  assert.deepEqual(readImageSize(Uint8Array.from(filled), 1e6), { width: 300, height: 200 });
});
