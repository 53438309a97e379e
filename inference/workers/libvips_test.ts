/** The same pixels as sharp's, or none. */

import assert from "node:assert/strict";
import sharp, { type Sharp } from "sharp";
import type { Rgb } from "../../tests/fakes/pictures.ts";
import { decodedPixels } from "../../core/image.ts";
import { formatOf } from "../../core/image_formats.ts";
import { pixels } from "../../tests/fakes/pictures.ts";
import { Libvips } from "./libvips.ts";

const ANY_SIZE = 1e8;

/** Every pixel is another one, and no two rows are alike. */
const hatched = (width: number, height: number) =>
  pixels({ width, height }, (x, y): Rgb => [x * 7 % 256, (x + y * 3) % 256, (x * y) % 256]);

function picture(width: number, height: number): Sharp {
  const { data } = hatched(width, height);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const bytesOf = async (image: Sharp) => new Uint8Array(await image.toBuffer());

function libvips(): Libvips | undefined {
  const opened = Libvips.open();
  if (!opened) console.log("skipped: sharp's libvips is not called on this system");
  return opened;
}

function rgb(vips: Libvips, file: Uint8Array<ArrayBuffer>, pixelsMax = ANY_SIZE) {
  const memory = (bytes: number) => new Uint8Array(bytes).fill(0xaa);
  return vips.rgb(formatOf(file) ?? "", file, { pixelsMax, memory });
}

Deno.test("the library that sharp has loaded is called where these builds are made", () => {
  assert.equal(Libvips.open() !== undefined, Deno.build.os === "linux");
});

for (
  const [what, made] of [
    ["a JPEG", (it) => it.jpeg({ quality: 80 })],
    ["a JPEG with whole colours", (it) => it.jpeg({ chromaSubsampling: "4:4:4" })],
    ["a progressive JPEG", (it) => it.jpeg({ progressive: true })],
    ["a PNG", (it) => it.png()],
    ["an interlaced PNG", (it) => it.png({ progressive: true })],
    ["a PNG with a palette", (it) => it.png({ palette: true, colours: 16 })],
    ["a WebP", (it) => it.webp({ quality: 70 })],
    ["a lossless WebP", (it) => it.webp({ lossless: true })],
  ] as readonly (readonly [string, (image: Sharp) => Sharp])[]
) {
  Deno.test(`${what} has the pixels that sharp gives`, async () => {
    const vips = libvips();
    if (!vips) return;
    for (const [width, height] of [[1, 1], [16, 16], [33, 47], [640, 361]] as const) {
      const file = await bytesOf(made(picture(width, height)));
      const wanted = await decodedPixels(file, { pixelsMax: ANY_SIZE });
      assert.deepEqual(rgb(vips, file), wanted, `${width}×${height}`);
    }
  });
}

for (
  const [what, made] of [
    ["is grey", (it) => it.toColourspace("b-w").jpeg()],
    ["is in four colours", (it) => it.toColourspace("cmyk").jpeg()],
    ["is partly transparent", (it) => it.ensureAlpha(0.5).png()],
    ["is transparent, as WebP", (it) => it.ensureAlpha(0.5).webp()],
    ["has 16 bits a colour", (it) => it.toColourspace("rgb16").png()],
    ["lies on its side", (it) => it.withMetadata({ orientation: 6 }).jpeg()],
    ["is of another format", (it) => it.tiff()],
  ] as readonly (readonly [string, (image: Sharp) => Sharp])[]
) {
  Deno.test(`what ${what} is left to sharp`, async () => {
    const vips = libvips();
    if (!vips) return;
    const file = await bytesOf(made(picture(40, 30)));
    assert.equal(rgb(vips, file), undefined);
    await decodedPixels(file, { pixelsMax: ANY_SIZE }); // which takes it
  });
}

Deno.test("what is broken, cut off or too large is left to sharp, and the next is read", async () => {
  const vips = libvips();
  if (!vips) return;
  for (
    const file of await Promise.all(
      [picture(640, 360).jpeg(), picture(640, 360).png()].map(bytesOf),
    )
  ) {
    assert.equal(rgb(vips, file, 640 * 360 - 1), undefined);
    assert.ok(rgb(vips, file, 640 * 360));
    for (const length of [3, 100, file.length >> 1, file.length - 40]) {
      assert.equal(
        rgb(vips, file.slice(0, length)),
        undefined,
        `${length} of ${file.length} bytes`,
      );
    }
    const damaged = file.slice();
    damaged.fill(0xff, file.length >> 1, (file.length >> 1) + 64);
    const refused = await decodedPixels(damaged, { pixelsMax: ANY_SIZE }).catch(() => undefined);
    assert.deepEqual(rgb(vips, damaged), refused);
    assert.ok(rgb(vips, file));
  }
});

Deno.test("what was in the same memory before is not remembered", async () => {
  const vips = libvips();
  if (!vips) return;
  const files = await Promise.all(
    [picture(64, 48), picture(64, 48).negate()].map((one) => bytesOf(one.jpeg())),
  );
  const memory = new Uint8Array(Math.max(...files.map(({ length }) => length)));
  const seen = files.map((file) => {
    memory.fill(0);
    memory.set(file);
    return rgb(vips, memory)!.data;
  });
  assert.deepEqual(seen[0], rgb(vips, files[0]!)!.data);
  assert.deepEqual(seen[1], rgb(vips, files[1]!)!.data);
  assert.notDeepEqual(seen[0], seen[1]);
});
