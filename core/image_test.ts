import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { Buffer } from "node:buffer";
import { assertColor, at, pixels, type Rgb } from "../tests/fakes/pictures.ts";
import sharp from "sharp";
import { SENT_FORMATS } from "./image_formats.ts";
import { refused } from "../tests/fakes/refused.ts";
import { decodedPixels, EncodedImage, PixelPicture, pixelsJpeg, renderSvg } from "./image.ts";

const ANY_SIZE = { pixelsMax: 1e8 };
const RED: Rgb = [200, 30, 40];
const BLUE: Rgb = [20, 60, 220];

/** Left half red, right half blue. */
const halves = (width: number, height: number) =>
  pixels({ width, height }, (x) => x < width / 2 ? RED : BLUE);

/** A PNG of 8 bits a channel, encoded by hand (W3C PNG specification): sharp reads what it did not write. */
function png(width: number, height: number, colorType: 0 | 2 | 4 | 6, pixel: number[]): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorType], 8);
  const row = Buffer.concat([Buffer.from([0]), ...Array(width).fill(Buffer.from(pixel))]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(Array(height).fill(row)))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const jpegOf = (width: number, height: number) =>
  new PixelPicture(halves(width, height)).jpeg({ width, height }, 95);

Deno.test("pixels survive the way through JPEG, within what it loses", async () => {
  const image = await EncodedImage.open(await jpegOf(64, 32), ANY_SIZE, 40);
  assert.deepEqual([image.width, image.height, image.ptsMs], [64, 32, 40]);
  const rgb = await image.rgb();
  assert.deepEqual([rgb.width, rgb.height, rgb.data.length], [64, 32, 64 * 32 * 3]);
  assertColor(at(rgb, 8, 16), RED);
  assertColor(at(rgb, 56, 16), BLUE);
});

Deno.test("every kind of pixel becomes RGB without alpha", async () => {
  const cases: [what: string, image: Uint8Array, wanted: Rgb][] = [
    ["RGB", png(5, 3, 2, [10, 20, 30]), [10, 20, 30]],
    ["grey", png(5, 3, 0, [90]), [90, 90, 90]],
    ["opaque RGBA", png(5, 3, 6, [10, 20, 30, 255]), [10, 20, 30]],
    ["half transparent, on black", png(5, 3, 6, [100, 200, 50, 128]), [50, 100, 25]],
    ["transparent, on black", png(5, 3, 6, [100, 200, 50, 0]), [0, 0, 0]],
    ["grey with alpha", png(5, 3, 4, [90, 255]), [90, 90, 90]],
  ];
  for (const [what, bytes, wanted] of cases) {
    const rgb = await (await EncodedImage.open(bytes, ANY_SIZE)).rgb();
    assert.equal(rgb.data.length, 5 * 3 * 3, what);
    assertColor(at(rgb, 2, 1), wanted, 1);
    assert.deepEqual(await decodedPixels(bytes, ANY_SIZE), rgb, what);
  }
});

for (
  const [name, open] of [
    ["an encoded image", async () => await EncodedImage.open(await jpegOf(64, 32), ANY_SIZE)],
    ["pixels", () => Promise.resolve(new PixelPicture(halves(64, 32), 40))],
  ] as const
) {
  Deno.test(`${name} can be looked at at its own size, and sent at any, stretched`, async () => {
    const picture = await open();
    const own = await picture.rgb();
    const small = await picture.rgb({ width: 16, height: 8 });
    assert.deepEqual([small.width, small.height, small.data.length], [16, 8, 16 * 8 * 3]);
    assertColor(at(small, 2, 4), RED, 12);
    assertColor(at(small, 13, 4), BLUE, 12);
    assert.deepEqual([own.width, own.height, own.data.length], [64, 32, 64 * 32 * 3]);
    for (const [width, height] of [[64, 32], [16, 16], [352, 352], [1, 1]] as const) {
      const jpeg = await picture.jpeg({ width, height }, 95);
      const rgb = await (await EncodedImage.open(jpeg, ANY_SIZE)).rgb();
      assert.deepEqual([rgb.width, rgb.height], [width, height]);
      if (width === 1) continue;
      assertColor(at(rgb, Math.floor(width / 8), Math.floor(height / 2)), RED, 12);
      assertColor(at(rgb, Math.floor(width * 7 / 8), Math.floor(height / 2)), BLUE, 12);
    }
  });

  Deno.test(`${name} gives bytes that belong to the caller`, async () => {
    const picture = await open();
    const first = await picture.rgb();
    first.data.fill(0);
    assertColor(at(await picture.rgb(), 8, 16), RED, 10);
  });

  Deno.test(`${name} becomes a JPEG of the size and the quality asked for`, async () => {
    const picture = await open();
    const size = { width: 48, height: 24 };
    const best = await picture.jpeg(size, 95);
    const image = await EncodedImage.open(best, ANY_SIZE);
    assert.deepEqual([image.width, image.height], [48, 24]);
    assertColor(at(await image.rgb(), 4, 12), RED, 10);
    assert.ok((await picture.jpeg(size, 10)).length < best.length, "less quality, fewer bytes");
    assert.equal(best.buffer.byteLength, best.length, "it can be transferred");
  });
}

Deno.test("what is no image, or only half of one, is refused in a sentence", async () => {
  const jpeg = await jpegOf(64, 32);
  const whole = png(40, 30, 2, [1, 2, 3]);
  const broken = whole.slice();
  broken[whole.length - 30]! ^= 0xff;
  const cases: [what: string, bytes: Uint8Array][] = [
    ["nothing", new Uint8Array()],
    ["text", new TextEncoder().encode("this is no image, whatever its name says")],
    ["noise", Uint8Array.from({ length: 500 }, (_, i) => i * 37 % 251)],
    ["half a header", jpeg.slice(0, 20)],
    ["half a JPEG", jpeg.slice(0, jpeg.length * 2 / 3)],
    ["half a PNG", whole.slice(0, whole.length - 40)],
    ["a PNG with a wrong byte", broken],
  ];
  for (const [what, bytes] of cases) {
    const reading = async () => await (await EncodedImage.open(bytes, ANY_SIZE)).rgb();
    for (const read of [reading, () => decodedPixels(bytes, ANY_SIZE)]) {
      assert.match(
        await refused(read, "invalid_argument"),
        /^Cannot read the image: .+; a whole JPEG, PNG or WebP file is wanted$/,
        what,
      );
    }
  }
});

Deno.test("an image of too many pixels is refused by its header", async () => {
  const bytes = png(2000, 1000, 0, [0]);
  for (const read of [EncodedImage.open, decodedPixels]) {
    await read(bytes, { pixelsMax: 2_000_000 });
    assert.equal(
      await refused(read(bytes, { pixelsMax: 1_500_000 }), "payload_too_large"),
      "Cannot read the image: it has 2000×1000 = 2.0 megapixels, at most 1.5 are allowed",
    );
  }
});

Deno.test("of the formats that sharp reads, only those that are wanted are taken", async () => {
  const svg = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
  );
  assert.equal((await EncodedImage.open(svg, ANY_SIZE)).width, 9);
  for (const read of [EncodedImage.open, decodedPixels]) {
    assert.equal(
      await refused(read(svg, { ...ANY_SIZE, formats: ["jpeg", "png"] }), "invalid_argument"),
      "Cannot read the image: it is svg, jpeg or png is wanted",
    );
  }
});

Deno.test("decoded in one go, an image has the pixels that it has when its header is read first", async () => {
  const lying = new Uint8Array(
    await sharp(await jpegOf(64, 32)).withMetadata({ orientation: 6 }).toBuffer(),
  );
  const webp = new Uint8Array(await sharp(await jpegOf(64, 32)).webp().toBuffer());
  for (const bytes of [await jpegOf(64, 32), lying, webp, png(7, 5, 2, [1, 2, 3])]) {
    const pixels = await decodedPixels(bytes, { ...ANY_SIZE, formats: SENT_FORMATS });
    assert.deepEqual(pixels, await (await EncodedImage.open(bytes, ANY_SIZE)).rgb());
  }
  const { width, height } = await decodedPixels(lying, ANY_SIZE);
  assert.deepEqual([width, height], [32, 64], "upright");
});

Deno.test("pixels are encoded as they are", async () => {
  const drawn = await (await EncodedImage.open(await pixelsJpeg(halves(64, 32), 95), ANY_SIZE))
    .rgb();
  assertColor(at(drawn, 10, 16), RED, 12);
  assertColor(at(drawn, 54, 16), BLUE, 12);
});

Deno.test("an SVG is rendered at a size, transparent where nothing is drawn", async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">` +
    `<rect width="5" height="10" fill="#0000ff"/></svg>`;
  const rgba = await renderSvg(svg, { width: 20, height: 10 });
  assert.equal(rgba.length, 20 * 10 * 4);
  assert.deepEqual([...rgba.subarray(4 * 4, 5 * 4)], [0, 0, 255, 255]);
  assert.equal(rgba[4 * 15 + 3], 0);
});

Deno.test("a picture in grey has the size that is asked for, whatever the picture is made of", async () => {
  const picture = new PixelPicture(halves(640, 360));
  const encoded = await EncodedImage.open(
    await picture.jpeg({ width: 640, height: 360 }, 100),
    ANY_SIZE,
  );
  // Near the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B: decoders weigh colours differently.
  const wanted = [RED, BLUE].map(([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b);
  for (const each of [picture, encoded]) {
    const grey = await each.grey({ width: 64, height: 36 });
    assert.equal(grey.length, 64 * 36);
    for (const [i, x] of [10, 54].entries()) {
      const found = grey[18 * 64 + x]!;
      assert.ok(Math.abs(found - wanted[i]!) < 25, `${found}, ${wanted[i]} is wanted`);
    }
  }
});

Deno.test("a JPEG whose end marker alone is missing is whole, one that lacks more is not", async () => {
  const whole = await new PixelPicture(halves(640, 360)).jpeg({ width: 640, height: 360 }, 90);
  const pixels = await decodedPixels(whole, ANY_SIZE);
  assert.deepEqual(await decodedPixels(whole.slice(0, -2), ANY_SIZE), pixels);
  assert.deepEqual(await decodedPixels(whole.slice(0, -1), ANY_SIZE), pixels);
  for (const missing of [10, 100, whole.length >> 1]) {
    const cut = whole.slice(0, -missing);
    await assert.rejects(decodedPixels(cut, ANY_SIZE), /premature end/, `${missing} missing`);
  }
});

Deno.test("a JPEG with junk between its segments is read, as libjpeg does", async () => {
  const whole = await jpegOf(64, 32);
  const junk = new Uint8Array([...whole.slice(0, 2), 1, 2, 3, 0xff, 0, 9, ...whole.slice(2)]);
  assert.deepEqual(await decodedPixels(junk, ANY_SIZE), await decodedPixels(whole, ANY_SIZE));
});
