import assert from "node:assert/strict";
import { pickIndex, seededRng } from "../core/rng.ts";
import { InOrder } from "./in_order.ts";

const item = (number: number) => ({ number });

Deno.test("an item is held back until every earlier one has come", () => {
  const delivered: number[] = [];
  const inOrder = new InOrder<{ number: number }>(({ number }) => delivered.push(number));
  const seen: [delivered: number, waiting: number][] = [];
  for (const number of [2, 3, 1, 5, 4]) {
    inOrder.add(number, item(number));
    seen.push([delivered.length, inOrder.waiting]);
  }
  assert.deepEqual(seen, [[0, 1], [0, 2], [3, 0], [3, 1], [5, 0]]);
  assert.deepEqual(delivered, [1, 2, 3, 4, 5]);
});

Deno.test("simulation: any order gives the order of capture, each item once", () => {
  for (let seed = 0; seed < 50; seed++) {
    const rng = seededRng(seed);
    const delivered: number[] = [];
    const inOrder = new InOrder<{ number: number }>(({ number }) => delivered.push(number));
    const coming = Array.from({ length: 300 }, (_, i) => i + 1);
    const all = [...coming];
    while (coming.length > 0) {
      const [number] = coming.splice(pickIndex(rng, Math.min(9, coming.length)), 1);
      inOrder.add(number!, item(number!));
    }
    assert.deepEqual([delivered, inOrder.waiting], [all, 0], `seed ${seed}`);
  }
});
