import assert from "node:assert/strict";
import { PixelPicture } from "../../core/image.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { Libvips } from "./libvips.ts";
import { PictureDecoder } from "./picture_decoder.ts";
import type { PictureInput } from "./worker_messages.ts";

const SIZE = { width: 320, height: 240 };

async function file(): Promise<PictureInput> {
  const bytes = await new PixelPicture(plain(320, 240, [9, 9, 9])).jpeg(SIZE, 90);
  return { kind: "encoded", bytes, limits: { pixelsMax: 1e6 } };
}

async function decoded(
  decoder: PictureDecoder,
  input: PictureInput,
  where: "here" | "beside" = "beside",
) {
  const picture = await decoder.begin(input, where)();
  assert.ok("pixels" in picture);
  return picture;
}

Deno.test("decoding is timed without what blocks the thread meanwhile", async () => {
  const decoder = new PictureDecoder();
  await decoded(decoder, await file()); // what is loaded for the first one
  const decoding = decoded(decoder, await file());
  const until = performance.now() + 300;
  await decoder.blocked(() => {
    while (performance.now() < until);
    return Promise.resolve();
  });
  const { decodeMs } = await decoding;
  assert.ok(decodeMs >= 0 && decodeMs < 150, `${decodeMs} ms`);
});

Deno.test("the memory of decoded pixels is given back, that of the sender's is not", async () => {
  const decoder = new PictureDecoder();
  const { pixels } = await decoded(decoder, await file());
  assert.equal(pixels.data.length, 3 * 320 * 240);
  decoder.release(pixels);
  decoder.release(pixels);
  assert.equal(pixels.data.length, 0);
  for (const where of ["here", "beside"] as const) {
    const own = await decoded(decoder, { kind: "pixels", pixels: plain(4, 4) }, where);
    decoder.release(own.pixels);
    assert.deepEqual([own.pixels.data.length, own.decodeMs], [48, 0]);
  }
});

Deno.test("pictures that are decoded here are the same, and take turns in one memory", async () => {
  const decoder = new PictureDecoder();
  const beside = await decoded(decoder, await file());
  const first = await decoded(decoder, await file(), "here");
  assert.deepEqual(first.pixels, beside.pixels);
  assert.ok(first.decodeMs > 0);
  const other = await decoded(decoder, await file(), "here");
  assert.notEqual(other.pixels.data.buffer, first.pixels.data.buffer);
  decoder.release(first.pixels);
  decoder.release(first.pixels);
  const [third, fourth] = [
    await decoded(decoder, await file(), "here"),
    await decoded(decoder, await file(), "here"),
  ];
  if (Libvips.open()) assert.equal(third.pixels.data.buffer, first.pixels.data.buffer);
  assert.notEqual(fourth.pixels.data.buffer, third.pixels.data.buffer);
});

Deno.test("what cannot be decoded is told, not thrown", async () => {
  const decoder = new PictureDecoder();
  const broken = { ...await file(), bytes: new Uint8Array([0xff, 0xd8, 0xff, 0]) } as PictureInput;
  for (const where of ["here", "beside"] as const) {
    const picture = await decoder.begin(broken, where)();
    assert.ok("error" in picture);
    assert.equal(picture.error.code, "invalid_argument");
  }
});
