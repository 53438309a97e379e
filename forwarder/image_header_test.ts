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
