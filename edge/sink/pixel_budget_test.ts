import assert from "node:assert/strict";
import { idle } from "../../core/fake_clock.ts";
import { PixelBudget } from "./pixel_budget.ts";

/** Works that are asked for in turn, and end when they are told to. */
class Works {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, PromiseWithResolvers<void>>();

  constructor(private readonly budget: PixelBudget) {}

  ask(pixels: number): Promise<void> {
    const end = Promise.withResolvers<void>();
    return this.budget.hold(pixels, () => {
      this.begun.push(pixels);
      this.#ends.set(pixels, end);
      return end.promise;
    });
  }

  async end(pixels: number, error?: Error): Promise<void> {
    const { resolve, reject } = this.#ends.get(pixels)!;
    if (error) reject(error);
    else resolve();
    await idle();
  }
}

Deno.test("as many begin as have room together, in the order in which they were asked for", async () => {
  const works = new Works(new PixelBudget(100));
  const all = [40, 60, 50, 1, 49].map((pixels) => works.ask(pixels));
  await idle();
  assert.deepEqual(works.begun, [40, 60]);
  await works.end(40);
  assert.deepEqual(works.begun, [40, 60], "50 have no room, and 1 does not overtake them");
  await works.end(60);
  assert.deepEqual(works.begun, [40, 60, 50, 1, 49]);
  for (const pixels of [50, 1, 49]) await works.end(pixels);
  await Promise.all(all);
});

Deno.test("what is larger than all of it goes alone", async () => {
  const works = new Works(new PixelBudget(100));
  const all = [10, 500, 20].map((pixels) => works.ask(pixels));
  await idle();
  assert.deepEqual(works.begun, [10]);
  await works.end(10);
  assert.deepEqual(works.begun, [10, 500]);
  await works.end(500);
  assert.deepEqual(works.begun, [10, 500, 20]);
  await works.end(20);
  await Promise.all(all);
});

Deno.test("what fails gives its room back", async () => {
  const works = new Works(new PixelBudget(100));
  const failing = assert.rejects(works.ask(90), /no space/);
  const next = works.ask(80);
  await idle();
  await works.end(90, new Error("no space"));
  assert.deepEqual(works.begun, [90, 80]);
  await works.end(80);
  await Promise.all([failing, next]);
});
