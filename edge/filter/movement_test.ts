import assert from "node:assert/strict";
import { type Rng, seededRng } from "../../core/rng.ts";
import { Movement } from "./movement.ts";

const SIZE = { width: 160, height: 90 };

/** A picture with noise of so many levels, brighter by a factor, and something in it. */
function picture(
  rng: Rng,
  { noise = 2, light = 1, thing = [0, 0, 0], contrast = 20 }: {
    readonly noise?: number;
    readonly light?: number;
    /** Column, row, and pixels along its side. */
    readonly thing?: readonly [number, number, number];
    readonly contrast?: number;
  } = {},
): Uint8Array {
  const [left, top, side] = thing;
  return Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, at) => {
    const [x, y] = [at % SIZE.width, Math.floor(at / SIZE.width)];
    const ground = 60 + 40 * Math.sin(x / 9) * Math.cos(y / 7) + x / 2;
    const isThing = x >= left && x < left + side && y >= top && y < top + side;
    const grain = (rng() + rng() - 1) * noise;
    return Math.round((ground + (isThing ? contrast : 0)) * light + grain);
  });
}

/** One that knows the noise of such pictures. */
function learned(rng: Rng, said: Parameters<typeof picture>[1] = {}, sensitivity = 1): Movement {
  const movement = new Movement(SIZE, everywhere, sensitivity);
  for (let i = 0; i < 20; i++) movement.learn(picture(rng, said), picture(rng, said));
  return movement;
}

function everywhere({ width, height }: { readonly width: number; readonly height: number }) {
  return Array.from({ length: width * height }, () => true);
}

Deno.test("noise is no movement, however strong: each place knows its own", () => {
  const rng = seededRng(1);
  for (const noise of [0, 1, 3, 5]) {
    const movement = learned(rng, { noise });
    for (let i = 0; i < 25; i++) {
      const { moved } = movement.between(picture(rng, { noise }), picture(rng, { noise }));
      assert.equal(moved, 0, `noise of ${noise} levels, look ${i}`);
    }
  }
});

Deno.test("neither is light that changes everywhere", () => {
  const rng = seededRng(2);
  const movement = learned(rng);
  for (const light of [0.94, 0.97, 1.04, 1.06]) {
    const { moved, brighter } = movement.between(picture(rng, { light }), picture(rng));
    assert.equal(moved, 0, `light ${light}`);
    assert.ok((light - 1) * brighter > 0, `light ${light}: ${brighter} levels`);
  }
});

Deno.test("a thing of two pixels is seen where it comes, goes or moves by one, wherever it is", () => {
  const rng = seededRng(3);
  const movement = learned(rng);
  for (let i = 0; i < 25; i++) {
    const [x, y] = [Math.floor(rng() * 150), Math.floor(rng() * 80)];
    const here = picture(rng, { thing: [x, y, 2] });
    const there = picture(rng, { thing: [x + 1, y, 2] });
    assert.ok(movement.between(here, picture(rng)).moved > 0, `it comes to ${x}, ${y}`);
    assert.ok(movement.between(picture(rng), here).moved > 0, `it goes from ${x}, ${y}`);
    assert.ok(movement.between(there, here).moved > 0, `it moves at ${x}, ${y}`);
    assert.ok(movement.between(here, picture(rng)).moved < 0.01, "and little else is");
  }
});

Deno.test("what is sensitive sees what is half as strong, and what is not does not", () => {
  const weak = { thing: [70, 40, 2], contrast: 6 } as const;
  const seen = [1, 2.5].map((sensitivity) => {
    const rng = seededRng(4);
    const movement = learned(rng, {}, sensitivity);
    return movement.between(picture(rng, weak), picture(rng)).moved > 0;
  });
  assert.deepEqual(seen, [false, true]);
});

Deno.test("where things move all day, they do not become noise", () => {
  const rng = seededRng(5);
  const movement = new Movement(SIZE, everywhere, 1);
  const passing = (i: number) => picture(rng, { thing: [(7 * i) % 140, 40, 12], contrast: 40 });
  for (let i = 0; i < 120; i++) movement.learn(passing(i), passing(i + 3));
  for (let i = 0; i < 20; i++) {
    assert.ok(movement.between(passing(i), passing(i + 5)).moved > 0, `look ${i}`);
  }
});

Deno.test("where nothing counts, nothing is seen", () => {
  const rng = seededRng(6);
  const left = new Movement(
    SIZE,
    (windows) => everywhere(windows).map((_, at) => at % windows.width >= windows.width / 2),
    1,
  );
  assert.equal(left.between(picture(rng, { thing: [20, 40, 9] }), picture(rng)).moved, 0);
  assert.ok(left.between(picture(rng, { thing: [120, 40, 9] }), picture(rng)).moved > 0);
});

Deno.test("pictures of the least size, and of odd ones, are compared", () => {
  for (const size of [{ width: 8, height: 8 }, { width: 11, height: 9 }]) {
    const movement = new Movement(size, everywhere, 1);
    const [one, other] = [new Uint8Array(size.width * size.height), new Uint8Array(99)];
    other.fill(200, 3, 6);
    movement.learn(one, one);
    assert.equal(movement.between(one, one).moved, 0);
    assert.ok(movement.between(other, one).moved > 0);
  }
});
